/**
 * The verbs, as data. Each is a file of `verbs/` that exports a function of the same name, loaded only when it is asked
 * for: `repro` does not wait for the code of `schema`.
 *
 * @module
 */

/** One verb. */
export interface Verb {
  readonly name: string;
  /** What follows the verb on its usage line; completion reads the placeholders in it. */
  readonly synopsis: string;
  readonly about: string;
  /** Lines at the end of its help page, as they stand. */
  readonly notes?: readonly string[];
}

/** The verbs in the order of the help page. */
export const VERBS: readonly Verb[] = [
  {
    name: "repro",
    synopsis: "repro NAME|FILE [flags]",
    about: "run one scenario in a process of its own, and say whether teardown hung, and why",
  },
  {
    name: "diagnose",
    synopsis: "diagnose NAME|FILE [flags]",
    about:
      "run one scenario to its hang, try what may unwedge it on copies of that hang, and name the " +
      "cause that this confirms",
  },
  {
    name: "smoke",
    synopsis: "smoke [NAME…] [flags]",
    about:
      "run all scenarios in both directions, without remedies and with the declared ones, and compare " +
      "what is observed with what is declared: the CI job",
  },
  {
    name: "matrix",
    synopsis: "matrix [NAME…] [flags]",
    about:
      "run scenarios with each remedy alone, the declared set and all, and find the smallest set " +
      "that lets teardown finish",
  },
  {
    name: "merge",
    synopsis: "merge DIR… -o DIR",
    about: "join the runs of the shards of a CI job into one result and one JUnit file",
  },
  {
    name: "watch",
    synopsis: "watch [flags] -- CMD [ARG…]",
    about:
      "run a command of your own (deno, node, npx vitest, a script), and when it hangs say which " +
      "process does, where its code stands and what keeps it",
    notes: [
      "A hang is: --deadline has passed; --idle has passed without anything being done; with",
      "--stop-after, the command has not ended --stop-deadline after it was told to. Ctrl-C looks",
      "inside, too, and then passes the signal on.",
      "",
      "Exit code:",
      "  the command's own (128 + N where signal N killed it) when it does not hang",
      "  0         with --stop-after: it ended in time, of the signal or with code 0",
      "  2         usage",
      "  124       it hangs",
      "  125       unwedge itself failed, or could not judge",
      "  126, 127  the command cannot be executed, or is not there",
      "  130, 143, 129  interrupted by INT, TERM or HUP; the partial report is written",
    ],
  },
  {
    name: "report",
    synopsis: "report RUN_DIR|latest [--format FORMAT]",
    about: "show a saved run again, as text, JSON, JUnit or Markdown",
  },
  {
    name: "list",
    synopsis: "list [FILTER…] [flags]",
    about: "the scenarios: name, class, what each shows, what unwedges it, its deadline",
  },
  {
    name: "explain",
    synopsis: "explain CLASS|SCENARIO",
    about: "what a hang class or a scenario looks like, why, and how to fix it",
  },
  {
    name: "dump",
    synopsis: "dump PID | ws://… | HOST:PORT | FILE.heapsnapshot [flags]",
    about:
      "what a running Deno or Node program waits for, and who could still settle it: the await tree " +
      "and the stack of each isolate. The program need not be prepared, and goes on afterwards",
    notes: [
      "Exit code:",
      "  0    every isolate was dumped",
      "  1    there is no such process, or it cannot be dumped: one sentence says why",
      "  3    partial: what did not answer is named",
      "The port that it opens (127.0.0.1:9229) is closed again, or the page says that it stays open.",
      "An isolate stands still while its heap is read: some 0.3 s for a small one, 12 s for 150 MB.",
    ],
  },
  {
    name: "doctor",
    synopsis: "doctor [--sweep]",
    about: "what this machine lets unwedge see and do, really tried; --sweep ends stale subjects",
    notes: [
      "Exit code:",
      "  0    everything that is needed is here; with --sweep, nothing that was stale is left",
      "  1    something that is needed is missing; with --sweep, something could not be ended",
      "  125  with --sweep: stale subjects cannot be looked for: /proc is closed here",
    ],
  },
  {
    name: "schema",
    synopsis: "schema result|event|dump|process-dump|matrix|doctor|sweep",
    about: "the JSON Schema of what unwedge writes",
  },
  {
    name: "completions",
    synopsis: "completions bash|zsh|fish",
    about: "a script for your shell that completes verbs, flags, scenarios and runs",
    notes: [
      "Put into the file that your shell reads when it starts:",
      "  bash  source <(unwedge completions bash)",
      "  zsh   source <(unwedge completions zsh)",
      "  fish  unwedge completions fish | source",
    ],
  },
  {
    name: "help",
    synopsis: "help [VERB]",
    about: "this page, or the page of a verb",
  },
];
