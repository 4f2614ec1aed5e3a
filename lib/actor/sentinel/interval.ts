/** A wait for something that main sets in shared memory, in small steps. @module */

import { queuedMs } from "./main_thread.ts";
import { awakeClock, type StarvationClock, starvationClock } from "./starvation_clock.ts";

const STEP_MS = 10;

/** Sleeps. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until `met`, for at most `boundMs` of main's own time (`starvation_clock.ts`). Answers whether it was met. */
export function metWithin(met: () => boolean, boundMs: number): Promise<boolean> {
  return metBy(met, boundMs, starvationClock(queuedMs));
}

/** The same for at most `boundMs` in all, however busy the machine is. */
export function metSoon(met: () => boolean, boundMs: number): Promise<boolean> {
  return metBy(met, boundMs, awakeClock());
}

async function metBy(
  met: () => boolean,
  boundMs: number,
  clock: StarvationClock,
): Promise<boolean> {
  while (!met()) {
    if (clock() >= boundMs) return false;
    await pause(Math.min(STEP_MS, boundMs));
  }
  return true;
}
