/**
 * The result document `unwedge/result@1` as TypeScript types: what `--json` prints and `result.json` holds. Additive
 * within @1. camelCase; times in milliseconds. `lib/model/schema.ts` holds the same as a JSON Schema.
 *
 * @module
 */

import type { ActionReport } from "./action.ts";
import type { DiagnosisReport } from "./diagnosis.ts";
import type { Dump, StackFrame } from "./dump.ts";
import type { ProofReport } from "./proof.ts";

export type {
  Dump,
  DumpedChannel,
  DumpedSharedLock,
  DumpedTask,
  DumpedWait,
  IsolateDump,
  Position,
  StackFrame,
  StackSample,
  ThreadFacts,
} from "./dump.ts";

/** What was seen of one attempt. */
export type Verdict = "finished" | "leaked" | "hung" | "failed" | "crashed" | "interrupted";

/** Whose problem a hang is: our supervision code, the program, or the platform. */
export type Owner = "supervisor" | "program" | "platform";

/** Names of the hang classes; `unknown` says what is missing instead of guessing. */
export type HangClass = string;

/** One line of evidence. `ref` points into the document (`dump.tasks[3]`) or names a file of the run directory. */
export interface Evidence {
  readonly kind: string;
  readonly detail: string;
  readonly ref: string | null;
}

/** One rung of the ladder as it was climbed for one actor. */
export interface LadderRung {
  readonly actor: string;
  readonly rung: "soft-kill" | "hard-kill" | "abandon" | "reap";
  /** After teardown was requested. */
  readonly askedMs: number;
  readonly ackedMs: number | null;
  readonly effect: string | null;
  readonly effectMs: number | null;
}

/** After teardown was requested; null = never (as far as we looked). */
export interface Clocks {
  readonly nurseryJoinedMs: number | null;
  readonly threadsGoneMs: number | null;
  readonly processExitedMs: number | null;
}

/** The SIGINT probe. */
export interface SigintProbe {
  /** After teardown was requested. */
  readonly sentMs: number;
  /** After it was sent; null = never acted on. */
  readonly actedMs: number | null;
  /** Who acted on it in place of main, and so ended the process; absent when main did, or nobody. */
  readonly by?: SigintStandIn;
  /** Whether the nursery joined because of it. */
  readonly unwedged: boolean;
  /** How long after the signal it joined, null if it did not. */
  readonly joinedMs: number | null;
  /** Why the join may have come by itself all the same, so that the signal gets no credit; absent when nothing says so. */
  readonly unsure?: string;
  /** The certificate of starvation, when the signal was not acted on. */
  readonly certificate: StarvationCertificate | null;
}

/**
 * Who can act on a signal that main has not taken: a sentinel, or the kernel, where nobody listens for it. Both end the
 * process, and say nothing of whether main's loop turns.
 */
export type SigintStandIn = "sentinel" | "kernel";

/** Four facts that together show that a signal was delivered and the loop was starved. */
export interface StarvationCertificate {
  /** SigCgt has the bit: a handler is installed. */
  readonly caught: boolean;
  /** Nothing pending in SigPnd or ShdPnd: the process has taken it. */
  readonly nothingPending: boolean;
  /** The frame that keeps main from turning, or null when none could be seen. */
  readonly blockingFrame: StackFrame | null;
  /** After main was freed, how long until the queued handler ran; null when it could not be freed or did not run. */
  readonly handledAfterFreeMs: number | null;
  /** What was done to free main, in words. */
  readonly freedBy: string | null;
}

/** The heartbeat of the subject's main loop. */
export interface LoopFacts {
  readonly beats: number;
  /** How old the last beat was when the run was judged. */
  readonly lastBeatMs: number | null;
  readonly maxGapMs: number;
}

/** One line of the timeline. */
export interface TimelineEntry {
  /** Relative to the request of teardown; negative before it. */
  readonly atMs: number;
  readonly actor: string;
  readonly event: string;
  readonly detail: string;
}

