/**
 * The verbs, as data. Each is one file with one exported function, loaded only when it is asked for: the person who
 * runs `repro` does not wait for the code of `schema`. A verb that does not exist yet is not in here.
 *
 * @module
 */

import type { Invocation } from "./invocation.ts";
import { loadLater } from "../os/load_later.ts";

/** One verb. */
export interface Verb {
  readonly name: string;
  readonly synopsis: string;
  readonly about: string;
  /** Lines at the end of its help page, as they stand. */
  readonly notes?: readonly string[];
  /** Loads the verb's code. It resolves to the exit code of the process. */
  readonly load: () => Promise<(invocation: Invocation) => Promise<number> | number>;
}

/** The verbs in the order of the help page. */
export const VERBS: readonly Verb[] = [
  {
    name: "repro",
    synopsis: "repro NAME|FILE [flags]",
    about: "run one scenario in a process of its own, and say whether teardown hung, and why",
    load: async () =>
      (await loadLater<typeof import("./verbs/repro.ts")>(import.meta.resolve("./verbs/repro.ts")))
        .repro,
  },
  {
    name: "diagnose",
    synopsis: "diagnose NAME|FILE [flags]",
    about:
      "run one scenario to its hang, try what may unwedge it on copies of that hang, and name the " +
      "cause that this confirms",
    load: async () =>
      (await loadLater<typeof import("./verbs/diagnose.ts")>(
        import.meta.resolve("./verbs/diagnose.ts"),
      )).diagnose,
  },
  {
    name: "smoke",
    synopsis: "smoke [NAME…] [flags]",
    about:
      "run all scenarios in both directions, without remedies and with the declared ones, and compare " +
      "what is observed with what is declared: the CI job",
    load: async () =>
      (await loadLater<typeof import("./verbs/smoke.ts")>(import.meta.resolve("./verbs/smoke.ts")))
        .smoke,
  },
  {
    name: "matrix",
    synopsis: "matrix [NAME…] [flags]",
    about:
      "run scenarios with each remedy alone, the declared set and all, and find the smallest set " +
      "that lets teardown finish",
    load: async () =>
      (await loadLater<typeof import("./verbs/matrix.ts")>(
        import.meta.resolve("./verbs/matrix.ts"),
      )).matrix,
  },
  {
    name: "merge",
    synopsis: "merge DIR… -o DIR",
    about: "join the runs of the shards of a CI job into one result and one JUnit file",
    load: async () =>
      (await loadLater<typeof import("./verbs/merge.ts")>(import.meta.resolve("./verbs/merge.ts")))
        .merge,
  },
  {
    name: "report",
    synopsis: "report RUN_DIR|latest [--format FORMAT]",
    about: "show a saved run again, as text, JSON, JUnit or Markdown",
    load: async () =>
      (await loadLater<typeof import("./verbs/report.ts")>(
        import.meta.resolve("./verbs/report.ts"),
      )).report,
  },
  {
    name: "list",
    synopsis: "list [FILTER…] [flags]",
    about: "the scenarios: name, class, what each shows, what unwedges it, its deadline",
    load: async () =>
      (await loadLater<typeof import("./verbs/list.ts")>(import.meta.resolve("./verbs/list.ts")))
        .list,
  },
  {
    name: "explain",
    synopsis: "explain CLASS|SCENARIO",
    about: "what a hang class or a scenario looks like, why, and how to fix it",
    load: async () =>
      (await loadLater<typeof import("./verbs/explain.ts")>(
        import.meta.resolve("./verbs/explain.ts"),
      )).explain,
  },
  {
    name: "doctor",
    synopsis: "doctor [--sweep]",
    about: "what this machine lets unwedge see and do, really tried; --sweep ends stale subjects",
    notes: [
      "Exit code:",
      "  0    everything that is needed is here; with --sweep, nothing that was stale is left",
      "  1    something that is needed is missing; with --sweep, something could not be ended",
      "  125  with --sweep: nobody can look, because /proc is closed here",
    ],
    load: async () =>
      (await loadLater<typeof import("./verbs/doctor.ts")>(
        import.meta.resolve("./verbs/doctor.ts"),
      )).doctor,
  },
  {
    name: "schema",
    synopsis: "schema result|event|dump|matrix|doctor|sweep",
    about: "the JSON Schema of what unwedge writes",
    load: async () =>
      (await loadLater<typeof import("./verbs/schema.ts")>(
        import.meta.resolve("./verbs/schema.ts"),
      )).schema,
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
    load: async () =>
      (await loadLater<typeof import("./verbs/completions.ts")>(
        import.meta.resolve("./verbs/completions.ts"),
      )).completions,
  },
  {
    name: "help",
    synopsis: "help [VERB]",
    about: "this page, or the page of a verb",
    load: async () =>
      (await loadLater<typeof import("./verbs/help.ts")>(import.meta.resolve("./verbs/help.ts")))
        .help,
  },
];
