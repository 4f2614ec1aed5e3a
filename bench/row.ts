/**
 * What a row of the speed table is: a claim (a target) and the measurement that settles it. A row is a file in
 * `rows/`; each is measured in a process of its own, so that no row pays for the heap of another.
 *
 * @module
 */

import type { Figures } from "./measure.ts";

/** The claim of a row. */
export interface Target {
  /** `at-least` is for rates, where more is better. */
  readonly bound: "at-most" | "at-least";
  readonly value: number;
}

/** One row of the table. */
export interface Row {
  readonly name: string;
  /** What is measured, for people. */
  readonly what: string;
  /** What it is measured against. */
  readonly baseline: string;
  readonly target: Target;
}

/** How a row came out. */
export type Outcome =
  | { readonly kind: "measured"; readonly figures: Figures }
  | { readonly kind: "failed"; readonly why: string };

/** Whether `value` keeps the target. */
export function meets({ bound, value: limit }: Target, value: number): boolean {
  return bound === "at-most" ? value <= limit : value >= limit;
}

/** What the target of a row is in, by the row's name: milliseconds or bytes where there is no baseline, else a ratio. */
export function unitOf({ name }: Pick<Row, "name">): "ms" | "bytes" | "ratio" {
  return name.endsWith("-ms") ? "ms" : name.endsWith("-bytes") ? "bytes" : "ratio";
}
