/**
 * Where frames gather until they are posted. A message costs the same whether it holds one frame or fifty (about 7
 * microseconds of processor on both sides together, Deno 2.9.6), so what is sent in one go travels in one message, and
 * a flood of stream values gathers for a little longer.
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
const FIRST_BYTES = 2 * 1024;

/** Gathers encoded frames and posts them as messages. */
export class Outbox {
  readonly #post: (message: Uint8Array) => void;
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;
  #frames = 0;
  #scheduled = false;
  /** Whether everything that has gathered may wait a little. */
  #mayWait = true;
  #framesSeen = 0;
  #idleLooks = 0;
  /** Values that came too quick, less one for each {@linkcode UNHURRIED_MS} since. */
  #tooQuick = 0;
  #lastFlushMs = 0;

  constructor(post: (message: Uint8Array) => void) {
    this.#post = post;
  }

  /**
   * Takes a frame in.
   *
   * @param bytes are copied
   * @param mayWait whether it may wait for others like it
   */
  add(bytes: Uint8Array, mayWait: boolean): void {
    if (this.#length + bytes.length > BATCH_BYTES) {
      this.flush();
      if (bytes.length > BATCH_BYTES) {
        this.#post(bytes.slice());
        return;
      }
    }
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    this.#frames++;
    if (!mayWait) this.#mayWait = false;
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(this.#look);
  }

  /** Posts what has gathered, now. */
  flush(): void {
    if (this.#length === 0) return;
    const message = this.#bytes.slice(0, this.#length);
    if (this.#mayWait) this.#measureRate();
    this.clear();
    this.#post(message);
  }

  /** Drops what has gathered. */
  clear(): void {
    this.#length = 0;
    this.#frames = 0;
    this.#framesSeen = 0;
    this.#idleLooks = 0;
    this.#mayWait = true;
  }

  readonly #look = (): void => {
    if (this.#mayWait && this.#tooQuick > PROMPT && this.#frames < BATCH_FRAMES) {
      if (this.#frames > this.#framesSeen) this.#idleLooks = 0;
      else this.#idleLooks++;
      this.#framesSeen = this.#frames;
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
    this.#tooQuick = Math.min(2 * PROMPT, cooled + this.#frames);
    this.#lastFlushMs = now;
  }

  #makeRoom(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
