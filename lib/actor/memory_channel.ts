/**
 * A queue between the tasks of one isolate, with ends that close: trio's memory channel. Values are handed over
 * directly when somebody waits, so a buffer of 0 is a rendezvous.
 *
 * @module
 */

import { checkpointIfDue } from "./checkpoint.ts";
import {
  BrokenResourceError,
  ClosedResourceError,
  EndOfChannel,
  UsageError,
  WouldBlock,
} from "./errors.ts";
import { type Park, park, type ParkReason } from "./park.ts";

/** What both ends share. */
interface Shared<T> {
  readonly buffer: T[];
  readonly maxBuffer: number;
  readonly senders: Set<SendChannel<T>>;
  readonly receivers: Set<ReceiveChannel<T>>;
  readonly sending: Map<Park<void>, { readonly value: T; readonly by: SendChannel<T> }>;
  readonly receiving: Map<Park<T>, ReceiveChannel<T>>;
  readonly sendReason: ParkReason;
  readonly receiveReason: ParkReason;
}

/** The numbers of a channel, for tests and dumps. */
export interface ChannelStatistics {
  readonly buffered: number;
  readonly maxBuffer: number;
  readonly openSenders: number;
  readonly openReceivers: number;
  readonly waitingSenders: number;
  readonly waitingReceivers: number;
}

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
  const shared: Shared<T> = {
    buffer: [],
    maxBuffer,
    senders: new Set(),
    receivers: new Set(),
    sending: new Map(),
    receiving: new Map(),
    sendReason: {
      kind: "send",
      resource: () =>
        `${name}, ${shared.buffer.length}/${maxBuffer} full, ${shared.receivers.size} receivers`,
    },
    receiveReason: {
      kind: "recv",
      resource: () => `${name}, empty, ${shared.senders.size} senders`,
    },
  };
  return [new SendChannel(shared), new ReceiveChannel(shared)];
}

function statisticsOf<T>(shared: Shared<T>): ChannelStatistics {
  return {
    buffered: shared.buffer.length,
    maxBuffer: shared.maxBuffer,
    openSenders: shared.senders.size,
    openReceivers: shared.receivers.size,
    waitingSenders: shared.sending.size,
    waitingReceivers: shared.receiving.size,
  };
}

/** The end that values go in at. */
export class SendChannel<T> {
  readonly #shared: Shared<T>;
  #closed = false;

  /** Use {@linkcode openMemoryChannel}. */
  constructor(shared: Shared<T>) {
    this.#shared = shared;
    shared.senders.add(this);
  }

  /**
   * Sends at once.
   *
   * @throws {WouldBlock} when the buffer is full and nobody waits
   * @throws {ClosedResourceError} when this end is closed
   * @throws {BrokenResourceError} when every receiver is closed
   */
  sendNowait(value: T): void {
    const shared = this.#shared;
    if (this.#closed) throw new ClosedResourceError("this end of the memory channel is closed");
    if (shared.receivers.size === 0) throw new BrokenResourceError("every receiver has closed");
    for (const receiver of shared.receiving.keys()) {
      shared.receiving.delete(receiver);
      receiver.wake(value);
      return;
    }
    if (shared.buffer.length >= shared.maxBuffer) {
      throw new WouldBlock("the memory channel is full");
    }
    shared.buffer.push(value);
  }

  /**
   * Sends, waiting for room if need be.
   *
   * @throws {ClosedResourceError} when this end is or gets closed
   * @throws {BrokenResourceError} when every receiver is or gets closed
   * @throws {Cancelled} when the scope is or gets cancelled; the value is then not sent
   */
  async send(value: T): Promise<void> {
    await checkpointIfDue();
    try {
      return this.sendNowait(value);
    } catch (error) {
      if (!(error instanceof WouldBlock)) throw error;
    }
    await park<void>(this.#shared.sendReason, this.send, (self) => {
      this.#shared.sending.set(self, { value, by: this });
      return () => {
        this.#shared.sending.delete(self);
        return "left";
      };
    });
  }

