/**
 * Dumps a program that is none of ours: what each of its isolates runs, and what its async functions wait for.
 *
 * Invariants: the process goes on as before: nothing is paused, no debugger is on, no client is connected and no object
 * is held when this returns, on every way out. What could not be seen is in `missing`.
 *
 * @module
 */

import { connectInspector, type Inspector } from "../../cdp/inspector.ts";
import { attachNodeWorkers, detachNodeWorkers } from "../../cdp/node_workers.ts";
import { route } from "../../cdp/sessions.ts";
import type { ThreadFacts } from "../../model/dump.ts";
import type { ProcessDump, ProcessIsolate } from "../../model/process_dump.ts";
import { dumpHeap, type HeapOutcome } from "./dump_heap.ts";
import { childProcesses, tcpSockets } from "../../os/outside.ts";
import { openHandles } from "../open_handles.ts";
import { closeInspector } from "./close_inspector.ts";
import { EmitCache } from "./emit_cache.ts";
import { type Survey, survey, type SurveyedIsolate } from "./survey.ts";

/** What to dump. */
export interface ProcessTarget {
  readonly wsUrl: string;
  /** Null where it is not known, or not of this machine. */
  readonly pid: number | null;
  /** `deno 2.9.6`; null where it is not known. */
  readonly runtime: string | null;
  /** The port that was opened for this dump; null when the inspector was open before. */
  readonly openedPort: number | null;
}

/** How to dump. */
export interface DumpProcessOptions {
  /** Bytes of heap of one isolate above which no snapshot is taken; null for no bound. */
  readonly maxHeapBytes: number | null;
  /** Whether it has kept its pending promises from the start, as what `watch` starts does. */
  readonly isWatched?: boolean;
  /** Called before an isolate is stopped for its snapshot. */
  readonly onHeap: (isolate: string, heapBytes: number) => void;
  readonly signal: AbortSignal;
}

/** A dump, or why there is none. */
export type ProcessDumpOutcome =
  | { readonly kind: "dumped"; readonly dump: ProcessDump }
  | { readonly kind: "refused"; readonly why: string };

/** The thread that accepts a connection may have to queue for a processor. */
const CONNECT_MS = 6_000;
const HANDLES_MS = 3_000;

/** Takes a dump. Never rejects for what the target does. */
export async function dumpProcess(
  target: ProcessTarget,
  options: DumpProcessOptions,
): Promise<ProcessDumpOutcome> {
  const startedAt = performance.now();
  const { wsUrl, pid, runtime } = target;
  const node = runtime?.startsWith("node") ?? false;
  const emitted = new EmitCache(pid);
  const found = await connected(
    wsUrl,
    (inspector) => survey({ inspector, wsUrl, pid, node, emitted, signal: options.signal }),
  );
  if (found.kind === "failed") return { kind: "refused", why: found.why };
  const missing = found.value.missing.map(({ isolate, why }) => ({ what: isolate, why }));
  // A connection of its own: the one above resumes whatever it sees paused.
  const heaps = await connected(
    wsUrl,
    (inspector) => heapsOf(inspector, found.value, node, emitted, options),
  );
  const outcomes = heaps.kind === "ok" ? heaps.value : new Map<string, HeapOutcome>();
  for (const { session, dump: { id } } of found.value.isolates) {
    const outcome = outcomes.get(id);
    if (session === null || outcome?.kind === "ok") continue;
    const why = outcome?.why ?? (heaps.kind === "failed" ? heaps.why : "the dump was cut short");
    missing.push({ what: `what ${id} waits for`, why });
  }
  const dump: ProcessDump = {
    schema: "unwedge/process-dump@1",
    target: { kind: "process", pid, runtime, file: null },
    complete: missing.length === 0,
    missing,
    isolates: found.value.isolates.map((each) => isolateOf(each, outcomes.get(each.dump.id))),
    outside: outsideOf(target),
    handles: await handlesOf(target, found.value, emitted, options.signal),
    openedPort: await leftOpen(target, node),
    tookMs: performance.now() - startedAt,
  };
  return { kind: "dumped", dump };
}

