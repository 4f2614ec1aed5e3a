/** Rounding of times. @module */

/** Rounds milliseconds to a tenth: all that a reader, or a clock shared by two processes, can use. */
export function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
