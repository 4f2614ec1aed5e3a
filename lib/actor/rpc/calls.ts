/** Calls that this actor has made and waits for. @module */

import type { Park } from "../park.ts";
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
  readonly stream: Stream;
  /** Resolves with the peer's first value. */
  readonly started = new Slot();
  /** Resolves with what the peer's function returned. */
  readonly result = new Slot();

  constructor(stream: Stream) {
    this.stream = stream;
  }

  /** The call has ended for good: whoever waits for a part of it that has not come gets `error`. */
  fail(error: Error): void {
    this.started.fail(error);
    this.result.fail(error);
    this.stream.onDown(error);
  }
}

/** A value that comes once, from outside, perhaps before anybody waits for it. */
export class Slot {
  #outcome: { readonly ok: true; readonly value: WireValue } | {
    readonly ok: false;
    readonly error: Error;
  } | null = null;
  #waiting: Park<WireValue> | null = null;

  /** Whether it has come. */
  get filled(): boolean {
    return this.#outcome !== null;
  }

  /** Brings the value. The first outcome counts. */
  fill(value: WireValue): void {
    this.#outcome ??= { ok: true, value };
    this.#settle();
  }

  /** Brings an error instead. The first outcome counts. */
  fail(error: Error): void {
    this.#outcome ??= { ok: false, error };
    this.#settle();
  }

  /** Wakes `park` once the outcome is there, at once if it is. Answers how to withdraw. */
  attach(park: Park<WireValue>): () => void {
    this.#waiting = park;
    this.#settle();
    return () => {
      this.#waiting = null;
    };
  }

  #settle(): void {
    const waiting = this.#waiting;
    const outcome = this.#outcome;
    if (waiting === null || outcome === null) return;
    this.#waiting = null;
    if (outcome.ok) waiting.wake(outcome.value);
    else waiting.fail(outcome.error);
  }
}
