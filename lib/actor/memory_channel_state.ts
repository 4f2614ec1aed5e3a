/**
 * What the ends of one memory channel share: the buffer, the queues of those who wait, and the rules by which values
 * pass between them. The task that waits longest is served first, and a value handed to a waiting task stays with it.
 *
 * @module
 */

import { nameText } from "../protocol/text.ts";
import { BrokenResourceError, ClosedResourceError, EndOfChannel } from "./errors.ts";
import type { Park, ParkReason } from "./park.ts";
import type { OtherUsers } from "../protocol/snapshot.ts";
import { contextOrNone } from "./context.ts";
import type { Task } from "./task.ts";

/** The numbers of a channel, for tests and dumps. */
export interface ChannelStatistics {
  /** Values that were sent and not received yet. */
  readonly buffered: number;
  /** The most that was ever buffered. */
  readonly peakBuffered: number;
  /** How many values may be buffered. */
  readonly maxBuffer: number;
  /** Sending ends that are open. */
  readonly openSenders: number;
  /** Receiving ends that are open. */
  readonly openReceivers: number;
  /** Tasks that are parked in `send`. */
  readonly waitingSenders: number;
  /** Tasks that are parked in `receive`. */
  readonly waitingReceivers: number;
}

/** The shared middle of a memory channel. Ends are told apart by identity. */
export class MemoryChannelState<T> {
  readonly sendReason: ParkReason;
  readonly receiveReason: ParkReason;
  readonly #maxBuffer: number;
  readonly #buffer = new Fifo<T>();
  readonly #senders: Set<object> = new Set();
  readonly #receivers: Set<object> = new Set();
  readonly #sending: Map<Park<void>, { readonly value: T; readonly by: object }> = new Map();
  readonly #receiving: Map<Park<T>, { readonly by: object }> = new Map();
  readonly #sentBy: Users = new Users();
  readonly #receivedBy: Users = new Users();
  #peak = 0;

  constructor(maxBuffer: number, name: string) {
    this.#maxBuffer = maxBuffer;
    const text = nameText(name);
    this.sendReason = {
      kind: "send",
      resource: () =>
        `${text}, ${this.#buffer.length}/${maxBuffer} full, ${this.#receivers.size} receivers`,
      onTasks: () => this.#receivedBy.living,
      otherEnd: () => this.#receivedBy.others,
    };
    this.receiveReason = {
      kind: "recv",
      resource: () => `${text}, empty, ${this.#senders.size} senders`,
      onTasks: () => this.#sentBy.living,
      otherEnd: () => this.#sentBy.others,
    };
  }

  addSender(end: object): void {
    this.#senders.add(end);
  }

  addReceiver(end: object): void {
    this.#receivers.add(end);
  }

