/**
 * Names what was still there of a subject when it had to be ended.
 *
 * @module
 */

import type { Dump } from "../model/dump.ts";
import { handleText } from "../report/text/handle_text.ts";
import { workerThreads } from "../os/proc.ts";
import type { RunTools } from "./run_tools.ts";

/** Whether only main can be what keeps a subject, as far as can be seen. */
export function onlyMainIsLeft(pid: number, dump: Dump | null): boolean {
  const outcome = workerThreads(pid);
  if (outcome.kind === "ok") return outcome.workers.length === 0;
  return dump !== null &&
    dump.isolates.every(({ kind, state }) => kind === "main" || state === "gone");
}

/**
 * One line for each thing that kept the process: its worker threads, or, when there are none, what keeps the main
 * isolate.
 *
 * @param pid the subject, still running
 * @param dump tells which actor lives on which thread, if there is one
 * @param heldByDebugger whether it only waited for a client of its inspector
 * @param handles what is open in main, in words; empty when nothing of it could be named
 * @param joined whether its nursery has joined: until then the nursery alone keeps it
 */
export function leftoversOf(
  pid: number,
  dump: Dump | null,
  heldByDebugger: boolean,
  handles: readonly string[],
  joined: boolean,
): string[] {
  const outcome = workerThreads(pid);
  if (heldByDebugger) {
    return [`process ${pid}: at its end, waiting for a client of its inspector to disconnect`];
  }
  if (outcome.kind !== "ok") return leftWithoutWitness(pid, dump, handles);
  if (outcome.workers.length === 0) {
    if (handles.length > 0) return [...handles];
    const keeps = joined
      ? "what keeps its main isolate has no name from outside"
      : "its nursery has not joined";
    return [`process ${pid}: no worker thread is left; ${keeps}`];
  }
  // Threads that a worker's runtime starts for native calls carry its name too; its own came first.
  const own = outcome.workers.filter(({ name }, n, all) =>
    all.findIndex((other) => other.name === name) === n
  );
  return own.map(({ tid, name }) => {
    const isolate = dump?.isolates.find((isolate) => isolate.thread?.tid === tid);
    const actor = isolate?.actor ?? null;
    return `thread ${name} (tid ${tid})${actor === null ? "" : ` of actor ${actor}`}` +
      (isolate === undefined ? "" : `, ${isolate.state}`);
  });
}

/** Without /proc only the inspector tells of workers. */
function leftWithoutWitness(pid: number, dump: Dump | null, handles: readonly string[]): string[] {
  const workers = (dump?.isolates ?? []).filter(({ kind, state }) =>
    kind === "worker" && state !== "gone"
  );
  if (workers.length === 0 && handles.length > 0) return [...handles];
  if (workers.length === 0) return [`process ${pid} (its threads cannot be seen here)`];
  return workers.map(({ id, actor, state }) =>
    `isolate ${id}${actor === null ? "" : ` of actor ${actor}`}, ${state}`
  );
}

/**
 * One line for each handle that is open in main, the ones that certainly keep it first; empty when nothing could be
 * named.
 *
 * @param wsUrl the subject's inspector
 */
export async function handlesOfMain(tools: RunTools, wsUrl: string): Promise<string[]> {
  const outcome = await tools.openHandles({ wsUrl });
  if (outcome.kind !== "named") return [];
  // A worker that has ended keeps nothing, and is the runtime's own.
  return outcome.handles.filter((each) => each.kind !== "object" || each.state !== "ended")
    .map(handleText);
}
