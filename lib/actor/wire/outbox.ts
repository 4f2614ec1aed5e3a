/**
 * Where frames gather until they are posted. A message costs the same whether it holds one frame or fifty (about 7
 * microseconds of processor on both sides together, Deno 2.9.6), so what is sent in one go travels in one message, and
 * a flood of stream values gathers for a little longer. What can change while it waits is cloned first.
 *
 * Invariant: frames leave in the order in which they came, within one turn of the microtask queue; from a flood, that
 * is after {@linkcode PROMPT} values that came too quick, within a few turns, and never later than the loop's next
 * turn. So a program that has sent and then blocks its thread, or ends its isolate, has sent, unless it was in a flood:
 * then the peer may miss up to {@linkcode BATCH_FRAMES} values that a kill would have cost it as well.
 *
 * @module
 */

import { queueMicrotask } from "../../protocol/platform.ts";
import { currentTime } from "../clock.ts";
import { MAX_FRAMES } from "./check_frame.ts";
import { cannotCross, cloneOf, isFixed, refuseTooDeep, takeTransfers, weigh } from "./clone.ts";
import type { Frame, WireValue } from "./frame.ts";

/** Frames that gather to more than this go as they are. A larger frame travels alone. */
const BATCH_BYTES = 64 * 1024;
/** A quarter of a stream's window: the reader has something to do while the writer goes on. */
const BATCH_FRAMES = 64;
/** Values that leave one by one, however quick, before they count as a flood: a stream's window. */
const PROMPT = 256;
/** One value in this time is no flood, however long it goes on. */
const UNHURRIED_MS = 1;
/** Looks without anything new after which a flood is over: a loop that sends takes one to three microtasks a round. */
const IDLE_LOOKS = 3;

/** Posts a message: one frame, or several. */
type Post = (message: Frame | readonly Frame[], transfer: Transferable[]) => void;

/** Gathers frames and posts them as messages. */
export class Outbox {
  readonly #post: Post;
  #frames: Frame[] = [];
  #bytes = 0;
  #scheduled = false;
  /** Whether everything that has gathered may wait a little. */
  #mayWait = true;
  #framesSeen = 0;
  #idleLooks = 0;
  /** Values that came too quick, less one for each {@linkcode UNHURRIED_MS} since. */
  #tooQuick = 0;
  #lastFlushMs = 0;

  constructor(post: Post) {
    this.#post = post;
  }

  /**
   * Takes a frame in, as it is now.
   *
   * @param isAlone whether no other is about to come that it could travel with
   * @throws {TypeError} when a value in it cannot be cloned; nothing was sent then
   * @throws {RangeError} when it is nested too deep
   * @throws whatever a getter or a proxy in it throws
   */
  add(frame: Frame, isAlone: boolean): void {
    const values = valuesOf(frame);
    const isAllFixed = values.every(isFixed);
    if (!isAllFixed) refuseTooDeep(...named(frame, values));
    const transfer = isAllFixed ? [] : takeTransfers(values);
    const bytes = isAlone || values.length === 0
      ? 0
      : frame.kind === "yield"
      ? frame.bytes
      : weigh(values, BATCH_BYTES);
    if (isAlone || transfer.length > 0 || bytes > BATCH_BYTES) {
      this.flush();
      crossing(frame, values, () => this.#post(frame, transfer));
      return;
    }
    const kept = isAllFixed ? frame : crossing(frame, values, () => cloneOf(frame));
    if (this.#bytes + bytes > BATCH_BYTES || this.#frames.length === MAX_FRAMES) this.flush();
    this.#frames.push(kept);
    this.#bytes += bytes;
    if (frame.kind !== "yield") this.#mayWait = false;
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(this.#look);
  }

  /** Posts what has gathered, now. */
  flush(): void {
    const [first] = this.#frames;
    if (first === undefined) return;
    const message = this.#frames.length === 1 ? first : this.#frames;
    if (this.#mayWait) this.#measureRate();
    this.clear();
    this.#post(message, []);
  }

  /** Drops what has gathered. */
  clear(): void {
    this.#frames = [];
    this.#bytes = 0;
    this.#framesSeen = 0;
    this.#idleLooks = 0;
    this.#mayWait = true;
  }

  readonly #look = (): void => {
    if (this.#mayWait && this.#tooQuick > PROMPT && this.#frames.length < BATCH_FRAMES) {
      if (this.#frames.length > this.#framesSeen) this.#idleLooks = 0;
      else this.#idleLooks++;
      this.#framesSeen = this.#frames.length;
      if (this.#idleLooks < IDLE_LOOKS) {
        queueMicrotask(this.#look);
        return;
      }
    }
    this.#scheduled = false;
    this.flush();
  };

  #measureRate(): void {
    const now = currentTime();
    const cooled = Math.max(0, this.#tooQuick - (now - this.#lastFlushMs) / UNHURRIED_MS);
    this.#tooQuick = Math.min(2 * PROMPT, cooled + this.#frames.length);
    this.#lastFlushMs = now;
  }
}

/** What a frame has of the program's. */
function valuesOf(frame: Frame): readonly WireValue[] {
  if (frame.kind === "start") return frame.args;
  return frame.kind === "started" || frame.kind === "yield" || frame.kind === "return"
    ? [frame.value]
    : [];
}

/** Clones or posts, and says of what the platform refuses which part of which value it was. */
function crossing<T>(frame: Frame, values: readonly WireValue[], act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw cannotCross(...named(frame, values), error);
  }
}

function named(frame: Frame, values: readonly WireValue[]): [WireValue, string] {
  return frame.kind === "start" ? [values, "args"] : [values[0], "value"];
}
