/**
 * The steps of the probe, and how each can come out.
 *
 * @module
 */

import { time } from "../../protocol/duration.ts";

/** What is tried, in order. */
export type ProbeStep =
  | "start"
  | "session"
  | "proc-threads"
  | "proc-wait"
  | "proc-sched"
  | "proc-signals"
  | "inspector"
  | "evaluate"
  | "pause"
  | "death-proof"
  | "reap"
  | "signals"
  | "group";

/** How one step came out. */
export type StepOutcome =
  | { readonly kind: "ok"; readonly seen: string }
  | { readonly kind: "failed"; readonly why: string }
  | { readonly kind: "skipped"; readonly because: ProbeStep };

/** How every step came out. */
export type Probe = ReadonlyMap<ProbeStep, StepOutcome>;

/** Notes one outcome. */
export type Note = (step: ProbeStep, outcome: StepOutcome) => void;

/** For each wait of the probe; what is waited for takes milliseconds, a loaded machine some seconds. */
export const BOUND_MS = 8_000;

/** How long ago that was, for people. */
export function elapsed(from: number): string {
  return time(performance.now() - from);
}
