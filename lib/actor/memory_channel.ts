/**
 * A queue between the tasks of one isolate, with ends that close: trio's memory channel. Values are handed over
 * directly when a receiver waits, so a buffer of 0 is a rendezvous.
 *
 * @module
 */

import { afterCheckpoint } from "./checkpoint.ts";
import { EndOfChannel, UsageError, WouldBlock } from "./errors.ts";
import { type ChannelStatistics, closedEnd, MemoryChannelState } from "./memory_channel_state.ts";
import { park, type Where } from "./park.ts";

export type { ChannelStatistics } from "./memory_channel_state.ts";

/**
 * Makes a channel.
 *
 * @param maxBuffer how many values may wait unread: an integer of at least 0, or Infinity
 * @param name for dumps
 * @throws {UsageError} for any other `maxBuffer`
 */
export function openMemoryChannel<T>(
  maxBuffer: number,
  name = "memory channel",
): [SendChannel<T>, ReceiveChannel<T>] {
  if (!(maxBuffer >= 0) || (maxBuffer !== Infinity && !Number.isInteger(maxBuffer))) {
    throw new UsageError(
      `maxBuffer must be an integer of at least 0 or Infinity, got ${maxBuffer}`,
    );
  }
  const state = new MemoryChannelState<T>(maxBuffer, name);
  return [new SendChannel(state), new ReceiveChannel(state)];
}

/** The end that values go in at. */
export class SendChannel<T> {
  readonly #state: MemoryChannelState<T>;

  /** Use {@linkcode openMemoryChannel}. */
  constructor(state: MemoryChannelState<T>) {
    this.#state = state;
    state.addSender(this);
  }

  /**
   * Sends at once.
   *
   * @throws {WouldBlock} when the buffer is full and no receiver waits
   * @throws {ClosedResourceError} when this end is closed
   * @throws {BrokenResourceError} when every receiver is closed
   */
  sendNowait(value: T): void {
    if (!this.#state.offer(value, this)) throw new WouldBlock("the memory channel is full");
  }

  /**
   * Sends, waiting for room if need be.
   *
   * @throws {ClosedResourceError} when this end is or gets closed
   * @throws {BrokenResourceError} when every receiver is or gets closed
   * @throws {Cancelled} when the scope is or gets cancelled; the value is then not sent
   */
  send(value: T): Promise<void> {
    const state = this.#state;
    return afterCheckpoint(this.send, (where) =>
      state.offer(value, this) ? undefined : park<void>(
        state.sendReason,
        where,
        (self) => state.waitToSend(self, value, this),
      ));
  }

  /**
   * Another sender of the same channel; it ends when all of them are closed.
   *
   * @throws {ClosedResourceError} when this end is closed
   */
  clone(): SendChannel<T> {
    if (this.#state.isClosed(this)) throw closedEnd();
    return new SendChannel(this.#state);
  }

  /** Closes this end. Its own waiting sends fail; after the last sender, receivers see the end. */
  close(): void {
    this.#state.closeSender(this);
  }

  /** The numbers of the channel now. */
  statistics(): ChannelStatistics {
    return this.#state.statistics();
  }

  /** Closes this end. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** The end that values come out of. */
export class ReceiveChannel<T> implements AsyncIterable<T> {
  readonly #state: MemoryChannelState<T>;

  /** Use {@linkcode openMemoryChannel}. */
  constructor(state: MemoryChannelState<T>) {
    this.#state = state;
    state.addReceiver(this);
  }

  /**
   * Receives at once.
   *
   * @throws {WouldBlock} when nothing is there
   * @throws {EndOfChannel} when nothing is there and every sender is closed
   * @throws {ClosedResourceError} when this end is closed
   */
  receiveNowait(): T {
    const first = this.#state.poll(this);
    if (first === null) throw new WouldBlock("the memory channel is empty");
    return first.value;
  }

  /**
   * Receives, waiting for a value if need be.
   *
   * @throws {EndOfChannel} when nothing is left and every sender is or gets closed
   * @throws {ClosedResourceError} when this end is or gets closed
   * @throws {Cancelled} when the scope is or gets cancelled; no value is then lost
   */
  receive(): Promise<T> {
    return this.#receive(this.receive);
  }

  /**
   * Another receiver of the same channel; each value goes to one of them.
   *
   * @throws {ClosedResourceError} when this end is closed
   */
  clone(): ReceiveChannel<T> {
    if (this.#state.isClosed(this)) throw closedEnd();
    return new ReceiveChannel(this.#state);
  }

  /** Closes this end. Its own waiting receives fail; after the last receiver, senders break. */
  close(): void {
    this.#state.closeReceiver(this);
  }

  /** The numbers of the channel now. */
  statistics(): ChannelStatistics {
    return this.#state.statistics();
  }

  /** Yields values until every sender has closed. Leaving the loop early does not close this end. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    // Not a generator: its frame would stand between a parked receive and the loop that the dump should name.
    const next = async (): Promise<IteratorResult<T>> => {
      try {
        return { done: false, value: await this.#receive(next) };
      } catch (error) {
        if (error instanceof EndOfChannel) return { done: true, value: undefined };
        throw error;
      }
    };
    return {
      next,
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** Closes this end. */
  [Symbol.dispose](): void {
    this.close();
  }

  #receive(where: Where): Promise<T> {
    const state = this.#state;
    return afterCheckpoint(where, (where) => {
      const first = state.poll(this);
      if (first !== null) return first.value;
      return park<T>(state.receiveReason, where, (self) => state.waitToReceive(self, this));
    });
  }
}
