/**
 * Whether it is proven that a watched command does not end by itself: the one program in it awaits, at its end, what
 * never settles. Asked rarely: the program stands still meanwhile, and Deno prints that a debugger was there.
 *
 * @module
 */

import { connectInspector } from "../../cdp/inspector.ts";
import { neverEnds } from "../../heap/never_ends.ts";
import { takeSnapshot } from "../../heap/take_snapshot.ts";
import { tcpSockets } from "../../os/outside.ts";
import { commandProcesses, isLauncher } from "./processes.ts";
import type { Preload } from "./preload.ts";

const CONNECT_MS = 6_000;
const ANSWER_MS = 2_000;
/** That of `deno test` has 85 MB, most of which is code: its snapshot is as quick as that of `deno run`. */
const MOST_HEAP_BYTES = 96 * 2 ** 20;
const MAIN_MODULE = `(() => {
  try {
    const { Deno, process } = globalThis;
    if (Deno !== undefined) return Deno.mainModule;
    return process.getBuiltinModule("node:url").pathToFileURL(process.argv[1]).href;
  } catch {
    return null;
  }
})()`;

/** Finds out. Does not throw for what the command does. */
export async function commandNeverEnds(root: number, preload: Preload): Promise<boolean> {
  const programs = (await commandProcesses(root, preload)).filter((facts) =>
    facts.runtime !== null && !isLauncher(facts)
  );
  const [only, ...others] = programs;
  // Of several, any may be the one that the others do without.
  if (only === undefined || others.length > 0 || only.wsUrl === null) return false;
  const { pid, wsUrl } = only;
  const isServer = tcpSockets(pid, Number(new URL(wsUrl).port))
    .some(({ remotePort }) => remotePort === null);
  // What answers others may be meant to stay.
  if (isServer) return false;
  const connection = await connectInspector(wsUrl, { timeoutMs: CONNECT_MS });
  if (connection.kind === "failed") return false;
  await using inspector = connection.inspector;
  // Garbage is collected for a snapshot in any case, and may be most of the heap.
  await inspector.send("HeapProfiler.collectGarbage", {}, { timeoutMs: ANSWER_MS });
  const usage = await inspector.send("Runtime.getHeapUsage", {}, { timeoutMs: ANSWER_MS });
  if (usage.kind !== "ok" || usage.result.usedSize > MOST_HEAP_BYTES) return false;
  const main = await inspector.send("Runtime.evaluate", {
    expression: MAIN_MODULE,
    returnByValue: true,
  }, { timeoutMs: ANSWER_MS });
  const value: unknown = main.kind === "ok" ? main.result.result.value : null;
  const outcome = await takeSnapshot(inspector, null);
  await inspector.send("HeapProfiler.disable", {}, { timeoutMs: ANSWER_MS });
  return outcome.kind === "ok" &&
    neverEnds(outcome.graph, typeof value === "string" ? value : null);
}
