/** Calls that this actor has made and waits for. @module */

import { CancelScope } from "../cancel_scope.ts";
import { causeOf } from "../errors.ts";
import type { Abort, Park } from "../park.ts";
import type { Wait } from "../task.ts";
import type { WireValue } from "../wire/frame.ts";
import type { Stream } from "./stream.ts";

/** A call that waits for one answer. */
export interface RunCall {
  readonly shape: "run";
  readonly park: Park<WireValue>;
}

/** A two-way call: `started`, then values both ways, then the result. */
export class ContextCall {
  readonly shape = "context";
  readonly call: number;
  readonly stream: Stream;
  /** Has the peer's first value. */
  readonly started: Slot = new Slot();
  /** Has what the peer's function returned. */
  readonly result: Slot = new Slot();
  /** The caller's body runs in it, and is cancelled when the other side fails: nobody would wake it otherwise. */
  readonly bodyScope: CancelScope;
  #failure: Error | null = null;

  constructor(call: number, fn: string, stream: Stream) {
    this.call = call;
    this.stream = stream;
    this.bodyScope = new CancelScope({ name: `context of ${fn}` });
  }

  /** Why the other side has failed, or null. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** The other side has failed or is lost: whoever waits for a part of the call that has not come gets `error`. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.started.fail(error);
    this.result.fail(error);
    // Those who read the stream get the error itself, so they come before the scope.
    this.stream.onDown(error);
    this.bodyScope.cancelBecause(causeOf(error, "the other side", this.bodyScope.name));
  }

  /** Whether `park` waits for a part of the call. */
  isAwaitedBy(park: Wait): boolean {
    return this.started.isAwaitedBy(park) || this.result.isAwaitedBy(park);
  }

  /** The other side has returned. */
  finish(value: WireValue): void {
    this.result.fill(value);
    this.stream.onStop(false);
  }
}

/** A value that comes once, from outside, perhaps before a task waits for it. The first outcome counts. */
export class Slot<T = WireValue> {
  readonly #waiting: Set<Park<T>> = new Set();
  #outcome: { readonly ok: true; readonly value: T } | {
    readonly ok: false;
    readonly error: Error;
  } | null = null;

  /** Whether it has come. */
  get filled(): boolean {
    return this.#outcome !== null;
  }

  /** Whether a task waits for it. */
  get awaited(): boolean {
    return this.#waiting.size > 0;
  }

  /** Whether `wait` is one for it. */
  isAwaitedBy(wait: Wait): boolean {
    return this.#waiting.has(wait as Park<T>);
  }

  fill(value: T): void {
    this.#outcome ??= { ok: true, value };
    this.#settle();
  }

  /** Brings an error instead. */
  fail(error: Error): void {
    this.#outcome ??= { ok: false, error };
    this.#settle();
  }

  /** Wakes `park` once the outcome is there, at once if it is. Answers how to withdraw. */
  attach(park: Park<T>): Abort {
    this.#waiting.add(park);
    this.#settle();
    return () => {
      this.#waiting.delete(park);
      return "left";
    };
  }

  #settle(): void {
    const outcome = this.#outcome;
    if (outcome === null) return;
    for (const park of this.#waiting) {
      if (outcome.ok) park.wake(outcome.value);
      else park.fail(outcome.error);
    }
    this.#waiting.clear();
  }
}
