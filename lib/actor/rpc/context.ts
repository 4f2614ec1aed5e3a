/** A two-way call: both sides run a function, and the two talk through a stream. @module */

import { UsageError } from "../errors.ts";
import type { WireValue } from "../wire/frame.ts";
import type { Stream } from "./stream.ts";

/** What both sides of a context can do. */
export interface StreamSide extends AsyncIterable<WireValue> {
  /** Sends one value to the other side; waits while its window is full. */
  send(value: WireValue): Promise<void>;
  /** The next value from the other side. */
  receive(): Promise<WireValue>;
  /** Says that this side sends nothing more. */
  stop(): void;
}

/** Handed as first argument to a function that is called through `openContext`. */
export class ServedContext implements StreamSide {
  readonly #stream: Stream;
  readonly #sayStarted: (value: WireValue) => void;
  #started = false;

  /**
   * Links make contexts.
   *
   * @internal
   */
  constructor(stream: Stream, sayStarted: (value: WireValue) => void) {
    this.#stream = stream;
    this.#sayStarted = sayStarted;
  }

  /** Whether {@linkcode started} was called. */
  get hasStarted(): boolean {
    return this.#started;
  }

  /**
   * Tells the caller that this side is ready, with a first value. Must come before anything is sent.
   *
   * @throws {UsageError} when it was said before
   * @throws {TypeError} when the value cannot cross
   */
  started(value: WireValue = null): void {
    if (this.#started) throw new UsageError("started() was called twice");
    this.#sayStarted(value);
    this.#started = true;
  }

  /** See {@linkcode StreamSide.send}. */
  send(value: WireValue): Promise<void> {
    if (!this.#started) return Promise.reject(new UsageError("call started() before sending"));
    return this.#stream.send(value, this.send);
  }

  /** See {@linkcode StreamSide.receive}. */
  receive(): Promise<WireValue> {
    return this.#stream.receive(this.receive);
  }

  /** See {@linkcode StreamSide.stop}. */
  stop(): void {
    this.#stream.stop();
  }

  /** Yields what the other side sends, until it stops. */
  [Symbol.asyncIterator](): AsyncIterableIterator<WireValue, void, undefined> {
    return this.#stream.iterate(this[Symbol.asyncIterator]);
  }
}
