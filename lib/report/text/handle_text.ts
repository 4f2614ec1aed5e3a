/** What is open in an isolate, in words. @module */

import { pathOfFile } from "../../protocol/file_url.ts";
import { time } from "../../protocol/duration.ts";
import type { OpenHandle, Position } from "../../model/dump.ts";
import { visible } from "./style.ts";
import { listed } from "./words.ts";

/** One handle, and the functions that it calls. */
export function handleText(handle: OpenHandle): string {
  const { isolate = "main" } = handle;
  if (handle.kind === "resource") {
    return `an open ${handle.name} in ${isolate} (whether it keeps the process cannot be told)`;
  }
  if (handle.kind === "node-handle") return `node's ${handle.name} in ${isolate}`;
  if (handle.kind === "object") return objectText(handle, isolate);
  if (handle.kind === "signal") {
    return `${handle.name} is handled in ${isolate} by ${callee(handle)}`;
  }
  const { repeats, ms } = handle;
  const call = repeats
    ? `setInterval, every ${time(ms)}`
    : `setTimeout, ${time(ms)} after it was set`;
  return `a timer in ${isolate}${openedText(handle)}: ${call}, calls ${callee(handle)}`;
}

function objectText(
  { type, name, state, listeners, opened }: Extract<OpenHandle, { readonly kind: "object" }>,
  isolate: string,
): string {
  const called = name === null ? "" : ` ${JSON.stringify(name)}`;
  const heard = listeners.map((each) => `"${each.event}" calls ${callee(each)}`);
  return [
    `an open ${type}${called} in ${isolate}${openedText({ opened })}${
      state === null ? "" : `, ${state}`
    }`,
    ...(heard.length === 0 ? [] : [listed(heard)]),
  ].join(": ");
}

/** Where the program made it. */
function openedText({ opened }: { readonly opened?: Position | undefined }): string {
  return opened === undefined ? "" : `, made at ${placeText(opened)}`;
}

function placeText({ file, line, column }: Position): string {
  return `${visible(pathOfFile(file))}:${line}:${column}`;
}

function callee({ fn, at }: { readonly fn: string | null; readonly at: Position | null }): string {
  const where = at === null ? "no code of the program's" : placeText(at);
  return `${fn ?? "a function without a name"} (${where})`;
}
