/**
 * The clock of one run. Its bounds stand while the run is paused (Ctrl-Z: the subject is stopped), and while it waits
 * for a decision or takes a dump that was asked for (the subject goes on). What is told of the subject's own times leaves out the pauses
 * alone, since it did nothing in them.
 *
 * Invariant: a moment before a stretch and one after it differ by less than real time by exactly the stretch, however
 * often it is asked; stretches that overlap count once.
 *
 * @module
 */

import { epochNow } from "../protocol/epoch.ts";

/** Why the clock stands. */
export type Stretch = "paused" | "standing";

interface Interval {
  readonly kind: Stretch;
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

  /** The clock stands from now on, until the returned function is called; that answers for how long it did. */
  stand(kind: Stretch): () => number {
    const interval: Interval = { kind, fromMs: this.#now(), toMs: Infinity };
    this.#intervals.push(interval);
    return () => {
      if (interval.toMs === Infinity) interval.toMs = this.#now();
      return interval.toMs - interval.fromMs;
    };
  }

  /** The reading by which bounds are kept: real time less every stretch before it. */
  bound(atMs: number = this.#now()): number {
    return atMs - covered(this.#intervals, atMs);
  }

  /** How long the subject ran between two moments: real time less the pauses. */
  ran(fromMs: number, toMs: number): number {
    const paused = this.#intervals.filter(({ kind }) => kind === "paused");
    return toMs - fromMs - (covered(paused, toMs) - covered(paused, fromMs));
  }

  /** For how long the clock has stood for a reason so far. */
  stood(kind: Stretch): number {
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
