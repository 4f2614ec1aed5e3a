/** The waits of one cancel scope. @module */

import type { Cancelled } from "./errors.ts";
import type { Scope } from "./scope.ts";

/** A wait as its scope knows it. The links to its neighbours are in the wait: see {@linkcode WaitList}. */
export interface Interruptible {
  before: Interruptible | null;
  after: Interruptible | null;
  /** Delivers a cancel. Answers whether the error was taken. */
  interrupt(error: Cancelled): boolean;
  /** The cancel as it is thrown to this wait: one with its line where its task waits elsewhere, too, perhaps unawaited. */
  toldApart(cause: Cancelled): Cancelled;
  /** Ends the wait without an answer: no code is left that could use one. */
  drop(cause: Cancelled): void;
  /** The scope was closed under the wait: `scope` decides about it from now on. */
  moveTo(scope: Scope): void;
}

/**
 * The waits of one scope, in the order in which they began. Linked, because filling and emptying a Set of 10,000 costs
 * more than everything else that parking does.
 */
export class WaitList {
  #first: Interruptible | null = null;
  #last: Interruptible | null = null;

  add(wait: Interruptible): void {
    wait.before = this.#last;
    wait.after = null;
    if (this.#last === null) this.#first = wait;
    else this.#last.after = wait;
    this.#last = wait;
  }

  remove(wait: Interruptible): void {
    if (wait.before === null) this.#first = wait.after;
    else wait.before.after = wait.after;
    if (wait.after === null) this.#last = wait.before;
    else wait.after.before = wait.before;
    wait.before = null;
    wait.after = null;
  }

  /** A copy that stays as it is while waits end. */
  toArray(): Interruptible[] {
    const waits: Interruptible[] = [];
    for (let wait = this.#first; wait !== null; wait = wait.after) waits.push(wait);
    return waits;
  }
}
