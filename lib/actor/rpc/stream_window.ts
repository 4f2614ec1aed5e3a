/** How much of a stream may be unread: the account that a writer keeps, and who waits for room in it. @module */

import { UsageError } from "../errors.ts";
import { type Park, park, type ParkReason } from "../park.ts";
import type { SiteCapture } from "../site.ts";
import type { StreamWindow } from "../wire/frame.ts";

/** What may be unread in one direction, unless the caller says otherwise. */
export const WINDOW: StreamWindow = { messages: 256, bytes: 8 * 2 ** 20 };

/**
 * The window that a caller asks for.
 *
 * @throws {UsageError} when a bound is no whole number above 0
 */
export function windowOf(wanted: Partial<StreamWindow>): StreamWindow {
  const { messages = WINDOW.messages, bytes = WINDOW.bytes } = wanted;
  for (const [name, bound] of Object.entries({ messages, bytes })) {
    if (Number.isSafeInteger(bound) && bound > 0) continue;
    throw new UsageError(`window.${name} is ${bound}: it takes a whole number above 0`);
  }
  return { messages, bytes };
}

/** The account of one direction. Room goes to the task that has waited longest. */
export class SendRoom {
  readonly #window: StreamWindow;
  /** Sizes of the values sent that the peer has not yet said it has read, in order. */
  readonly #unread: number[] = [];
  /** Who waits, with the size of the value. */
  readonly #waiting: Map<Park<void>, number> = new Map();
  /** Values that may still be sent. */
  #credit: number;
  /** Of the unread values, and of those about to be sent. */
  #bytes = 0;

  constructor(window: StreamWindow) {
    this.#window = window;
    this.#credit = window.messages;
  }

  /** Values sent that the peer has not yet said it has read. */
  get unread(): number {
    return this.#unread.length;
  }

  /** Whether another value may be sent, of whatever size. */
  get isThere(): boolean {
    return this.#credit > 0 && this.#bytes < this.#window.bytes;
  }

  /** Why there is none, for a dump. */
  get why(): string {
    const { messages, bytes } = this.#window;
    if (this.#credit === 0) return `window of ${messages} full`;
    return `${this.#bytes} bytes unread, of ${bytes} allowed`;
  }

  /** Takes room for a value. */
  take(bytes: number): void {
    this.#credit--;
    this.#bytes += bytes;
  }

  /** Waits for room and takes it. @throws {Cancelled} when the scope is or gets cancelled */
  wait(bytes: number, reason: ParkReason, site: SiteCapture): Promise<void> {
    return park<void>(reason, site, (self) => {
      this.#waiting.set(self, bytes);
      return () => {
        this.#waiting.delete(self);
        return "left";
      };
    });
  }

  /**
   * Sends a value for which room was taken. The peer may read it meanwhile.
   *
   * @throws whatever `send` throws; the room is given back then
   */
  spend(bytes: number, send: () => void): void {
    this.#unread.push(bytes);
    try {
      send();
    } catch (error) {
      this.#unread.pop();
      this.#giveBack(1, bytes);
      throw error;
    }
  }

  /** The peer has read `count` values, which were sent. */
  read(count: number): void {
    const sizes = this.#unread.splice(0, count);
    this.#giveBack(count, sizes.reduce((sum, bytes) => sum + bytes, 0));
  }

  /** Nothing can be sent any more. */
  failAll(error: Error): void {
    for (const waiting of this.#waiting.keys()) {
      this.#waiting.delete(waiting);
      waiting.fail(error);
    }
  }

  #giveBack(count: number, bytes: number): void {
    this.#credit += count;
    this.#bytes -= bytes;
    for (const [waiting, size] of this.#waiting) {
      if (!this.isThere) return;
      this.#waiting.delete(waiting);
      this.take(size);
      waiting.wake();
    }
  }
}