  /**
   * Takes `value` in if a receiver waits or there is room.
   *
   * @throws {ClosedResourceError} when `by` is closed
   * @throws {BrokenResourceError} when every receiver is closed
   */
  offer(value: T, by: object): boolean {
    this.#sentBy.add();
    if (!this.#senders.has(by)) throw closedEnd();
    if (this.#receivers.size === 0) throw new BrokenResourceError("every receiver has closed");
    for (const receiver of this.#receiving.keys()) {
      this.#receiving.delete(receiver);
      receiver.wake(value);
      return true;
    }
    if (this.#buffer.length >= this.#maxBuffer) return false;
    this.#buffer.push(value);
    this.#peak = Math.max(this.#peak, this.#buffer.length);
    return true;
  }

  /**
   * Takes a value out if there is one.
   *
   * @throws {ClosedResourceError} when `by` is closed
   * @throws {EndOfChannel} when there is none and every sender is closed
   */
  poll(by: object): { readonly value: T } | null {
    this.#receivedBy.add();
    if (!this.#receivers.has(by)) throw closedEnd();
    for (const [sender, { value }] of this.#sending) {
      this.#sending.delete(sender);
      this.#buffer.push(value);
      sender.wake();
      break;
    }
    const first = this.#buffer.shift();
    if (first === null && this.#senders.size === 0) {
      throw new EndOfChannel("every sender has closed");
    }
    return first;
  }

  /** Registers a send that waits; what it returns takes it back. */
  waitToSend(park: Park<void>, value: T, by: object): () => "left" {
    this.#sending.set(park, { value, by });
    return () => {
      this.#sending.delete(park);
      return "left";
    };
  }

  waitToReceive(park: Park<T>, by: object): () => "left" {
    this.#receiving.set(park, { by });
    return () => {
      this.#receiving.delete(park);
      return "left";
    };
  }

  /** Closes an end: its own sends fail, and after the last one receivers see the end. */
  closeSender(end: object): void {
    if (!this.#senders.delete(end)) return;
    failWaits(this.#sending, closedEnd, end);
    if (this.#senders.size > 0) return;
    failWaits(this.#receiving, () => new EndOfChannel("every sender has closed"));
  }

  /** Closes an end: its own receives fail, and after the last one senders break and what is buffered is lost. */
  closeReceiver(end: object): void {
    if (!this.#receivers.delete(end)) return;
    failWaits(this.#receiving, closedEnd, end);
    if (this.#receivers.size > 0) return;
    failWaits(this.#sending, () => new BrokenResourceError("every receiver has closed"));
    this.#buffer.clear();
  }

  isClosed(end: object): boolean {
    return !this.#senders.has(end) && !this.#receivers.has(end);
  }

  statistics(): ChannelStatistics {
    return {
      buffered: this.#buffer.length,
      peakBuffered: this.#peak,
      maxBuffer: this.#maxBuffer,
      openSenders: this.#senders.size,
      openReceivers: this.#receivers.size,
      waitingSenders: this.#sending.size,
      waitingReceivers: this.#receiving.size,
    };
  }
}

/** The error of an operation on an end that is closed. */
export function closedEnd(): ClosedResourceError {
  return new ClosedResourceError("this end of the memory channel is closed");
}

/** Fails what waits: that of one end, or all of it. */
function failWaits(
  waiting: Map<Pick<Park<never>, "fail">, { readonly by: object }>,
  error: () => Error,
  end: object | null = null,
): void {
  for (const [park, { by }] of [...waiting]) {
    if (end !== null && by !== end) continue;
    waiting.delete(park);
    park.fail(error());
  }
}

/** More tasks than this are looked through for such as have ended. */
const MANY_USERS = 64;

/** The tasks that have used one kind of end: as far as it can be known, a wait at the other kind is up to them. */
class Users {
  readonly #tasks: Set<Task> = new Set();
  #last: Task | null = null;
  #lookAt = MANY_USERS;
  #ended = false;
  #outside = false;

  /** The caller uses it now. */
  add(): void {
    const task = contextOrNone()?.task ?? null;
    // A callback runs in the context of the task that made it, whatever that does by now.
    if (task === null || task.isParked || task.state === "done") this.#outside = true;
    if (task === null || task === this.#last) return;
    this.#last = task;
    this.#tasks.add(task);
    if (this.#tasks.size >= this.#lookAt) this.#lookAt = Math.max(MANY_USERS, this.#forget() * 2);
  }

  /** Those that have not ended. */
  get living(): Task[] {
    this.#forget();
    return [...this.#tasks];
  }

  /** What else has used it. */
  get others(): OtherUsers {
    this.#forget();
    return { ended: this.#ended, outside: this.#outside };
  }

  /** Forgets those that have ended, and returns how many are left. */
  #forget(): number {
    for (const task of this.#tasks) {
      if (task.state !== "done") continue;
      this.#tasks.delete(task);
      this.#ended = true;
    }
    return this.#tasks.size;
  }
}

/** A queue whose `shift` does not move everything behind it: `Array.shift` does, from about 16,000 elements on. */
class Fifo<T> {
  #newest: T[] = [];
  /** In reverse order. */
  #oldest: T[] = [];

  get length(): number {
    return this.#newest.length + this.#oldest.length;
  }

  push(value: T): void {
    this.#newest.push(value);
  }

  shift(): { readonly value: T } | null {
    if (this.#oldest.length === 0) {
      this.#oldest = this.#newest.reverse();
      this.#newest = [];
    }
    if (this.#oldest.length === 0) return null;
    // The length was looked at: undefined is a value here.
    return { value: this.#oldest.pop() as T };
  }

  clear(): void {
    this.#newest = [];
    this.#oldest = [];
  }
}