  /**
   * Another sender of the same channel; it ends when all of them are closed.
   *
   * @throws {ClosedResourceError} when this end is closed
   */
  clone(): SendChannel<T> {
    if (this.#closed) throw new ClosedResourceError("this end of the memory channel is closed");
    return new SendChannel(this.#shared);
  }

  /** Closes this end. Its own waiting sends fail; after the last sender, receivers see the end. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const shared = this.#shared;
    shared.senders.delete(this);
    for (const [self, { by }] of [...shared.sending]) {
      if (by !== this) continue;
      shared.sending.delete(self);
      self.fail(new ClosedResourceError("this end of the memory channel was closed while sending"));
    }
    if (shared.senders.size > 0) return;
    for (const self of [...shared.receiving.keys()]) {
      self.fail(new EndOfChannel("every sender has closed"));
    }
    shared.receiving.clear();
  }

  /** The numbers of the channel now. */
  statistics(): ChannelStatistics {
    return statisticsOf(this.#shared);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The end that values come out of. */
export class ReceiveChannel<T> implements AsyncIterable<T> {
  readonly #shared: Shared<T>;
  #closed = false;

  /** Use {@linkcode openMemoryChannel}. */
  constructor(shared: Shared<T>) {
    this.#shared = shared;
    shared.receivers.add(this);
  }

  /**
   * Receives at once.
   *
   * @throws {WouldBlock} when nothing is there
   * @throws {EndOfChannel} when nothing is there and every sender is closed
   * @throws {ClosedResourceError} when this end is closed
   */
  receiveNowait(): T {
    const shared = this.#shared;
    if (this.#closed) throw new ClosedResourceError("this end of the memory channel is closed");
    for (const [sender, { value }] of shared.sending) {
      shared.sending.delete(sender);
      shared.buffer.push(value);
      sender.wake();
      break;
    }
    if (shared.buffer.length > 0) return shared.buffer.shift() as T;
    if (shared.senders.size === 0) throw new EndOfChannel("every sender has closed");
    throw new WouldBlock("the memory channel is empty");
  }

  /**
   * Receives, waiting for a value if need be.
   *
   * @throws {EndOfChannel} when nothing is left and every sender is or gets closed
   * @throws {ClosedResourceError} when this end is or gets closed
   * @throws {Cancelled} when the scope is or gets cancelled; no value is then lost
   */
  async receive(): Promise<T> {
    await checkpointIfDue();
    try {
      return this.receiveNowait();
    } catch (error) {
      if (!(error instanceof WouldBlock)) throw error;
    }
    return await park<T>(this.#shared.receiveReason, this.receive, (self) => {
      this.#shared.receiving.set(self, this);
      return () => {
        this.#shared.receiving.delete(self);
        return "left";
      };
    });
  }

  /**
   * Another receiver of the same channel; each value goes to one of them.
   *
   * @throws {ClosedResourceError} when this end is closed
   */
  clone(): ReceiveChannel<T> {
    if (this.#closed) throw new ClosedResourceError("this end of the memory channel is closed");
    return new ReceiveChannel(this.#shared);
  }

  /** Closes this end. Its own waiting receives fail; after the last receiver, senders break. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const shared = this.#shared;
    shared.receivers.delete(this);
    for (const [self, by] of [...shared.receiving]) {
      if (by !== this) continue;
      shared.receiving.delete(self);
      self.fail(
        new ClosedResourceError("this end of the memory channel was closed while receiving"),
      );
    }
    if (shared.receivers.size > 0) return;
    for (const self of [...shared.sending.keys()]) {
      self.fail(new BrokenResourceError("every receiver has closed"));
    }
    shared.sending.clear();
    shared.buffer.length = 0;
  }

  /** The numbers of the channel now. */
  statistics(): ChannelStatistics {
    return statisticsOf(this.#shared);
  }

  /** Yields values until every sender has closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      try {
        yield await this.receive();
      } catch (error) {
        if (error instanceof EndOfChannel) return;
        throw error;
      }
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
