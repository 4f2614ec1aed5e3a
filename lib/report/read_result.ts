/**
 * Reads the result of a saved run, and says in one sentence what is wrong with a directory that has none.
 *
 * Invariant: what this returns is a whole `unwedge/result@1`; what an older version did not write yet has its default.
 *
 * @module
 */

import { printable } from "../protocol/text.ts";
import type { ResultDocument } from "../model/result.ts";
import { resultSchema } from "../model/result.ts";

/** A directory that holds no result that can be read. The message names the directory. */
export class NoResultError extends Error {
  override readonly name = "NoResultError";
}

/**
 * Reads `result.json` of a run directory.
 *
 * @throws {NoResultError} when there is none, or it is not one of ours
 */
export function readResult(runDir: string): ResultDocument {
  let text: string;
  try {
    text = Deno.readTextFileSync(`${runDir}/result.json`);
  } catch (cause) {
    throw new NoResultError(missing(runDir, cause), { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text, cleaned);
  } catch (cause) {
    throw new NoResultError(`${runDir}/result.json is not JSON`, { cause });
  }
  const schema = schemaOf(value);
  if (schema !== "unwedge/result@1") {
    const is = schema === null ? "is no result of unwedge" : `is ${schema}`;
    throw new NoResultError(`${runDir}/result.json ${is}, and not unwedge/result@1`);
  }
  const read = parsed(value);
  if (read === null) throw new NoResultError(`${runDir}/result.json is damaged all over`);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue === undefined ? "" : `: ${issue.path.join(".")}: ${issue.message}`;
  throw new NoResultError(`${runDir}/result.json is damaged${where}`, { cause: read.error });
}

/** Null when more is wrong with it than can be told. */
function parsed(value: unknown) {
  try {
    return resultSchema.safeParse(value);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** What a text of the file may hold. Until 0.1.0 the supervisor's bugs were "ours". */
function cleaned(key: string, value: unknown): unknown {
  if (typeof value !== "string") return value;
  return key === "owner" && value === "ours" ? "supervisor" : printable(value);
}

function missing(runDir: string, cause: unknown): string {
  const is = (path: string) => {
    try {
      return Deno.statSync(path);
    } catch {
      return null;
    }
  };
  const found = is(runDir);
  if (found === null) return `there is no directory ${runDir}`;
  if (!found.isDirectory) return `${runDir} is not a directory, and so no run directory`;
  if (is(`${runDir}/events.ndjson`) !== null) {
    return `${runDir} has no result.json yet: the run is still going on, or was killed`;
  }
  const why = cause instanceof Deno.errors.NotFound ? "" : ` that can be read`;
  return `${runDir} is no run directory: it has no result.json${why}`;
}

function schemaOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("schema" in value)) return null;
  return typeof value.schema === "string" ? value.schema : null;
}
