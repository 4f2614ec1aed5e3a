/**
 * The subject's side of the journal: every record is one synchronous append, so nothing is lost when the process is
 * killed or the loop never turns again. Each isolate opens the file for itself; `O_APPEND` keeps whole records apart.
 *
 * Record: 4 bytes big-endian length, then that many bytes of msgpack. The Deno file API is used, not node:fs, because
 * loading node:fs costs a worker about 18 ms of its start (measured beside 3 ms for the msgpack encoder).
 *
 * @module
 */

import { Encoder } from "@msgpack/msgpack";
import { epochNow } from "./epoch.ts";
import type { JournalBody } from "./journal_event.ts";

/** Appends records to one journal file on behalf of one actor. */
export class JournalWriter {
  readonly #file: Deno.FsFile;
  readonly #encoder = new Encoder();
  readonly #actor: string;

  /**
   * @param path journal file; created if it does not exist
   * @param actor path of the writing actor, stamped on every record
   * @throws {Deno.errors.NotFound | Deno.errors.PermissionDenied} when the file cannot be opened for append
   */
  constructor(path: string, actor: string) {
    this.#file = Deno.openSync(path, { append: true, create: true });
    this.#actor = actor;
  }

  /**
   * Writes one record before it returns. A full disk must not bring the subject down in a way that looks like the
   * hang under study, so write errors are swallowed: a journal that stops early is visible in the report.
   */
  write(body: JournalBody): void {
    const payload = this.#encoder.encode({ t: epochNow(), actor: this.#actor, ...body });
    const record = new Uint8Array(4 + payload.length);
    new DataView(record.buffer).setUint32(0, payload.length);
    record.set(payload, 4);
    try {
      this.#file.writeSync(record);
    } catch {
      // See above: nothing useful can be done here.
    }
  }
}
