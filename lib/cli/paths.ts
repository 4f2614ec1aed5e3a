/**
 * The few path operations that the command line needs, without node:path (several milliseconds of every start).
 * POSIX paths only, as the rest of unwedge.
 *
 * @module
 */

import { readDuration } from "../protocol/duration.ts";
import { CommandLineError } from "./command_line_error.ts";

/** An absolute path for one that may be relative to the working directory. */
export function resolve(path: string): string {
  return fromFileUrl(new URL(toUrlPath(path), `${toFileUrl(Deno.cwd()).href}/`));
}

/** The file URL of an absolute path. */
export function toFileUrl(path: string): URL {
  return new URL(`file://${toUrlPath(path)}`);
}

/** The path of a file URL. */
export function fromFileUrl(url: URL | string): string {
  return decodeURIComponent(new URL(url).pathname);
}

/** A path as a person would type it here: relative when it lies below the working directory. */
export function shortest(path: string): string {
  const here = `${Deno.cwd()}/`;
  return path.startsWith(here) ? path.slice(here.length) : path;
}

function toUrlPath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/**
 * Reads `500ms`, `3s`, `1.5s`, `2m`, `1h`, `1m30s`.
 *
 * @param text what was written
 * @param where the flag, variable or key it was written for, for the message
 * @returns milliseconds, zero or more, a whole number
 * @throws {CommandLineError} when the unit is missing, the text is no duration, or it is longer than timers can count
 */
export function parseDuration(text: string, where: string): number {
  const read = readDuration(text);
  if (!read.ok) throw new CommandLineError(`${where}${read.problem}`);
  return read.ms;
}

/** Writes milliseconds as a flag would take them, exactly: `1500ms`, `5s`, `2m`. */
export function durationFlag(ms: number): string {
  if (ms !== 0 && ms % 60_000 === 0) return `${ms / 60_000}m`;
  if (ms !== 0 && ms % 1_000 === 0) return `${ms / 1_000}s`;
  return `${ms}ms`;
}
