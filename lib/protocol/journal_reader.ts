/**
 * The observer's side of the journal: follows a growing file. Reading stops at the first incomplete record and goes on
 * from there when more bytes have come.
 *
 * Invariant: what it returns has the shape of a record, is as it was written, and is all there was up to that place.
 * Where that cannot be said any more the journal is damaged, and nothing is read of it from there on.
 *
 * @module
 */

import { decode } from "@msgpack/msgpack";
import type { JournalEvent } from "./journal_event.ts";
import { isJournalEvent } from "./journal_shape.ts";
import { checksum, HEADER_BYTES, type Sequence } from "./journal_writer.ts";

/** A record longer than this is taken for damage, not for a record: the largest real one is under 64 KiB. */
const MAX_RECORD_BYTES = 16 * 1024 * 1024;

/** Reads a journal file from where it last stopped. */
export class JournalReader {
  readonly #path: string;
  /** How many records of each writer have been read. */
  readonly #read: Map<number, number> = new Map();
  #inode: number | null = null;
  #offset = 0;
  #size = 0;
  #damage: string | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** Why reading had to stop for good (not merely "incomplete so far"), or null. */
  get damage(): string | null {
    return this.#damage;
  }

  /** Bytes of whole records read so far. */
  get offset(): number {
    return this.#offset;
  }

  /**
   * Returns the records that were completed since the last call, in file order; none when the file is not there any
   * more, which is damage.
   *
   * @throws {Deno.errors.NotFound} when the file has never been there
   */
  read(): JournalEvent[] {
    if (this.#damage !== null) return [];
    const bytes = this.#newBytes();
    return bytes === null ? [] : this.#decodeWhole(bytes);
  }

  /** Nothing more will be written: what is left of an incomplete record is damage from now on. */
  end(): void {
    if (this.#size > this.#offset) {
      this.#damage ??= `it ends in the middle of a record, at offset ${this.#offset}`;
    }
  }

  /** What came behind the last whole record; null when nothing did. */
  #newBytes(): Uint8Array | null {
    using file = this.#open();
    if (file === null) return null;
    const { size, ino } = file.statSync();
    this.#inode ??= ino;
    if (ino !== this.#inode) this.#damage = "another file was put in its place";
    else if (size < this.#offset) {
      this.#damage = `it was cut off at ${size} bytes, ${this.#offset} of which had been read`;
    }
    if (this.#damage !== null) return null;
    this.#size = size;
    if (size === this.#offset) return null;
    file.seekSync(this.#offset, Deno.SeekMode.Start);
    const bytes = new Uint8Array(size - this.#offset);
    let filled = 0;
    while (filled < bytes.length) {
      const n = file.readSync(bytes.subarray(filled));
      if (n === null) break;
      filled += n;
    }
    return bytes.subarray(0, filled);
  }

  #open(): Deno.FsFile | null {
    try {
      return Deno.openSync(this.#path, { read: true });
    } catch (error) {
      if (this.#inode === null || !(error instanceof Deno.errors.NotFound)) throw error;
      this.#damage = "it was removed";
      return null;
    }
  }

  #decodeWhole(bytes: Uint8Array): JournalEvent[] {
    const events: JournalEvent[] = [];
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (at + HEADER_BYTES <= bytes.length) {
      const length = view.getUint32(at);
      if (length > MAX_RECORD_BYTES) {
        this.#damage = `a record of ${length} bytes at offset ${this.#offset}`;
        break;
      }
      const end = at + HEADER_BYTES + length;
      if (end > bytes.length) break;
      const payload = bytes.subarray(at + HEADER_BYTES, end);
      const problem = checksum(payload) === view.getUint32(at + 4)
        ? this.#take(payload, events)
        : "a record that is not as it was written";
      if (problem !== null) {
        this.#damage = `${problem}, at offset ${this.#offset}`;
        break;
      }
      at = end;
      this.#offset += HEADER_BYTES + length;
    }
    return events;
  }

  /** Adds a record to `events`; answers why that cannot be done. */
  #take(payload: Uint8Array, events: JournalEvent[]): string | null {
    let value: unknown;
    try {
      value = decode(payload);
    } catch (cause) {
      return `an undecodable record (${String(cause)})`;
    }
    const sequence = sequenceOf(value);
    if (sequence === null || !isJournalEvent(value)) return "something that is no record";
    const { writer, number } = sequence;
    const expected = (this.#read.get(writer) ?? 0) + 1;
    if (number !== expected) {
      return `record ${number} of ${value.actor}, where ${expected} should be`;
    }
    this.#read.set(writer, number);
    events.push(value);
    return null;
  }
}

function sequenceOf(value: unknown): Sequence | null {
  if (typeof value !== "object" || value === null || !("sequence" in value)) return null;
  const { sequence } = value;
  if (typeof sequence !== "object" || sequence === null) return null;
  if (!("writer" in sequence) || !("number" in sequence)) return null;
  const { writer, number } = sequence;
  return typeof writer === "number" && typeof number === "number" ? { writer, number } : null;
}
