/**
 * The observer's side of the journal: follows a growing file and survives a tail cut short by SIGKILL. Reading stops
 * at the first incomplete record and goes on from there when more bytes have come.
 *
 * @module
 */

import { decode } from "@msgpack/msgpack";
import type { JournalEvent } from "./journal_event.ts";

const HEADER_BYTES = 4;
/** A record longer than this is taken for damage, not for a record: the largest real one is under 64 KiB. */
const MAX_RECORD_BYTES = 16 * 1024 * 1024;

/** Reads a journal file from where it last stopped. */
export class JournalReader {
  readonly #path: string;
  #offset = 0;
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
   * Returns the records that were completed since the last call, in file order.
   *
   * @throws {Deno.errors.NotFound} when the file does not exist
   */
  read(): JournalEvent[] {
    if (this.#damage !== null) return [];
    using file = Deno.openSync(this.#path, { read: true });
    const size = file.statSync().size;
    if (size <= this.#offset) return [];
    file.seekSync(this.#offset, Deno.SeekMode.Start);
    const bytes = new Uint8Array(size - this.#offset);
    let filled = 0;
    while (filled < bytes.length) {
      const n = file.readSync(bytes.subarray(filled));
      if (n === null) break;
      filled += n;
    }
    return this.#decodeWhole(bytes.subarray(0, filled));
  }

  #decodeWhole(bytes: Uint8Array): JournalEvent[] {
    const events: JournalEvent[] = [];
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (at + HEADER_BYTES <= bytes.length) {
      const length = view.getUint32(at);
      if (length > MAX_RECORD_BYTES) {
        this.#damage = `record of ${length} bytes at offset ${this.#offset}`;
        break;
      }
      if (at + HEADER_BYTES + length > bytes.length) break;
      const payload = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
      try {
        events.push(decode(payload) as JournalEvent);
      } catch (cause) {
        this.#damage = `undecodable record at offset ${this.#offset}: ${String(cause)}`;
        break;
      }
      at += HEADER_BYTES + length;
      this.#offset += HEADER_BYTES + length;
    }
    return events;
  }
}
