/** Where the functions and promises of an await tree are, as it is asked for and told. @module */

import type { LocalValue } from "../model/await_node.ts";
import type { Position } from "../model/dump.ts";
import type { Suspended } from "./promise_table.ts";

/** A position in TypeScript and whose it is. */
export interface Placed {
  readonly position: Position | null;
  readonly positionOf: "await" | "function" | "sample";
  /** Its locals, where they were asked for and it told. */
  readonly values?: readonly LocalValue[] | undefined;
}

/** Says where functions are. */
export interface Places {
  /** Where a suspended function stands. */
  suspended(suspended: Suspended): Placed;
  /** Where the function of a closure begins. */
  begin(closure: number): Position | null;
  /** The names of the test that a function of a runner awaits; null where it is none. */
  test(suspended: Suspended): readonly string[] | null;
  /** Where a promise was made; null where that was not kept. */
  made(promise: number): Position | null;
}

/** What belongs to the branches that are shown, before it is known where it is. */
export interface Unplaced {
  /**
   * Functions that are the same function and wait for the same, as far as that can be told without asking where each
   * one stands.
   */
  readonly groups: readonly (readonly Suspended[])[];
  /** Closures that are handlers of `then`, `catch` and `finally`. */
  readonly handlers: readonly number[];
  /** Promises at the ends of branches. */
  readonly promises: readonly number[];
}
