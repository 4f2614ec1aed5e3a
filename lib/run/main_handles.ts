/**
 * What keeps the main isolate of a subject whose tasks have joined and whose workers are gone, in words.
 *
 * @module
 */

import { at, duration } from "../diagnose/queries.ts";
import type { OpenHandle } from "../dump/open_handles.ts";
import type { RunTools } from "./run_tools.ts";

/**
 * One line for each handle that is open in main, the ones that certainly keep it first; empty when nothing could be
 * named.
 *
 * @param wsUrl the subject's inspector
 */
export async function handlesOfMain(tools: RunTools, wsUrl: string): Promise<string[]> {
  const outcome = await tools.openHandles({ wsUrl });
  return outcome.kind === "named" ? outcome.handles.map(inWords) : [];
}

function inWords(handle: OpenHandle): string {
  if (handle.kind === "resource") {
    return `an open ${handle.name} in main (whether it keeps the process cannot be told)`;
  }
  if (handle.kind === "node-handle") return `node's ${handle.name} in main`;
  const { repeats, ms, fn, at: place } = handle;
  const call = repeats
    ? `setInterval, every ${duration(ms)}`
    : `setTimeout, ${duration(ms)} after it was set`;
  const where = place === null ? "no code of the program's" : at(place);
  return `a timer in main: ${call}, calls ${fn ?? "a function without a name"} (${where})`;
}
