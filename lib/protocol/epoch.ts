/** The clock of the journal. @module */

/** Milliseconds since the Unix epoch, fractional, monotonic within a process. */
export function epochNow(): number {
  return performance.timeOrigin + performance.now();
}
