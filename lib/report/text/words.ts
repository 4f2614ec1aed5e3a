/**
 * How times, counts and places are written for people, the same everywhere in a report.
 *
 * @module
 */

import { pathOfFile } from "../../protocol/file_url.ts";
import type { Position } from "../../model/dump.ts";

/** Milliseconds at the precision that matters to a reader: `0.8 ms`, `43 ms`, `2.31 s`, `1 min 5 s`. */
export function time(ms: number): string {
  const size = Math.abs(ms);
  if (size < 9.95) return `${ms.toFixed(1)} ms`;
  if (size < 999.5) return `${Math.round(ms)} ms`;
  if (size < 9_995) return `${(ms / 1_000).toFixed(2)} s`;
  if (size < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.trunc(seconds / 60)} min ${Math.abs(seconds % 60)} s`;
}

/** A bound that somebody configured, exactly: `5 s`, `250 ms`, `2.5 s`. */
export function bound(ms: number): string {
  return ms >= 1_000 ? `${ms / 1_000} s` : `${ms} ms`;
}

/** `1 thread`, `3 threads`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** `path:line:column`, the path relative to the working directory where it lies below it. */
export function place(position: Position, here: string): string {
  return `${shortFile(position.file, here)}:${position.line}:${position.column}`;
}

/** A file URL or path as a person would type it. */
export function shortFile(file: string, here: string): string {
  const path = pathOfFile(file);
  return path.startsWith(`${here}/`) ? path.slice(here.length + 1) : path;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}
