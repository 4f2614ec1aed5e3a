/**
 * How counts and places are written for people, the same everywhere in a report.
 *
 * @module
 */

import { pathOfFile } from "../../protocol/file_url.ts";
import { visible } from "./style.ts";
import type { Position } from "../../model/dump.ts";
import type { Phase } from "../../model/result.ts";

/** `1 thread`, `3 threads`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** The length of the longest of some texts; a document may have more of them than a call takes arguments. */
export function longest(texts: Iterable<{ readonly length: number }>): number {
  let most = 0;
  for (const { length } of texts) most = Math.max(most, length);
  return most;
}

/** `path:line:column`, the path relative to the working directory where it lies below it. */
export function place(position: Position, here: string): string {
  return `${shortFile(position.file, here)}:${position.line}:${position.column}`;
}

/** A file URL or path as a person would type it, and as a terminal shows it and does not obey. */
export function shortFile(file: string, here: string): string {
  // The rest is a whole source, which may be long.
  const [data] = /^data:[^,]{0,60}/.exec(file) ?? [];
  if (data !== undefined) return visible(`${data},…`);
  const path = visible(pathOfFile(file));
  return path.startsWith(`${here}/`) ? path.slice(here.length + 1) : path;
}

/** More items than these are not read one by one. */
const MOST_ITEMS = 8;

/** Some items with commas; of many the first ones, how many are left out, and the last. */
export function abridged(items: readonly string[]): string {
  if (items.length <= MOST_ITEMS) return items.join(", ");
  const head = items.slice(0, MOST_ITEMS - 2);
  return `${head.join(", ")}, … (${items.length - MOST_ITEMS + 1} more), ${items.at(-1)}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

/** A summary line as a sentence. */
export function sentenceOf(summary: string): string {
  return `${summary.slice(0, 1).toUpperCase()}${summary.slice(1).replace(/\.$/, "")}.`;
}

/** What the clocks of a run count from. */
export const CLOCK_START: Readonly<Record<Phase, string>> = {
  start: "the start of the process",
  body: "the beginning of the program",
  teardown: "the request of teardown",
};

/** The same after a time: `3 s after teardown was requested`. */
export const AFTER_START: Readonly<Record<Phase, string>> = {
  start: "after the process had started",
  body: "after the program had begun",
  teardown: "after teardown was requested",
};
