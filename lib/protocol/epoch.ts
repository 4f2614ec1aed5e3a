/** The clock of the journal. @module */

import { monotonicNow, timeOrigin } from "./platform.ts";

/** Milliseconds since the Unix epoch, fractional, monotonic within a process. */
export function epochNow(): number {
  return timeOrigin + monotonicNow();
}