/** The port that was opened for this dump, unless it could be closed again. */
async function leftOpen(
  { wsUrl, pid, openedPort }: ProcessTarget,
  node: boolean,
): Promise<number | null> {
  if (openedPort === null || pid === null || !node) return openedPort;
  return await closeInspector(wsUrl, pid, openedPort) ? null : openedPort;
}

/** What is open in a main that is idle. The heap has been read by now, so a collection of garbage takes nothing away. */
async function handlesOf(
  { wsUrl }: ProcessTarget,
  { isolates }: Survey,
  emitted: EmitCache,
  signal: AbortSignal,
): Promise<ProcessDump["handles"]> {
  const main = isolates.find(({ dump }) => dump.kind === "main");
  if (main?.dump.state !== "parked" || main.session === null || signal.aborted) return [];
  const outcome = await openHandles({ wsUrl, timeoutMs: HANDLES_MS, emitted });
  return outcome.kind === "named" ? outcome.handles : [];
}

function outsideOf({ wsUrl, pid }: ProcessTarget): ProcessDump["outside"] {
  if (pid === null) return null;
  return { processes: childProcesses(pid), sockets: tcpSockets(pid, Number(new URL(wsUrl).port)) };
}

async function heapsOf(
  inspector: Inspector,
  { isolates }: Survey,
  node: boolean,
  emitted: EmitCache,
  { maxHeapBytes, isWatched = false, onHeap, signal }: DumpProcessOptions,
): Promise<ReadonlyMap<string, HeapOutcome>> {
  const outcomes = new Map<string, HeapOutcome>();
  // Node gives its workers new sessions on each connection.
  const workers = node ? await attachNodeWorkers(inspector) : [];
  for (const { session, dump: { id, state } } of isolates) {
    if (session === null || signal.aborted || !inspector.open) continue;
    const own = workers.find(({ isolate }) => isolate === id)?.sessionId;
    const options = {
      inspector,
      sessionId: own ?? session.id,
      maxHeapBytes,
      emitted,
      isWatched,
      onStart: (bytes: number) => onHeap(id, bytes),
    };
    const outcome = await dumpHeap({ ...options, busy: state === "busy" });
    // One that rested when it was looked at may run by now.
    const again = outcome.kind === "failed" && outcome.silent && state !== "busy";
    outcomes.set(id, again ? await dumpHeap({ ...options, busy: true }) : outcome);
    if (!node) await inspector.send("Runtime.disable", {}, route(session.id));
  }
  if (node) await detachNodeWorkers(inspector);
  return outcomes;
}

function isolateOf({ dump, url }: SurveyedIsolate, heap: HeapOutcome | undefined): ProcessIsolate {
  const { id, kind, state, samples } = dump;
  return {
    id,
    kind,
    url,
    state,
    thread: threadOf(dump.thread),
    samples,
    heap: heap?.kind === "ok" ? heap.heap : null,
    awaits: heap?.kind === "ok" ? heap.awaits : [],
  };
}

/** What is told of the thread of an isolate. */
export function threadOf(facts: ThreadFacts | null): ProcessIsolate["thread"] {
  if (facts === null) return null;
  const { tid, state, wchan, cpuTicks } = facts;
  return { tid, state, wchan, cpuTicks };
}

type Done<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "failed"; readonly why: string };

/** Runs something on a connection of its own. */
async function connected<T>(
  wsUrl: string,
  act: (inspector: Inspector) => Promise<T>,
): Promise<Done<T>> {
  const connection = await connectInspector(wsUrl, { timeoutMs: CONNECT_MS });
  if (connection.kind === "failed") {
    // The URL has the key to the process in it.
    const { host } = new URL(wsUrl);
    return { kind: "failed", why: `the inspector at ${host} accepts no connection` };
  }
  await using inspector = connection.inspector;
  return { kind: "ok", value: await act(inspector) };
}
