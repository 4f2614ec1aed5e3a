/**
 * One pass over a message before anything is made of it. A msgpack header can promise 4 billion elements in five bytes,
 * and the decoder believes it: 300 bytes of nested promises end the whole process with "out of memory" (Deno 2.9.6). So
 * no byte reaches the decoder that has not been counted here.
 *
 * The pass makes nothing, so it can afford to believe a header until the bytes run out.
 *
 * Invariant: a message that passes needs memory in proportion to its length, holds at most {@linkcode MAX_VALUES},
 * nests no deeper than {@linkcode MAX_DEPTH}, and has no extension but the timestamp.
 *
 * Considered and rejected: the decoder's own `max…Length` options. They bound one container, and containers nest.
 *
 * @module
 */

/** A message longer than this is refused on both sides. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** Levels of a frame, the frame itself being the first. Deeper ones are refused on both sides. */
export const MAX_DEPTH = 64;

/** Values in a message, each element and each key counted. An empty map is one byte, and 56 in the heap. */
export const MAX_VALUES = 1_000_000;

/** The extension type of msgpack's timestamp, -1, as it stands in a byte. */
const TIMESTAMP = 0xff;

/**
 * Counts the values that stand one after the other in `bytes`.
 *
 * @returns how many there are, or a text that says what is wrong
 */
export function scanMessage(bytes: Uint8Array): number | string {
  return new Scan(bytes).message();
}

class Scan {
  readonly #bytes: Uint8Array;
  #at = 0;
  #values = 0;
  #fault: string | null = null;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  message(): number | string {
    let values = 0;
    while (this.#at < this.#bytes.length) {
      this.#value(1);
      if (this.#fault !== null) return this.#fault;
      values++;
    }
    return values;
  }

  #value(depth: number): void {
    if (depth > MAX_DEPTH) {
      this.#fault = `a value nested deeper than ${MAX_DEPTH}`;
      return;
    }
    if (++this.#values > MAX_VALUES) {
      this.#fault = `a message of more than ${MAX_VALUES} values`;
      return;
    }
    const head = this.#uint(1);
    if (head < 0x80 || head >= 0xe0) return;
    if (head < 0x90) return this.#items(2 * (head - 0x80), depth);
    if (head < 0xa0) return this.#items(head - 0x90, depth);
    if (head < 0xc0) return this.#skip(head - 0xa0);
    switch (head) {
      case 0xc0:
      case 0xc2:
      case 0xc3:
        return;
      case 0xcc:
      case 0xd0:
        return this.#skip(1);
      case 0xcd:
      case 0xd1:
        return this.#skip(2);
      case 0xca:
      case 0xce:
      case 0xd2:
        return this.#skip(4);
      case 0xcb:
      case 0xcf:
      case 0xd3:
        return this.#skip(8);
      case 0xc4:
      case 0xd9:
        return this.#skip(this.#uint(1));
      case 0xc5:
      case 0xda:
        return this.#skip(this.#uint(2));
      case 0xc6:
      case 0xdb:
        return this.#skip(this.#uint(4));
      case 0xdc:
        return this.#items(this.#uint(2), depth);
      case 0xdd:
        return this.#items(this.#uint(4), depth);
      case 0xde:
        return this.#items(2 * this.#uint(2), depth);
      case 0xdf:
        return this.#items(2 * this.#uint(4), depth);
      case 0xc7:
        return this.#timestamp(this.#uint(1));
      case 0xc8:
        return this.#timestamp(this.#uint(2));
      case 0xc9:
        return this.#timestamp(this.#uint(4));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#timestamp(2 ** (head - 0xd4));
      default:
        this.#fault = `the byte 0x${head.toString(16)}, which begins no msgpack value`;
    }
  }

  #items(count: number, depth: number): void {
    for (let i = 0; i < count && this.#fault === null; i++) this.#value(depth + 1);
  }

  #timestamp(length: number): void {
    if (this.#fault !== null) return;
    const type = this.#uint(1);
    if (this.#fault !== null) return;
    if (type !== TIMESTAMP) {
      this.#fault = `msgpack extension type ${type << 24 >> 24}`;
    } else if (length !== 4 && length !== 8 && length !== 12) {
      this.#fault = `a timestamp of ${length} bytes`;
    } else this.#skip(length);
  }

  #skip(length: number): void {
    this.#at += length;
    if (this.#at > this.#bytes.length) this.#cutShort();
  }

  /** Reads a number. Past the end it is 0, and the scan has failed. */
  #uint(width: 1 | 2 | 4): number {
    let value = 0;
    for (let i = 0; i < width; i++) value = value * 256 + (this.#bytes[this.#at + i] ?? 0);
    this.#skip(width);
    return value;
  }

  #cutShort(): void {
    this.#fault ??= `a message of ${this.#bytes.length} bytes that promises more`;
  }
}
