/**
 * The clock of one run. It stops while the run is paused (Ctrl-Z: the subject is stopped), and while it waits for a
 * decision or takes a dump that was asked for (the subject goes on). Deadlines are kept by this clock. The times told
 * of the subject itself leave out only the pauses, for in them it did nothing.
 *
 * Invariant: two moments are apart by real time less the stops between them; stops that overlap count once.
 *
 * @module
 */

import { epochNow } from "../protocol/epoch.ts";

/** Why the clock is stopped. */
export type StopReason = "paused" | "deciding";

interface Interval {
  readonly kind: StopReason;
  readonly fromMs: number;
  toMs: number;
}

/** Times in milliseconds. Moments that go in are epoch milliseconds. */
export class RunClock {
  readonly #intervals: Interval[] = [];
  readonly #now: () => number;

  constructor(now: () => number = epochNow) {
    this.#now = now;
  }

  /** Stops the clock until the returned function is called, which gives how long it was stopped. */
  stop(kind: StopReason): () => number {
    const interval: Interval = { kind, fromMs: this.#now(), toMs: Infinity };
    this.#intervals.push(interval);
    return () => {
      if (interval.toMs === Infinity) interval.toMs = this.#now();
      return interval.toMs - interval.fromMs;
    };
  }

  /** The reading by which bounds are kept: real time less every stop before it. */
  bound(atMs: number = this.#now()): number {
    return atMs - covered(this.#intervals, atMs);
  }

  /** How long the subject ran between two moments: real time less the pauses. */
  ran(fromMs: number, toMs: number): number {
    const paused = this.#intervals.filter(({ kind }) => kind === "paused");
    return toMs - fromMs - (covered(paused, toMs) - covered(paused, fromMs));
  }

  /** For how long the clock has been stopped for a reason so far. */
  stoppedFor(kind: StopReason): number {
    return covered(this.#intervals.filter((each) => each.kind === kind), this.#now());
  }
}

/** How much of the time before `atMs` lies in the intervals, each moment counted once. */
function covered(intervals: readonly Interval[], atMs: number): number {
  let sum = 0;
  let untilMs = -Infinity;
  for (const { fromMs, toMs } of intervals.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const from = Math.max(fromMs, untilMs);
    const to = Math.min(toMs, atMs);
    if (to > from) sum += to - from;
    untilMs = Math.max(untilMs, toMs);
  }
  return sum;
}
