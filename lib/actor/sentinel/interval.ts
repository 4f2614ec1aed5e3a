/** A wait for something that main sets in shared memory, in small steps. @module */

import { queuedMs } from "./main_thread.ts";
import { starvationClock } from "./starvation_clock.ts";

/** Between two looks at the shared memory, in milliseconds. */
export const STEP_MS = 10;

/** Sleeps. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until `met`, for at most `boundMs` of main's own time (`starvation_clock.ts`). Answers whether it was met. */
export async function metWithin(met: () => boolean, boundMs: number): Promise<boolean> {
  const clock = starvationClock(queuedMs);
  while (!met()) {
    if (clock() >= boundMs) return false;
    await pause(STEP_MS);
  }
  return true;
}
