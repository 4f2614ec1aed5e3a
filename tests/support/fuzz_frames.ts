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
import { type Random, seeded } from "./random.ts";
import { ProtocolError } from "../../lib/actor/wire/frame.ts";

/** What became of the messages of a fuzz run. */
export interface FuzzCount {
  /** Decoded to frames. */
  accepted: number;
  /** Refused with a ProtocolError. */
  refused: number;
}

/** Headers that promise a lot, spelled in few bytes. */
const HEAVY: readonly [readonly number[], ...(readonly number[])[]] = [
  [0xdd, 0xff, 0xff, 0xff, 0xff],
  [0xdd, 0x01, 0xff, 0xff, 0xff],
  [0xdf, 0x7f, 0xff, 0xff, 0xff],
  [0xdb, 0xff, 0xff, 0xff, 0xff],
  [0xc6, 0xff, 0xff, 0xff, 0xff],
  [0xc9, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0xdc, 0xff, 0xff],
  [0xde, 0xff, 0xff],
];

const KEYS: readonly [string, ...string[]] = [
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
  readonly #samples = FRAME_SAMPLES.map((frame) => [...encodeFrame(frame)]);
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  /** The next message. */
  next(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#oneOf([
      () => this.#noise(this.#below(200)),
      () => this.#frame(),
      () => this.#damaged(),
      () => this.#damaged(),
    ]));
  }

  /** A valid message with one to four things wrong with it, which may cancel out. */
  #damaged(): number[] {
    const bytes = [...this.#sample(), ...this.#below(4) === 0 ? this.#sample() : []];
    for (let wounds = 1 + this.#below(4); wounds > 0; wounds--) {
      const at = this.#below(bytes.length + 1);
      this.#oneOf<unknown>([
        () => bytes[at] = this.#below(256),
        () => bytes[at] = (bytes[at] ?? 0) ^ (1 << this.#below(8)),
        () => bytes.splice(at, 1 + this.#below(8)),
        () => bytes.splice(at, 0, ...this.#noise(1 + this.#below(8))),
        () => bytes.splice(at, 0, ...this.#pick(HEAVY)),
        () => bytes.splice(at, this.#below(4), ...this.#value(0)),
        () => bytes.length = at,
      ]);
    }
    return bytes;
  }

  /** A list that begins as a frame does. */
  #frame(): number[] {
    const fields = this.#below(8);
    const rest = Array.from(
      { length: Math.max(0, fields - 2) },
      () => this.#below(3) === 0 ? [this.#below(128)] : this.#value(0),
    );
    return [0x90 + fields, 1, this.#below(15), ...rest.flat()];
  }

  #value(depth: number): readonly number[] {
    if (depth > 80) return [0xc0];
    const values = () => Array.from({ length: this.#below(6) }, () => this.#value(depth + 1));
    return this.#oneOf<readonly number[]>([
      () => [0xcb, ...this.#noise(8)],
      () => [0xcf, ...this.#noise(8)],
      () => [0xc2 + this.#below(2)],
      () => this.#key(),
      () => [0xd9, 8, ...this.#noise(8)],
      () => [0xc4, 4, ...this.#noise(4)],
      () => [0xc7, 12, this.#below(256), ...this.#noise(12)],
      () => [0xd6 + this.#below(2), 0xff, ...this.#noise(8)],
      () => this.#pick(HEAVY),
      () => {
        const entries = values().map((value) =>
          [this.#below(8) === 0 ? this.#value(depth + 1) : this.#key(), value].flat()
        );
        return [0x80 + entries.length, ...entries.flat()];
      },
      () => {
        const items = values();
        return [0x90 + items.length, ...items.flat()];
      },
      () => [...new Array<number>(this.#below(100)).fill(0x91), 0xc0],
      () => [this.#below(256)],
      () => [this.#below(256)],
    ]);
  }

  #key(): number[] {
    const bytes = new TextEncoder().encode(this.#pick(KEYS));
    return [0xa0 + bytes.length, ...bytes];
  }

  #noise(length: number): number[] {
    return Array.from({ length }, () => this.#below(256));
  }

  #sample(): readonly number[] {
    return this.#samples[this.#below(this.#samples.length)] ?? [];
  }

  #oneOf<T>(ways: readonly [() => T, ...(() => T)[]]): T {
    return this.#random.pick(ways)();
  }

  #pick<T>(of: readonly [T, ...T[]]): T {
    return this.#random.pick(of);
  }

  #below(limit: number): number {
    return this.#random.below(limit);
  }
}
