/** What is open in a main isolate, in words. @module */

import { pathOfFile } from "../../protocol/file_url.ts";
import { time } from "../../protocol/duration.ts";
import type { OpenHandle } from "../../model/dump.ts";

/** One handle, and for a timer what it calls. */
export function handleText(handle: OpenHandle): string {
  if (handle.kind === "resource") {
    return `an open ${handle.name} in main (whether it keeps the process cannot be told)`;
  }
  if (handle.kind === "node-handle") return `node's ${handle.name} in main`;
  const { repeats, ms, fn, at } = handle;
  const call = repeats
    ? `setInterval, every ${time(ms)}`
    : `setTimeout, ${time(ms)} after it was set`;
  const where = at === null
    ? "no code of the program's"
    : `${pathOfFile(at.file)}:${at.line}:${at.column}`;
  return `a timer in main: ${call}, calls ${fn ?? "a function without a name"} (${where})`;
}
