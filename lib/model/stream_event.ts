/**
 * The events of a run as `--events` and `events.ndjson` write them (`unwedge/event@1`): one JSON object a line, as it
 * happens. Large things (dumps, attempts) are named, not repeated: they stand in the result document.
 *
 * @module
 */

import type { Confirmation, Trial } from "./diagnosis.ts";
import type { Action, ActionReport } from "./action.ts";
import type { Clocks, HangClass, Owner, ResultDocument, SigintStandIn, Verdict } from "./result.ts";

/** One event without its envelope. `attempt` counts from 1. Discriminated by `type`. */
export type StreamEventBody =
  | {
    readonly type: "run-started";
    readonly runId: string;
    readonly scenario: string;
    readonly seed: number;
    readonly remedies: readonly string[];
    readonly argv: readonly string[];
    readonly tool: ResultDocument["tool"];
  }
  /** Of several scenarios: which one attempt `attempt` runs. */
  | {
    readonly type: "attempt-started";
    readonly attempt: number;
    readonly scenario: string;
    readonly remedies: readonly string[];
  }
  /** Whether the attempt is as declared; null when nothing is declared about it. */
  | {
    readonly type: "compared";
    readonly attempt: number;
    readonly asDeclared: boolean | null;
    readonly differences: readonly string[];
  }
  /** A copy of the hang is started, to try something on it; its events come under this number. */
  | { readonly type: "replica-started"; readonly attempt: number; readonly where: string }
  /** What came of trying something on a copy of the hang of attempt `attempt`. */
  | { readonly type: "trial"; readonly attempt: number; readonly trial: Trial }
  /** What the trials say of the cause. */
  | {
    readonly type: "diagnosed";
    readonly attempt: number;
    readonly class: HangClass;
    readonly confirmation: Confirmation["kind"];
    readonly cause: string | null;
  }
  | { readonly type: "subject-started"; readonly attempt: number; readonly pid: number }
  | {
    readonly type: "scenario-loaded";
    readonly attempt: number;
    readonly name: string;
    readonly deadlineMs: number;
  }
  | { readonly type: "teardown-requested"; readonly attempt: number; readonly why: string }
  | {
    readonly type: "rung";
    readonly attempt: number;
    readonly actor: string;
    readonly rung: "soft-kill" | "hard-kill" | "abandon" | "reap";
    readonly step: "asked" | "acked" | "effect";
    readonly effect: string | null;
  }
  | {
    readonly type: "clock";
    readonly attempt: number;
    readonly which: "nursery-joined" | "threads-gone" | "process-exited";
    /** After teardown was requested. */
    readonly afterMs: number;
  }
  | {
    readonly type: "slow";
    readonly attempt: number;
    readonly elapsedMs: number;
    readonly parked: readonly string[];
  }
  | {
    readonly type: "deadline-passed";
    readonly attempt: number;
    readonly deadlineMs: number;
    readonly joined: boolean;
  }
  | { readonly type: "dump-started"; readonly attempt: number }
  | {
    readonly type: "dump-taken";
    readonly attempt: number;
    readonly complete: boolean;
    readonly isolates: number;
    readonly tasks: number;
    readonly tookMs: number;
  }
  | { readonly type: "dump-failed"; readonly attempt: number; readonly why: string }
  | { readonly type: "sigint-sent"; readonly attempt: number }
  | {
    readonly type: "sigint-acted";
    readonly attempt: number;
    readonly afterMs: number;
    readonly by?: SigintStandIn;
  }
  | { readonly type: "sigint-ignored"; readonly attempt: number; readonly waitedMs: number }
  | {
    readonly type: "main-freed";
    readonly attempt: number;
    readonly how: string;
    readonly handledMs: number | null;
  }
  /** It was proven that the nursery will never join. */
  | { readonly type: "proven"; readonly attempt: number; readonly afterMs: number }
  /** The run stands before somebody. */
  | {
    readonly type: "standing";
    readonly attempt: number;
    readonly because: "deadline-passed" | "proven" | "interrupted";
  }
  | {
    readonly type: "resumed";
    readonly attempt: number;
    readonly then: "continue" | "end" | "kill" | "stopped";
    readonly stoodMs: number;
  }
  /** Something is being done to the subject from outside. */
  | { readonly type: "action-started"; readonly attempt: number; readonly action: Action }
  | { readonly type: "action-done"; readonly attempt: number; readonly report: ActionReport }
  /** Subject and clocks are stopped. */
  | { readonly type: "paused"; readonly attempt: number }
  | { readonly type: "continued"; readonly attempt: number; readonly pausedMs: number }
  | { readonly type: "ending"; readonly attempt: number; readonly why: string }
  | {
    readonly type: "judged";
    readonly attempt: number;
    readonly verdict: Verdict;
    readonly class: HangClass | null;
    readonly owner: Owner | null;
    readonly proven: boolean;
    readonly clocks: Clocks;
  }
  /** An attempt that unwedge could not judge. */
  | { readonly type: "not-judged"; readonly attempt: number; readonly message: string }
  | { readonly type: "signal"; readonly signal: string; readonly then: string }
  /** Always the last one: a stream that ends without it was cut. */
  | {
    readonly type: "run-finished";
    readonly totals: ResultDocument["totals"];
    readonly partial: boolean;
    readonly exitCode: number;
  };

/** One line of the stream. */
export type StreamEvent = StreamEventBody & {
  readonly schema: "unwedge/event@1";
  /** Counts from 0 without a gap. */
  readonly seq: number;
  /** Since the run began. */
  readonly atMs: number;
};
