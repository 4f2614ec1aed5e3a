/**
 * Every flag, as data: help, parsing, the environment and deno.json all read this one table, so they cannot disagree.
 * A flag means the same on every verb that has it.
 *
 * @module
 */

import { DEFAULTS } from "./defaults.ts";
import { durationFlag } from "./paths.ts";

/** What the words after a flag have to be; `settings.ts` turns them into values. */
export type FlagKind =
  /** No value. */
  | "switch"
  | "text"
  /** `500ms`, `3s`, `2m`. */
  | "duration"
  | "count"
  | "choice"
  /** Names with commas between them. */
  | "names"
  /** `KEY=VALUE`, may be given several times. */
  | "pairs";

/** One flag. */
export interface Flag {
  readonly name: string;
  readonly short: string | null;
  readonly kind: FlagKind;
  /** What stands for the value in help, null for a switch. */
  readonly value: string | null;
  readonly choices: readonly string[];
  /** `--no-NAME` is understood too. */
  readonly negatable: boolean;
  /** May also come from `UNWEDGE_NAME` and from the `"unwedge"` block of deno.json. */
  readonly settable: boolean;
  /** The verbs that have it. */
  readonly verbs: readonly string[] | "every";
  /** Heading of the help page under which it stands. */
  readonly group: "The run" | "Time" | "Evidence" | "Repetition" | "Output" | "General";
  readonly help: string;
}

type Given = Pick<Flag, "name" | "kind" | "group" | "help"> & Partial<Flag>;

function flag(given: Given): Flag {
  return {
    short: null,
    value: null,
    choices: [],
    negatable: false,
    settable: given.group !== "General",
    verbs: ["repro"],
    ...given,
  };
}

/** Whether a verb has a flag. */
export function goesWith({ verbs }: Flag, verb: string): boolean {
  return verbs === "every" || verbs.includes(verb);
}

