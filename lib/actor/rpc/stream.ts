/**
 * One side of a two-way stream inside a call. Values flow as long as the reader grants credit, so a slow reader slows
 * its writer instead of filling memory.
 *
 * Invariant: at most {@linkcode WINDOW} values are on the way or unread in each direction.
 *
 * @module
 */

import { checkpointIfDue } from "../checkpoint.ts";
import { BrokenResourceError, ClosedResourceError, EndOfChannel } from "../errors.ts";
import { type Park, park, type ParkReason, type PeerRef, type Where } from "../park.ts";
import { captureSite, type SiteCapture } from "../site.ts";
import type { CallSide, Frame, WireValue } from "../wire/frame.ts";

/** Values that may be unread in one direction. A credit costs a message, so it is granted by the half window. */
export const WINDOW = 256;

/** One side of a stream. */
export class Stream implements AsyncIterable<WireValue> {
  readonly #call: number;
  readonly #side: CallSide;
  readonly #post: (frame: Frame) => void;
  readonly #sendReason: ParkReason;
  readonly #recvReason: ParkReason;
  readonly #inbox: WireValue[] = [];
  #credit = WINDOW;
  #consumed = 0;
  #sender: Park<void> | null = null;
  #receiver: Park<void> | null = null;
  #stopped = false;
  #over: Error | null = null;

  /**
   * @param call number of the call
   * @param side which side numbered it, seen from here
   * @param post sends a frame to the peer
   */
  constructor(call: number, side: CallSide, peer: PeerRef, post: (frame: Frame) => void) {
    this.#call = call;
    this.#side = side;
    this.#post = post;
    const name = `stream of call ${call} with ${peer.path}`;
    this.#sendReason = { kind: "send", resource: `${name} (window of ${WINDOW} full)`, peer };
    this.#recvReason = { kind: "recv", resource: name, peer };
  }

  /**
   * Sends one value, waiting for credit if need be.
   *
   * @param where the public function whose caller a dump should name
   * @throws {BrokenResourceError} when the peer is gone
   * @throws {ClosedResourceError} when this side has stopped
   * @throws {Cancelled} when the scope is or gets cancelled
   */
  async send(value: WireValue, where: Where = this.send): Promise<void> {
    const site = this.#credit === 0 ? siteOf(where) : null;
    const due = checkpointIfDue();
    if (due !== null) await due;
    while (this.#credit === 0) await this.#waitForCredit(site ?? siteOf(where));
    this.#assertSending();
    this.#credit--;
    this.#post({ kind: "yield", call: this.#call, side: this.#side, value });
  }

  /**
   * The next value from the peer.
   *
   * @param where the public function whose caller a dump should name
   * @throws {EndOfChannel} when the peer has stopped and everything is read
   * @throws {BrokenResourceError} when the peer is gone
   * @throws {Cancelled} when the scope is or gets cancelled
   */
  async receive(where: Where = this.receive): Promise<WireValue> {
    // Captured before the first await, while the caller is still on the stack.
    const site = this.#inbox.length === 0 ? siteOf(where) : null;
    const due = checkpointIfDue();
    if (due !== null) await due;
    while (this.#inbox.length === 0) {
      if (this.#over !== null) throw this.#over;
      await this.#waitForValue(site ?? siteOf(where));
    }
    const value = this.#inbox.shift();
    this.#grant();
    return value;
  }

  /** Says that this side sends nothing more. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    if (!(this.#over instanceof BrokenResourceError)) {
      this.#post({ kind: "stop", call: this.#call, side: this.#side });
    }
  }

  /** Yields values until the peer stops. */
  async *[Symbol.asyncIterator](): AsyncGenerator<WireValue, void, undefined> {
    for (;;) {
      try {
        yield await this.receive();
      } catch (error) {
        if (error instanceof EndOfChannel) return;
        throw error;
      }
    }
  }

  /** The peer sent a value. */
  onYield(value: WireValue): void {
    this.#inbox.push(value);
    this.#wakeReceiver();
  }

  /** The peer has read `count` values. */
  onCredit(count: number): void {
    this.#credit += count;
    const sender = this.#sender;
    this.#sender = null;
    sender?.wake();
  }

  /** The peer sends nothing more. */
  onStop(): void {
    this.onDown(new EndOfChannel(`the other side of call ${this.#call} has stopped`));
  }

  /** Nothing more will come, and after a break nothing more can go. */
  onDown(error: Error): void {
    this.#over ??= error;
    this.#wakeReceiver();
    if (error instanceof EndOfChannel) return;
    this.#over = error;
    this.#sender?.fail(error);
    this.#sender = null;
  }

  #wakeReceiver(): void {
    const receiver = this.#receiver;
    this.#receiver = null;
    receiver?.wake();
  }

  #waitForCredit(site: SiteCapture): Promise<void> {
    this.#assertSending();
    return park<void>(this.#sendReason, site, (self) => {
      this.#sender = self;
      return () => {
        this.#sender = null;
        return "left";
      };
    });
  }

  #waitForValue(site: SiteCapture): Promise<void> {
    return park<void>(this.#recvReason, site, (self) => {
      this.#receiver = self;
      return () => {
        this.#receiver = null;
        return "left";
      };
    });
  }

  #assertSending(): void {
    if (this.#stopped) throw new ClosedResourceError(`this side of call ${this.#call} has stopped`);
    if (this.#over !== null && !(this.#over instanceof EndOfChannel)) throw this.#over;
  }

  #grant(): void {
    this.#consumed++;
    if (this.#consumed < WINDOW / 2 || this.#over !== null) return;
    this.#post({ kind: "credit", call: this.#call, side: this.#side, count: this.#consumed });
    this.#consumed = 0;
  }
}

function siteOf(where: Where): SiteCapture {
  return typeof where === "function" ? captureSite(where) : where;
}
