/**
 * One side of a two-way stream inside a call. Values flow as long as the reader grants credit, so a slow reader slows
 * its writer instead of filling memory.
 *
 * Invariant: at most a window of values is on the way or unread in each direction, and none is sent while there are as
 * many bytes as the window has: large values fill it up to the last one. No task waits on a stream whose other side has
 * ended, failed or gone. Credit and values go to the task that has waited longest, so that
 * several tasks may send, or receive, on one side.
 *
 * @module
 */

import { checkpointIfDue } from "../checkpoint.ts";
import { BrokenResourceError, Cancelled, ClosedResourceError, EndOfChannel } from "../errors.ts";
import { type Park, park, type ParkReason, type PeerRef, waitIn, type Where } from "../park.ts";
import { captureSite, type SiteCapture } from "../site.ts";
import { weigh } from "../wire/clone.ts";
import {
  type CallSide,
  type Frame,
  ProtocolError,
  type StreamWindow,
  type WireValue,
} from "../wire/frame.ts";
import { SendRoom, WINDOW } from "./stream_window.ts";

/** How a stream reaches the other side: its channel. */
export interface StreamPost {
  /** Throws when the frame cannot be encoded or the channel is down. */
  send(frame: Frame): void;
  /** Sends the frame if the other side is there to hear it. Never throws. */
  tell(frame: Frame): void;
}

/** One side of a stream. */
export class Stream {
  readonly #call: number;
  readonly #side: CallSide;
  readonly #peer: PeerRef;
  readonly #post: StreamPost;
  readonly #sendReason: ParkReason;
  readonly #recvReason: ParkReason;
  readonly #window: StreamWindow;
  readonly #room: SendRoom;
  readonly #inbox: { readonly value: WireValue; readonly bytes: number }[] = [];
  readonly #receivers: Set<Park<WireValue>> = new Set();
  /** Values taken out of the inbox and not yet credited to the peer. */
  #consumed = 0;
  #consumedBytes = 0;
  /** What a receive throws once everything is read. */
  #readOver: Error | null = null;
  /** What a send throws. */
  #sendOver: Error | null = null;
  #left = false;
  #toldOver = false;

  /**
   * @param call number of the call
   * @param side which side numbered it, seen from here
   */
  constructor(
    call: number,
    side: CallSide,
    peer: PeerRef,
    post: StreamPost,
    window: StreamWindow = WINDOW,
  ) {
    this.#window = window;
    this.#room = new SendRoom(window);
    this.#call = call;
    this.#side = side;
    this.#peer = peer;
    this.#post = post;
    const name = `stream of call ${call} with ${peer.path}`;
    const resource = () => `${name} (${this.#room.why})`;
    this.#sendReason = { kind: "send", resource, peer };
    this.#recvReason = { kind: "recv", resource: name, peer };
  }

