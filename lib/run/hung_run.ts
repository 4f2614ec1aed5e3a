/**
 * A run that waits for a decision: its subject hangs (or was interrupted), lives, and can be looked at and acted on
 * before it is ended. In triage the operator decides, in `diagnose` a plan.
 *
 * Invariant: the clock of a run that was interrupted is stopped while it is open, and everything done through it is
 * journalled, is in the result, and is never taken for something that the subject did by itself.
 *
 * @module
 */

import type { Action, ActionReport } from "../model/action.ts";
import type { Attempt } from "../model/result.ts";
import type { DumpOutcome } from "./try_dump.ts";
import type { HungBecause } from "./run_event.ts";

export type { HungBecause } from "./run_event.ts";

/** How a run goes on after the decision. */
export type HungDecision =
  /**
   * It goes on. Before its deadline the clocks run again. After a passed deadline, or a proof, it is watched on without
   * a bound, until the subject has gone, has joined and had its grace, or the operator asks for it again or stops the
   * run.
   */
  | { readonly kind: "continue" }
  /** The subject is ended in order and judged. */
  | { readonly kind: "end" }
  /** SIGKILL to the subject's group at once; the report is partial. */
  | { readonly kind: "kill" };

/**
 * What can be done with a run that waits for a decision. Things that are asked for at once are done one after the
 * other. Once the run goes on, or is stopped, nothing can be done any more, and the answers say so.
 */
export interface HungRun {
  readonly because: HungBecause;
  readonly name: string;
  readonly pid: number;
  /** Whether it is a command of the user's, which can be signalled and asked for nothing else. */
  readonly isCommand: boolean;
  /** `ws://…` of the subject's inspector; null when it never came up. Only one client can pause at a time. */
  readonly inspectorUrl: string | null;
  /** The dump that was taken before the offer, or the last one since. */
  readonly dump: DumpOutcome | null;
  /** Everything that was done so far. */
  readonly actions: readonly ActionReport[];
  /** Aborted when the run goes on or is stopped, for whatever reason: put the menu away. */
  readonly over: AbortSignal;
  /** Resolves when the subject has exited. */
  readonly exited: Promise<void>;
  /** Whether the nursery has joined by now, of itself or through an action. */
  readonly joined: boolean;
  /** What would be judged if the run ended now: class, evidence, proof, clocks. Touches nothing. */
  judge(): Promise<Attempt>;
  /** Takes another dump, which becomes the latest. */
  takeDump(): Promise<DumpOutcome>;
  /**
   * Acts, and watches for the effect until the nursery has joined and its threads and process are gone, or `boundMs`
   * have passed. Never throws for what the subject does.
   *
   * @param threadsMs how long threads that are left get once the nursery has joined; default `boundMs`. Those that go by
   * themselves do so within milliseconds.
   */
  act(action: Action, boundMs?: number, threadsMs?: number): Promise<ActionReport>;
}

/** Decides how a run goes on; the run waits for the answer. */
export type OnHang = (hung: HungRun) => Promise<HungDecision>;
