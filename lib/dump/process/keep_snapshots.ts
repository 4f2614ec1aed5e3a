/**
 * Keeps the heap snapshots of a dump in files, where that was asked for. They hold every string of the program, so the
 * user alone can read them, and what is there already, or a link that somebody else has put there, is never written to.
 *
 * @module
 */

import { errorMessage } from "../../protocol/error_message.ts";

const SUFFIX = ".heapsnapshot";

/** Why a place for snapshots is none. */
export class CannotKeepError extends Error {
  override readonly name = "CannotKeepError";
}

/** One file, while its snapshot arrives. */
export interface KeptSnapshot {
  readonly path: string;
  write(chunk: string): void;
  /** Closes the file, and removes it unless the snapshot is whole; why it is not kept, null when it is. */
  end(isWhole: boolean): string | null;
}

/** Where the snapshots of one dump go. */
export class SnapshotPlace {
  readonly #directory: string;
  /** Name of the file of main, for a place that is a file. */
  readonly #name: string | null;

  /**
   * @param path a file that ends in `.heapsnapshot`, for main, beside which those of workers go; or a directory, which
   *   is made if it is not there
   * @throws {CannotKeepError} when snapshots cannot be kept there
   */
  constructor(path: string) {
    const isFile = path.endsWith(SUFFIX);
    const slash = path.lastIndexOf("/");
    this.#directory = isFile ? (slash < 0 ? "." : path.slice(0, slash) || "/") : path;
    this.#name = isFile ? path.slice(slash + 1, -SUFFIX.length) : null;
    try {
      if (!isFile) Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
      if (!Deno.statSync(this.#directory).isDirectory) throw new Error("it is no directory");
    } catch (error) {
      throw new CannotKeepError(`${this.#directory}: ${errorMessage(error)}`);
    }
    if (isThere(this.#pathOf("main"))) {
      throw new CannotKeepError(`${this.#pathOf("main")} is there already`);
    }
  }

  /** Opens the file of an isolate. */
  open(isolate: string): KeptSnapshot {
    return new SnapshotFile(this.#pathOf(isolate));
  }

  #pathOf(isolate: string): string {
    const own = isolate === "main" ? this.#name : `${this.#name}.${isolate}`;
    return `${this.#directory}/${this.#name === null ? isolate : own}${SUFFIX}`;
  }
}

const MODE = { write: true, createNew: true, mode: 0o600 } as const;
const ENCODER = new TextEncoder();

class SnapshotFile implements KeptSnapshot {
  readonly path: string;
  #file: Deno.FsFile | null = null;
  #problem: string | null = null;

  constructor(path: string) {
    this.path = path;
    // `createNew` follows no link.
    this.#try(() => this.#file = Deno.openSync(path, MODE));
  }

  write(chunk: string): void {
    const file = this.#file;
    if (file === null || this.#problem !== null) return;
    this.#try(() => {
      const bytes = ENCODER.encode(chunk);
      for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    });
  }

  end(isWhole: boolean): string | null {
    const file = this.#file;
    if (file === null) return this.#problem;
    file.close();
    if (!isWhole || this.#problem !== null) this.#try(() => Deno.removeSync(this.path));
    return this.#problem;
  }

  #try(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#problem ??= errorMessage(error);
    }
  }
}

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}
