/**
 * What a row of the speed table is: a claim (a target) and the measurement that settles it. A row is a file in
 * `rows/`; each is measured in a process of its own, so that no row pays for the heap of another.
 *
 * @module
 */

import { type Comparison, type Measured, median, type Spread, spreadOf } from "./measure.ts";

/** The claim of a row. */
export interface Target {
  /** `at-least` is for rates, where more is better. */
  readonly bound: "at-most" | "at-least";
  readonly value: number;
}

/** What a row measured. */
export interface Figures {
  /** What the target is about: a ratio to the baseline, or milliseconds where there is no baseline. */
  readonly value: number;
  /** The quartiles of the rounds. */
  readonly spread: Spread;
  /** Median of our side, milliseconds. */
  readonly subjectMs: number;
  /** Median of the baseline, milliseconds; null when the target is absolute. */
  readonly baselineMs: number | null;
  /** For information: others doing the same work, measured in the same rounds. */
  readonly peers: readonly { readonly name: string; readonly value: number }[];
}

/** One row of the table. */
export interface Row {
  readonly name: string;
  /** What is measured, for people. */
  readonly what: string;
  /** What it is measured against. */
  readonly baseline: string;
  readonly unit: "ratio" | "ms";
  readonly target: Target;
  readonly measure: () => Promise<Figures>;
}

/** How a row came out. */
export type Outcome =
  | { readonly kind: "measured"; readonly figures: Figures }
  | { readonly kind: "failed"; readonly why: string };

/** Whether `value` keeps the target. */
export function meets({ bound, value: limit }: Target, value: number): boolean {
  return bound === "at-most" ? value <= limit : value >= limit;
}

/** The figures of a comparison of times: our side first, then the peers. Less is better. */
export function timeFigures(measured: Measured): Figures {
  const [ours, ...peers] = measured.sides;
  if (ours === undefined) throw new RangeError("no side was measured");
  return {
    value: ours.ratio,
    spread: ours.spread,
    subjectMs: ours.ms,
    baselineMs: measured.baselineMs,
    peers: peers.map(({ name, ratio }) => ({ name, value: ratio })),
  };
}

/** The same for rates: with equal work the rate is the inverse of the time. More is better. */
export function rateFigures(measured: Measured): Figures {
  const inverted = (side: Comparison): Comparison => ({
    ...side,
    ratio: 1 / side.ratio,
    spread: { low: 1 / side.spread.high, high: 1 / side.spread.low },
  });
  return timeFigures({ ...measured, sides: measured.sides.map(inverted) });
}

/** The figures of a row with an absolute target. */
export function absoluteFigures(times: readonly number[]): Figures {
  const value = median(times);
  return { value, spread: spreadOf(times), subjectMs: value, baselineMs: null, peers: [] };
}