/** The flags in the order of the help page. */
export const FLAGS: readonly Flag[] = [
  flag({
    name: "set",
    kind: "pairs",
    value: "KEY=VALUE",
    group: "The run",
    settable: false,
    verbs: ["repro", "diagnose", "smoke", "matrix"],
    help:
      "set a parameter of the scenario (explain NAME lists them); repeatable. Of several scenarios " +
      "those get it that have it, and one must",
  }),
  flag({
    name: "remedy",
    kind: "names",
    value: "LIST|all|none",
    group: "The run",
    verbs: ["repro", "diagnose"],
    help: "remedies to switch on, with commas between them (default none)",
  }),
  flag({
    name: "seed",
    kind: "count",
    value: "N",
    group: "The run",
    verbs: ["repro", "diagnose", "smoke", "matrix"],
    help: "seed of everything random (default: drawn, and always printed)",
  }),
  flag({
    name: "deadline",
    kind: "duration",
    value: "DUR",
    group: "Time",
    verbs: ["repro", "diagnose", "smoke", "matrix", "watch"],
    help:
      "from the request of teardown to the verdict (default: the scenario's); watch: from the " +
      "start of the command (default: none)",
  }),
  flag({
    name: "grace",
    kind: "duration",
    value: "DUR",
    group: "Time",
    verbs: ["repro", "diagnose", "smoke", "matrix", "watch"],
    help: `how long the subject gets to go after the verdict (default ${
      durationFlag(DEFAULTS.graceMs)
    })`,
  }),
  flag({
    name: "settle",
    kind: "duration",
    value: "DUR",
    group: "Time",
    verbs: ["repro", "diagnose", "smoke", "matrix"],
    help: "how long the scenario runs before it is torn down",
  }),
  flag({
    name: "soft-kill",
    kind: "duration",
    value: "DUR",
    group: "Time",
    verbs: ["repro", "diagnose", "smoke", "matrix"],
    help: "how long a child gets to answer a cancel",
  }),
  flag({
    name: "hard-kill",
    kind: "duration",
    value: "DUR",
    group: "Time",
    verbs: ["repro", "diagnose", "smoke", "matrix"],
    help: "how long terminate() gets before the child is given up",
  }),
  flag({
    name: "slow",
    kind: "duration",
    value: "DUR",
    group: "Time",
    verbs: ["repro", "diagnose", "smoke", "matrix"],
    help: `when to say "still running" first; then at twice that, and so on (default ${
      durationFlag(DEFAULTS.slowMs)
    })`,
  }),
  flag({
    name: "idle",
    kind: "duration",
    value: "DUR",
    group: "Time",
    verbs: ["watch"],
    help: "it hangs when all its processes have read, written and computed nothing for so long",
  }),
  flag({
    name: "stop-after",
    kind: "duration",
    value: "DUR",
    group: "Time",
    verbs: ["watch"],
    help: "for a service: tell it to stop so long after its start, and see whether it does",
  }),
  flag({
    name: "stop-signal",
    kind: "text",
    value: "SIGNAL",
    group: "Time",
    verbs: ["watch"],
    help: "with --stop-after: the signal that the command's own process is sent (default TERM)",
  }),
  flag({
    name: "stop-deadline",
    kind: "duration",
    value: "DUR",
    group: "Time",
    verbs: ["watch"],
    help: `with --stop-after: how long it has to end (default ${
      durationFlag(DEFAULTS.stopDeadlineMs)
    })`,
  }),
  flag({
    name: "await-deadline",
    kind: "switch",
    group: "Time",
    verbs: ["repro", "diagnose", "smoke", "matrix", "watch"],
    help: "wait for the deadline also when the hang is proven before it",
  }),
  flag({
    name: "sigint-probe",
    kind: "switch",
    negatable: true,
    group: "Evidence",
    verbs: ["repro", "diagnose", "smoke", "matrix"],
    help: "send a hung subject a real SIGINT and see (default on; matrix: off)",
  }),
  flag({
    name: "on-hang",
    kind: "choice",
    value: "WHAT",
    choices: ["report", "triage", "inspect"],
    group: "Evidence",
    help: "report, triage (a menu; the default on a terminal) or inspect (wait for DevTools)",
  }),
  flag({
    name: "diagnose",
    kind: "switch",
    negatable: true,
    verbs: ["smoke"],
    group: "Evidence",
    help:
      "try on copies of each hang what unwedges it; a cause that contradicts its class is a mismatch",
  }),
  flag({
    name: "preload",
    kind: "switch",
    negatable: true,
    group: "Evidence",
    verbs: ["watch"],
    help: "have every Deno and Node process open its inspector and say where, by NODE_OPTIONS " +
      "(default on); without, those that were started with an inspector are looked into",
  }),
  flag({
    name: "sites",
    kind: "switch",
    group: "Evidence",
    verbs: ["watch"],
    help:
      "keep the line at which each promise is made, and tell it (slows a program that makes many)",
  }),
  flag({
    name: "samples",
    kind: "count",
    value: "N",
    group: "Evidence",
    verbs: ["repro", "diagnose", "smoke", "matrix", "watch"],
    help:
      `looks at every stack, at least 2: a frame that stays is stuck (default ${DEFAULTS.samples})`,
  }),
  flag({
    name: "sample-gap",
    kind: "duration",
    value: "DUR",
    group: "Evidence",
    verbs: ["repro", "diagnose", "smoke", "matrix", "watch"],
    help: `time between two looks (default ${durationFlag(DEFAULTS.sampleGapMs)})`,
  }),
  flag({
    name: "repeat",
    kind: "count",
    value: "N",
    group: "Repetition",
    verbs: ["repro", "smoke", "matrix"],
    help: "run everything N times; the exit code is the worst attempt's",
  }),
  flag({
    name: "until-hang",
    kind: "switch",
    group: "Repetition",
    settable: false,
    help: "run it again and again until it hangs (at most --repeat times, if given)",
  }),
  flag({
    name: "jobs",
    kind: "count",
    value: "N",
    group: "Repetition",
    verbs: ["repro", "diagnose", "smoke", "matrix"],
    help:
      `how many runs at the same time (default: repro 1, else ${DEFAULTS.jobsPerCore} for each core)`,
  }),
  flag({
    name: "fail-fast",
    kind: "switch",
    negatable: true,
    verbs: ["repro", "smoke", "matrix"],
    group: "Repetition",
    help: "start nothing more once something is not as declared (repro: has not finished)",
  }),
  flag({
    name: "shard",
    kind: "text",
    value: "I/N",
    verbs: ["smoke", "matrix"],
    group: "Repetition",
    help: "only the I-th of N parts of the scenarios, by a stable hash of their names",
  }),
  flag({
    name: "json",
    kind: "switch",
    group: "Output",
    settable: false,
    verbs: ["repro", "diagnose", "smoke", "matrix", "list", "doctor", "dump", "watch"],
    help: "print one JSON document instead of text",
  }),
  flag({
    name: "events",
    kind: "switch",
    group: "Output",
    settable: false,
    verbs: ["repro", "diagnose", "smoke", "matrix"],
    help: "print what happens as it happens, one JSON object a line, instead of text",
  }),
  flag({
    name: "out-dir",
    short: "o",
    kind: "text",
    value: "DIR",
    group: "Output",
    verbs: ["repro", "diagnose", "smoke", "matrix", "merge", "watch"],
    help: `where the files of the run go (default ${DEFAULTS.baseDir}/runs/<id>)`,
  }),
  flag({
    name: "format",
    kind: "choice",
    value: "FORMAT",
    choices: ["human", "json", "junit", "markdown"],
    verbs: ["matrix", "report"],
    group: "Output",
    settable: false,
    help: "human, json, markdown (matrix), or junit too (report)",
  }),
  flag({
    name: "junit",
    kind: "text",
    value: "PATH|-",
    verbs: ["repro", "diagnose", "smoke", "matrix", "merge", "watch"],
    group: "Output",
    help: "write the result as JUnit XML, - to stdout; a failure is what is not as declared",
  }),
  flag({
    name: "github",
    kind: "choice",
    value: "WHEN",
    choices: ["auto", "on", "off"],
    verbs: ["repro", "diagnose", "smoke", "matrix", "merge", "watch"],
    group: "Output",
    help: "groups, annotations and a summary for GitHub Actions: auto, on or off (default auto)",
  }),
  flag({
    name: "stacks",
    kind: "choice",
    value: "HOW",
    choices: ["full", "folded", "top", "none"],
    group: "Output",
    verbs: ["repro", "diagnose", "smoke", "matrix", "merge", "report", "watch"],
    help:
      "full, folded, top or none (default folded: identical stacks once); the page of many runs " +
      "shows those of what is not as declared when this is given",
  }),
  flag({
    name: "internal-frames",
    kind: "switch",
    negatable: true,
    group: "Output",
    verbs: ["repro", "diagnose", "smoke", "matrix", "merge", "report", "dump", "watch"],
    help: "show the frames inside Deno, Node and unwedge too",
  }),
  flag({
    name: "filter",
    kind: "text",
    value: "TEXT",
    group: "Output",
    settable: false,
    verbs: ["dump"],
    help: "only what waits in a branch that names TEXT, in a function, a file or a path",
  }),
  flag({
    name: "folded",
    kind: "switch",
    group: "Output",
    verbs: ["dump"],
    help: "one line for each branch with its count, as tools for flame graphs take it",
  }),
  flag({
    name: "max-heap",
    kind: "text",
    value: "SIZE",
    group: "Evidence",
    verbs: ["dump"],
    help: "take no snapshot of an isolate whose heap is larger: 500MB, 2GB (default 1GB)",
  }),
  flag({
    name: "keep-snapshot",
    kind: "text",
    value: "PATH|DIR",
    group: "Evidence",
    settable: false,
    verbs: ["dump"],
    help:
      "keep the heap snapshots, which hold every string of the program, in files that only you can read: " +
      "PATH.heapsnapshot, or one for each isolate in DIR (default: none is written to disk)",
  }),
  flag({
    name: "values",
    kind: "switch",
    group: "Evidence",
    settable: false,
    verbs: ["dump"],
    help: "show the values of parameters and locals, too, each cut at 80 characters; secrets are " +
      "not left out",
  }),
  flag({
    name: "color",
    kind: "choice",
    value: "WHEN",
    choices: ["auto", "always", "never"],
    group: "Output",
    verbs: [
      "repro",
      "diagnose",
      "smoke",
      "matrix",
      "merge",
      "report",
      "list",
      "explain",
      "doctor",
      "dump",
      "watch",
    ],
    help: "auto, always or never (default auto; NO_COLOR and FORCE_COLOR count)",
  }),
  flag({
    name: "quiet",
    short: "q",
    kind: "switch",
    group: "Output",
    settable: false,
    verbs: ["repro", "diagnose", "smoke", "matrix", "merge", "report", "watch"],
    help: "the verdict alone, and no progress",
  }),
  flag({
    name: "verbose",
    short: "v",
    kind: "switch",
    group: "Output",
    settable: false,
    verbs: ["repro", "diagnose", "smoke", "matrix", "report", "watch"],
    help: "the whole report, also when nothing hangs",
  }),
  flag({
    name: "sweep",
    kind: "switch",
    verbs: ["doctor"],
    group: "General",
    help: "end subjects whose harness is gone, and remove what was left half written",
  }),
  flag({
    name: "dry-run",
    kind: "switch",
    verbs: ["doctor"],
    group: "General",
    help: "with --sweep: list them, and touch nothing",
  }),
  flag({
    name: "no-input",
    kind: "switch",
    group: "General",
    settable: true,
    verbs: "every",
    help: "never read from the terminal",
  }),
  flag({
    name: "help",
    short: "h",
    kind: "switch",
    group: "General",
    verbs: "every",
    help: "this page",
  }),
  flag({
    name: "version",
    short: "V",
    kind: "switch",
    group: "General",
    verbs: "every",
    help: "versions of unwedge, Deno, V8 and the result schema",
  }),
];

/** Name of the environment variable that stands for a flag: `UNWEDGE_SOFT_KILL` for `--soft-kill`. */
export function variableOf(name: string): string {
  return `UNWEDGE_${name.replaceAll("-", "_").toUpperCase()}`;
}

/** Key of the `"unwedge"` block of deno.json that stands for a flag: `softKill` for `--soft-kill`. */
export function configKeyOf(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
