/** Two-way calls: both sides run a function, and the two talk through a stream. @module */

import { CancelScope } from "../cancel_scope.ts";
import { causeOf, UsageError } from "../errors.ts";
import { Slot } from "../event.ts";
import type { WireValue } from "../wire/frame.ts";
import type { Stream } from "./stream.ts";

/** One side of a two-way call: what both sides can do. */
export class StreamSide implements AsyncIterable<WireValue> {
  readonly #stream: Stream;

  /** @internal */
  constructor(stream: Stream) {
    this.#stream = stream;
  }

  /**
   * Sends one value to the other side; waits while its window is full.
   *
   * @throws {BrokenResourceError} when the other side is gone, or reads no more
   * @throws {ClosedResourceError} when this side has stopped, or the call is over
   * @throws {TypeError} when the value cannot cross
   * @throws {Cancelled} when the scope is or gets cancelled
   */
  send(value: WireValue): Promise<void> {
    return this.#stream.send(value, this.send);
  }

  /**
   * The next value from the other side. What it sent before it ended or failed comes first.
   *
   * @throws {EndOfChannel} when the other side has stopped and everything is read
   * @throws {RemoteActorError} when the function at the other side failed and everything is read
   * @throws {BrokenResourceError} when the other side is gone and everything is read
   * @throws {ClosedResourceError} when the call is over
   * @throws {Cancelled} when the scope is or gets cancelled
   */
  receive(): Promise<WireValue> {
    return this.#stream.receive(this.receive);
  }

  /** Says that this side sends nothing more. */
  stop(): void {
    this.#stream.stop();
  }

  /**
   * Yields what the other side sends, until it stops.
   *
   * @throws what {@linkcode receive} throws, but for the end
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<WireValue, void, undefined> {
    return this.#stream.iterate(this[Symbol.asyncIterator]);
  }
}

/** The caller's side of a two-way call to a function that returns `R`. */
export class CallerContext<R = WireValue> extends StreamSide {
  readonly #awaitResult: (where: () => Promise<WireValue>) => Promise<WireValue>;

  /**
   * Portals make contexts.
   *
   * @internal
   */
  constructor(
    stream: Stream,
    awaitResult: (where: () => Promise<WireValue>) => Promise<WireValue>,
  ) {
    super(stream);
    this.#awaitResult = awaitResult;
  }

  /**
   * What the peer's function returned.
   *
   * @throws {RemoteActorError} when it threw
   * @throws {BrokenResourceError | ClosedResourceError} when the actor is lost or has ended
   * @throws {Cancelled} when the scope is or gets cancelled
   */
  result(): Promise<R>;
  result(): Promise<WireValue> {
    return this.#awaitResult(this.result);
  }
}

/** Handed as first argument to a function that is called through `openContext`. */
export class ServedContext extends StreamSide {
  readonly #sayStarted: (value: WireValue) => void;
  #started = false;

  /**
   * Links make contexts.
   *
   * @internal
   */
  constructor(stream: Stream, sayStarted: (value: WireValue) => void) {
    super(stream);
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

  /**
   * See {@linkcode StreamSide.send}.
   *
   * @throws {UsageError} before {@linkcode started}
   * @throws what {@linkcode StreamSide.send} throws
   */
  override send(value: WireValue): Promise<void> {
    if (!this.#started) return Promise.reject(new UsageError("call started() before sending"));
    return super.send(value);
  }
}

/** A two-way call: `started`, then values both ways, then the result. */
export class ContextCall {
  readonly shape = "context";
  readonly call: number;
  readonly stream: Stream;
  /** Has the peer's first value. */
  readonly started: Slot<WireValue> = new Slot();
  /** Has what the peer's function returned. */
  readonly result: Slot<WireValue> = new Slot();
  /** The caller's body runs in it, and is cancelled when the other side fails: nothing would wake it otherwise. */
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

  /** The other side has failed or is lost: a wait for a part of the call that has not come gets `error`. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.started.fail(error);
    this.result.fail(error);
    // Those who read the stream get the error itself, so they come before the scope.
    this.stream.onDown(error);
    this.bodyScope.cancelBecause(causeOf(error, "the other side", this.bodyScope.name));
  }

  /** The other side has returned. */
  finish(value: WireValue): void {
    this.result.fill(value);
    this.stream.onStop(false);
  }
}
