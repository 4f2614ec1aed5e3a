/**
 * Clocks for a main that does not turn its loop. Both stand still while the sentinel itself did not run (a stopped
 * process, a suspended machine), when main could not be seen to turn. For a person who waits for Ctrl-C nothing else
 * counts. Where no person waits, main gets more time: the other clock also stands still while main was queued for a
 * processor.
 *
 * Invariant: the latter runs at no less than {@linkcode SLOWEST} of the former, so that a bound stays a bound on a
 * machine whose processors are taken: main is queued again and again there, however it spins.
 *
 * @module
 */

import { monotonicNow, setTimeout } from "../../protocol/platform.ts";
import { queuedMs } from "./main_thread.ts";

/** Longest time between two readings that counts in full. */
const LONGEST_STEP_MS = 100;
/** Of the time awake, at least. */
const SLOWEST = 0.5;

/** Milliseconds that have passed since the clock was made; to be read often. */
export type StarvationClock = () => number;

/** Starts a clock of the time for which the sentinel was awake. */
export function awakeClock(now: () => number = monotonicNow): StarvationClock {
  return starvationClock(() => 0, now);
}

/**
 * Starts a clock of the time in which main could have turned.
 *
 * @param queued for how long main has been queued for a processor so far
 * @param now a monotonic time in milliseconds
 */
export function starvationClock(
  queued: () => number,
  now: () => number = monotonicNow,
): StarvationClock {
  let lastAt = now();
  let lastQueued = queued();
  let awake = 0;
  let able = 0;
  return () => {
    const at = now();
    const queuedNow = queued();
    const step = Math.min(at - lastAt, LONGEST_STEP_MS);
    awake += step;
    able += Math.max(0, step - Math.max(0, queuedNow - lastQueued));
    [lastAt, lastQueued] = [at, queuedNow];
    return Math.max(able, awake * SLOWEST);
  };
}

/** Between two looks at the shared memory, in milliseconds. */
export const STEP_MS = 10;

/** Sleeps. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until `met`, for at most `boundMs` of main's own time. Answers whether it was met. */
export async function metWithin(met: () => boolean, boundMs: number): Promise<boolean> {
  const clock = starvationClock(queuedMs);
  while (!met()) {
    if (clock() >= boundMs) return false;
    await pause(STEP_MS);
  }
  return true;
}