/** One run of one scenario. */
export interface Attempt {
  readonly verdict: Verdict;
  readonly proven: boolean;
  /** The proof of a hang, or why there is none; null when nothing hangs. Absent in documents of older versions. */
  readonly proof?: ProofReport | null | undefined;
  readonly class: HangClass | null;
  readonly owner: Owner | null;
  /** What the verdict does not know, for class `unknown`. */
  readonly missing: readonly string[];
  readonly remedies: readonly string[];
  readonly deadlineMs: number;
  readonly clocks: Clocks;
  readonly ladder: readonly LadderRung[];
  readonly sigint: SigintProbe | null;
  readonly loop: LoopFacts;
  readonly evidence: readonly Evidence[];
  /** Threads or handles that stayed, named; empty when the process exited by itself. */
  readonly leftovers: readonly string[];
  readonly dump: Dump | null;
  readonly timeline: readonly TimelineEntry[];
  readonly outputTail: { readonly stdout: string; readonly stderr: string };
  /** Exit code or signal of the subject, null when it had to be killed by the harness. */
  readonly subjectExit: string | null;
  /** What was done to the hung subject from outside, in order. Absent when nothing was. */
  readonly actions?: readonly ActionReport[] | undefined;
  /** What `diagnose` found. Absent where nothing was diagnosed. */
  readonly diagnosis?: DiagnosisReport | undefined;
}

/** What a scenario declares, each part of which is compared with what was observed. */
export interface Expectation {
  readonly verdict: Verdict;
  readonly class: HangClass | null;
  readonly owner: Owner | null;
  /** What a SIGINT must do to the hung nursery. */
  readonly ctrlC: "unwedges" | "ignored" | "in-vain" | "not-needed";
  /** Whether the hang must be proven with no remedy on; null (and absent in older documents): not compared. */
  readonly proven?: boolean | null | undefined;
  /** What must be observed with the declared remedies on; null means that it must finish. */
  readonly withRemedies: {
    readonly verdict: Verdict;
    readonly class: HangClass | null;
    readonly owner: Owner | null;
  } | null;
}

/** One scenario with its attempts. */
export interface ScenarioResult {
  readonly name: string;
  readonly file: string;
  readonly summary: string;
  readonly expected: Expectation;
  /** The remedies that the scenario declares to be enough. */
  readonly fixedBy: readonly string[];
  /** What was set of its parameters, where that is not the same for the whole run; absent when nothing was. */
  readonly set?: Readonly<Record<string, string>> | undefined;
  readonly attempts: readonly Attempt[];
  /** One for each attempt, in the same order. */
  readonly runs: readonly AttemptRun[];
}

/** What the harness knows of an attempt beside what was observed in it. */
export interface AttemptRun {
  /** Where its files are, relative to the run directory; `.` when they are in the run directory itself. */
  readonly dir: string;
  /** From the start of the subject to the verdict. */
  readonly durationMs: number;
}

/** An attempt that has no verdict. */
export interface Unjudged {
  /** `fault`: it was tried, and could not be judged. `skipped`: it was not started any more. */
  readonly kind: "fault" | "skipped";
  readonly scenario: string;
  /** File URL of the scenario. */
  readonly scenarioFile: string;
  readonly remedies: readonly string[];
  /** As of a scenario with attempts. */
  readonly set?: Readonly<Record<string, string>> | undefined;
  readonly message: string;
  /** Where the fault is, when it is in a file: the scenario's own, or one that it imports. */
  readonly file: string | null;
  readonly line: number | null;
}

/** How long the runs had to take, at the least. */
export interface WaitTimes {
  /** The longest chain of waits that had to come one after the other. */
  readonly chainMs: number;
  /** What the chain consists of, in words. */
  readonly chain: string;
  /** How long it really took. */
  readonly wallMs: number;
}

/** The document. */
export interface ResultDocument {
  readonly schema: "unwedge/result@1";
  readonly tool: {
    readonly version: string;
    readonly deno: string;
    readonly v8: string;
    readonly os: string;
    readonly arch: string;
  };
  readonly run: {
    readonly id: string;
    /** ISO 8601. */
    readonly startedAt: string;
    readonly durationMs: number;
    readonly argv: readonly string[];
    readonly seed: number;
    readonly shard: string | null;
    readonly partial: boolean;
    readonly interruptedBy: string | null;
    readonly exitCode: number;
    /** The verb that ran. */
    readonly verb: string;
    /** The flags with which `repro` runs one of the attempts again, remedies and `set` of its scenario excepted. */
    readonly replayFlags: readonly string[];
    /** Null where nothing ran beside anything else. */
    readonly waits: WaitTimes | null;
  };
  readonly totals: {
    readonly selected: number;
    readonly finished: number;
    readonly leaked: number;
    readonly hung: number;
    readonly failed: number;
    readonly crashed: number;
    readonly matched: number;
    readonly mismatched: number;
    readonly faults: number;
    readonly skipped: number;
  };
  readonly scenarios: readonly ScenarioResult[];
  readonly unjudged: readonly Unjudged[];
}
