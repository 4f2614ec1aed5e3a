/**
 * Messages that a broken or hostile peer might send: random bytes, valid messages that were damaged, and msgpack that
 * is well formed where it matters to get further in. The same seed gives the same messages.
 *
 * Invariant that a fuzz run checks: every message decodes to frames that could be sent again, or to a ProtocolError.
 *
 * @module
 */

import { decodeFrames, encodeFrame } from "../../lib/actor/wire/codec.ts";
import { FRAME_SAMPLES } from "./frame_samples.ts";
import { ProtocolError } from "../../lib/actor/wire/frame.ts";

/** What became of the messages of a fuzz run. */
export interface FuzzCount {
  /** Decoded to frames. */
  accepted: number;
  /** Refused with a ProtocolError. */
  refused: number;
}

/** Headers that promise a lot, spelled in few bytes. */
const HEAVY: readonly (readonly number[])[] = [
  [0xdd, 0xff, 0xff, 0xff, 0xff],
  [0xdd, 0x01, 0xff, 0xff, 0xff],
  [0xdf, 0x7f, 0xff, 0xff, 0xff],
  [0xdb, 0xff, 0xff, 0xff, 0xff],
  [0xc6, 0xff, 0xff, 0xff, 0xff],
  [0xc9, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0xdc, 0xff, 0xff],
  [0xde, 0xff, 0xff],
];

const KEYS: readonly string[] = [
  "__proto__",
  "constructor",
  "source",
  "detail",
  "errors",
  "cause",
  "reason",
  "",
  "a",
];

/** Runs `count` messages through the decoder. @throws whatever is neither frames nor a ProtocolError */
export function fuzzDecoder(count: number, seed: number): FuzzCount {
  const fuzzer = new FrameFuzzer(seed);
  const counted: FuzzCount = { accepted: 0, refused: 0 };
  for (let i = 0; i < count; i++) {
    const message = fuzzer.next();
    try {
      for (const frame of decodeFrames(message, "fuzzer")) encodeFrame(frame);
      counted.accepted++;
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.peer !== "fuzzer") {
        throw new Error(`message ${i} of seed ${seed}: [${message}]`, { cause: error });
      }
      counted.refused++;
    }
  }
  return counted;
}

/** A source of bad messages. */
export class FrameFuzzer {
  readonly #samples = FRAME_SAMPLES.map(encodeFrame);
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** The next message. */
  next(): Uint8Array<ArrayBuffer> {
    switch (this.#below(4)) {
      case 0:
        return Uint8Array.from(this.#noise(this.#below(200)));
      case 1:
        return Uint8Array.from(this.#frame());
      default:
        return Uint8Array.from(this.#damaged());
    }
  }

  /** A valid message with one to four things wrong with it, which may cancel out. */
  #damaged(): number[] {
    const bytes = [...this.#sample()];
    if (this.#below(4) === 0) bytes.push(...this.#sample());
    for (let wounds = 1 + this.#below(4); wounds > 0; wounds--) {
      const at = this.#below(bytes.length + 1);
      switch (this.#below(7)) {
        case 0:
          bytes[at] = this.#below(256);
          break;
        case 1:
          bytes[at] = (bytes[at] ?? 0) ^ (1 << this.#below(8));
          break;
        case 2:
          bytes.splice(at, 1 + this.#below(8));
          break;
        case 3:
          bytes.splice(at, 0, ...this.#noise(1 + this.#below(8)));
          break;
        case 4:
          bytes.splice(at, 0, ...this.#pick(HEAVY));
          break;
        case 5:
          bytes.splice(at, this.#below(4), ...this.#value(0));
          break;
        default:
          bytes.length = Math.min(at, bytes.length);
      }
    }
    return bytes;
  }

  /** A list that begins as a frame does. */
  #frame(): number[] {
    const fields = this.#below(8);
    const bytes = [0x90 + fields, 1, this.#below(15)];
    for (let i = 2; i < fields; i++) {
      bytes.push(...this.#below(3) === 0 ? [this.#below(128)] : this.#value(0));
    }
    return bytes;
  }

  #value(depth: number): number[] {
    if (depth > 80) return [0xc0];
    switch (this.#below(14)) {
      case 0:
        return [0xcb, ...this.#noise(8)];
      case 1:
        return [0xcf, ...this.#noise(8)];
      case 2:
        return [0xc2 + this.#below(2)];
      case 3:
        return this.#text(this.#pick(KEYS));
      case 4:
        return [0xd9, 8, ...this.#noise(8)];
      case 5:
        return [0xc4, 4, ...this.#noise(4)];
      case 6:
        return [0xc7, 12, this.#below(256), ...this.#noise(12)];
      case 7:
        return [0xd6 + this.#below(2), 0xff, ...this.#noise(8)];
      case 8:
        return [...this.#pick(HEAVY)];
      case 9:
        return this.#map(depth);
      case 10:
        return this.#list(depth);
      case 11:
        return [...new Array<number>(this.#below(100)).fill(0x91), 0xc0];
      default:
        return [this.#below(256)];
    }
  }

  #map(depth: number): number[] {
    const size = this.#below(6);
    const bytes = [0x80 + size];
    for (let i = 0; i < size; i++) {
      bytes.push(
        ...this.#below(8) === 0 ? this.#value(depth + 1) : this.#text(this.#pick(KEYS)),
        ...this.#value(depth + 1),
      );
    }
    return bytes;
  }

  #list(depth: number): number[] {
    const size = this.#below(6);
    const bytes = [0x90 + size];
    for (let i = 0; i < size; i++) bytes.push(...this.#value(depth + 1));
    return bytes;
  }

  #text(text: string): number[] {
    const bytes = new TextEncoder().encode(text);
    return [0xa0 + bytes.length, ...bytes];
  }

  #noise(length: number): number[] {
    return Array.from({ length }, () => this.#below(256));
  }

  #sample(): Uint8Array {
    return this.#pick(this.#samples);
  }

  #pick<T>(from: readonly T[]): T {
    const picked = from[this.#below(from.length)];
    if (picked === undefined) throw new RangeError("nothing to pick from");
    return picked;
  }

  /** A number from 0 up to and without `limit` (mulberry32). */
  #below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }
}
