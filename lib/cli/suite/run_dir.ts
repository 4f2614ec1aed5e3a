/** The directory of a run of many attempts: each of them has one of its own below `attempts/`. @module */

import { createRunDir, RunDirError } from "../../run/run_dir.ts";
import { CannotRunError } from "../usage_error.ts";

/**
 * Makes the directory and returns its absolute path.
 *
 * @param outDir where it shall be; null: a new one below `.unwedge/runs`
 * @throws {CannotRunError} when it cannot be made or written
 */
export function suiteRunDir(outDir: string | null): string {
  const at = outDir === null ? null : outDir.length > 1 ? outDir.replace(/\/+$/, "") : outDir;
  try {
    // An earlier run into the same directory must not look like part of this one; what is not ours stays.
    const earlier = at !== null && isFile(`${at}/events.ndjson`);
    const path = createRunDir(
      at === null ? { kind: "fresh", baseDir: ".unwedge" } : { kind: "at", path: at },
    );
    Deno.removeSync(`${path}/journal.msgpack`);
    if (earlier) removeTree(`${path}/attempts`);
    return path;
  } catch (cause) {
    if (!(cause instanceof RunDirError)) throw cause;
    throw new CannotRunError(cause.message, { cause });
  }
}

function removeTree(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
