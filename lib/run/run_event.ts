/**
 * What happens while a run is under way, for whoever watches it (status line, NDJSON). Progress only: the judgement
 * stands in the attempt, and nothing may be concluded from the order in which two events of different sources arrive.
 *
 * @module
 */

import type { Rung, ScenarioFacts } from "../protocol/journal_event.ts";
import type { Action, ActionReport } from "../model/action.ts";
import type { Attempt, Dump, SigintStandIn } from "../model/result.ts";

/** Why a run stands. */
export type HungBecause = "deadline-passed" | "proven" | "interrupted";

/** Which of the three clocks stopped. */
export type ClockName = "nursery-joined" | "threads-gone" | "process-exited";

/** One thing that happened. Discriminated by `type`. */
export type RunEvent = { readonly atMs: number } & RunEventBody;

/** An event without its time: milliseconds since the run was started are added when it is sent. */
export type RunEventBody =
  | { readonly type: "subject-started"; readonly pid: number }
  | { readonly type: "scenario"; readonly facts: ScenarioFacts; readonly deadlineMs: number }
  | { readonly type: "teardown-requested"; readonly why: string }
  /** A rung of the teardown ladder, as the subject recorded it. */
  | {
    readonly type: "rung";
    readonly peer: string;
    readonly rung: Rung;
    readonly step: "asked" | "acked" | "effect";
    readonly effect: string | null;
  }
  /** A clock stopped `ms` after teardown was requested. */
  | { readonly type: "clock"; readonly which: ClockName; readonly ms: number }
  /** Still running: sent at `slowMs` and whenever that has doubled. `parked` has one line for each long wait. */
  | { readonly type: "slow"; readonly elapsedMs: number; readonly parked: readonly string[] }
  /** `joined` tells a leak (true) from a hang (false). */
  | { readonly type: "deadline-passed"; readonly deadlineMs: number; readonly joined: boolean }
  /** It was proven, `ms` after teardown was requested, that the nursery will never join. */
  | { readonly type: "proven"; readonly ms: number }
  | { readonly type: "dump-started" }
  | { readonly type: "dump-taken"; readonly dump: Dump }
  | { readonly type: "dump-failed"; readonly why: string }
  | { readonly type: "sigint-sent" }
  /** SIGINT was acted on, `ms` after it was sent: by main, if nobody else is named. */
  | { readonly type: "sigint-acted"; readonly ms: number; readonly by?: SigintStandIn }
  | { readonly type: "sigint-ignored"; readonly waitedMs: number }
  /** A starved main isolate was freed; `handledMs` is when the queued handler ran after that, null if it did not. */
  | { readonly type: "main-freed"; readonly how: string; readonly handledMs: number | null }
  /** The run stands before somebody; its clocks stand too. */
  | { readonly type: "standing"; readonly because: HungBecause }
  /** It stood for `stoodMs`; this is what was decided. */
  | {
    readonly type: "resumed";
    readonly then: "continue" | "end" | "kill" | "stopped";
    readonly stoodMs: number;
  }
  /** Something is being done to the subject from outside. */
  | { readonly type: "action-started"; readonly action: Action }
  | { readonly type: "action-done"; readonly report: ActionReport }
  /** Subject and clocks are stopped (Ctrl-Z). */
  | { readonly type: "paused" }
  | { readonly type: "continued"; readonly pausedMs: number }
  /** The subject is being ended now. */
  | { readonly type: "ending"; readonly why: string }
  | { readonly type: "judged"; readonly attempt: Attempt };