  /**
   * Sends one value, waiting for credit if need be.
   *
   * @param where the public function whose caller a dump should name
   * @throws {BrokenResourceError} when the peer is gone, or reads no more
   * @throws {ClosedResourceError} when this side has stopped
   * @throws {TypeError} when the value cannot cross
   * @throws {Cancelled} when the scope is or gets cancelled
   */
  async send(value: WireValue, where: Where = this.send): Promise<void> {
    const due = checkpointIfDue();
    // Captured before the first await, while the caller is still on the stack.
    const site = due !== null || !this.#room.isThere ? siteOf(where) : null;
    if (due !== null) await due;
    if (this.#sendOver !== null) throw this.#sendOver;
    const bytes = weigh(value, this.#window.bytes);
    if (this.#room.isThere) this.#room.take(bytes);
    else await this.#room.wait(bytes, this.#sendReason, site ?? siteOf(where));
    this.#room.spend(bytes, () => {
      // It may have ended between the grant and this task's turn.
      if (this.#sendOver !== null) throw this.#sendOver;
      this.#post.send({ kind: "yield", call: this.#call, side: this.#side, value, bytes });
    });
  }

  /**
   * The next value from the peer. What it sent before it ended or failed can still be read.
   *
   * @param where the public function whose caller a dump should name
   * @throws {EndOfChannel} when the peer has stopped and everything is read
   * @throws {RemoteActorError} when the peer's function failed and everything is read
   * @throws {BrokenResourceError} when the peer is gone and everything is read
   * @throws {Cancelled} when the scope is or gets cancelled
   */
  async receive(where: Where = this.receive): Promise<WireValue> {
    const due = this.#hasFailed() ? null : checkpointIfDue();
    const site = due !== null || this.#inbox.length === 0 ? siteOf(where) : null;
    try {
      if (due !== null) await due;
    } catch (error) {
      // A failure cancels the caller's context, but is itself what the caller should see, after what came before it.
      if (!(error instanceof Cancelled && this.#hasFailed())) throw error;
    }
    if (this.#inbox.length > 0 || this.#readOver !== null) return this.#next(this.#readOver);
    return await park(this.#recvReason, site ?? siteOf(where), waitIn(this.#receivers));
  }

  /** Says that this side sends nothing more. Never throws. */
  stop(): void {
    if (this.#sendOver === null) this.#tellStop(true);
    this.#failSenders(new ClosedResourceError(`this side of call ${this.#call} has stopped`));
  }

  /** Says that this side neither sends nor reads any more. Never throws. */
  leave(): void {
    const peerEnded = this.#sendOver !== null && !(this.#sendOver instanceof ClosedResourceError);
    if (!this.#left && !peerEnded) this.#tellStop(false);
    this.#left = true;
    this.close();
  }

  /** Ends this side without a word: code that still uses it gets {@linkcode ClosedResourceError}. */
  close(): void {
    const closed = new ClosedResourceError(`call ${this.#call} is over on this side`);
    this.#inbox.length = 0;
    this.#readOver = closed;
    this.#failReceivers(closed);
    this.#failSenders(closed);
    this.#sendOver = closed;
  }

  /**
   * Iterates until the peer stops.
   *
   * @param where the public function whose caller a dump should name
   */
  iterate(where: Where): AsyncIterableIterator<WireValue, void, undefined> {
    // Not a generator: a dump shall name the loop, not the generator's `yield`.
    const site = siteOf(where);
    const iterator: AsyncIterableIterator<WireValue, void, undefined> = {
      next: async () => {
        try {
          return { done: false, value: await this.receive(site) };
        } catch (error) {
          if (error instanceof EndOfChannel) return { done: true, value: undefined };
          throw error;
        }
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  /**
   * The peer sent a value.
   *
   * @throws {ProtocolError} when it had stopped, or goes beyond the window
   */
  onYield(value: WireValue, bytes: number): void {
    if (this.#readOver instanceof EndOfChannel) {
      throw this.#broken(`a value in call ${this.#call} after its stop`);
    }
    // Sent before the peer knew that it is not read.
    if (this.#readOver !== null) return;
    const { messages } = this.#window;
    if (this.#inbox.length + this.#consumed >= messages) {
      throw this.#broken(`more than ${messages} values unread in call ${this.#call}`);
    }
    const receiver = firstOf(this.#receivers);
    if (receiver === undefined) {
      this.#inbox.push({ value, bytes });
      return;
    }
    receiver.wake(value);
    this.#grant(bytes);
  }

  /**
   * The peer has read `count` values.
   *
   * @throws {ProtocolError} when it was never sent that many
   */
  onCredit(count: number): void {
    const { unread } = this.#room;
    if (count > unread) {
      throw this.#broken(
        `credit for ${count} values in call ${this.#call}, of which ${unread} are unread`,
      );
    }
    this.#room.read(count);
  }

  /** The peer sends nothing more; nor does it read, unless `reads`. */
  onStop(reads: boolean): void {
    const end = new EndOfChannel(`the other side of call ${this.#call} has stopped`);
    this.#readOver ??= end;
    this.#failReceivers(end);
    if (reads) return;
    this.#failSenders(
      new BrokenResourceError(
        `the other side of call ${this.#call}, ${this.#peer.path}, has ended and reads no more`,
      ),
    );
  }

  /** The peer's function has failed, or the peer is lost. */
  onDown(error: Error): void {
    this.#readOver ??= error;
    this.#failReceivers(error);
    this.#failSenders(error);
  }

  /** Whether `error` is what this stream threw because the other side had left in order. */
  isReaderGone(error: unknown): boolean {
    return error instanceof BrokenResourceError && error === this.#sendOver &&
      this.#readOver instanceof EndOfChannel;
  }

  #broken(what: string): ProtocolError {
    return new ProtocolError(this.#peer.path, what);
  }

  #tellStop(reads: boolean): void {
    this.#post.tell({ kind: "stop", call: this.#call, side: this.#side, reads });
  }

  /** Whether there is a failure that a reader has yet to hear of. Hearing it again and again must be a checkpoint. */
  #hasFailed(): boolean {
    return this.#readOver !== null && !this.#toldOver &&
      !(this.#readOver instanceof EndOfChannel);
  }

  #next(over: Error | null): WireValue {
    if (this.#inbox.length === 0 && over !== null) {
      this.#toldOver = true;
      throw over;
    }
    const first = this.#inbox.shift();
    this.#grant(first?.bytes ?? 0);
    return first?.value;
  }

  /** One value more has been read. A credit costs a message, so it is granted by the half window. */
  #grant(bytes: number): void {
    this.#consumed++;
    this.#consumedBytes += bytes;
    const { messages, bytes: most } = this.#window;
    if (this.#readOver !== null) return;
    if (this.#consumed < messages / 2 && this.#consumedBytes < most / 2) return;
    const count = this.#consumed;
    this.#consumed = 0;
    this.#consumedBytes = 0;
    this.#post.tell({ kind: "credit", call: this.#call, side: this.#side, count });
  }

  /** The first reason to stop sending counts. */
  #failSenders(error: Error): void {
    this.#sendOver ??= error;
    this.#room.failAll(this.#sendOver);
  }

  #failReceivers(error: Error): void {
    for (let receiver; (receiver = firstOf(this.#receivers)) !== undefined;) receiver.fail(error);
  }
}

/** Takes the one that has waited longest. */
function firstOf<T>(waiting: Set<T>): T | undefined {
  for (const first of waiting) {
    waiting.delete(first);
    return first;
  }
  return undefined;
}

function siteOf(where: Where): SiteCapture {
  return typeof where === "function" ? captureSite(where) : where;
}
