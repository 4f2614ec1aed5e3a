/**
 * Dumps a program that is none of ours: what each of its isolates runs, and what its async functions wait for.
 *
 * Invariants: the process goes on as before: nothing is paused, no debugger is on, no client is connected and no object
 * is held when this returns, on every way out. What could not be seen is in `missing`.
 *
 * @module
 */

import { connectInspector, type Inspector } from "../../cdp/inspector.ts";
import type { OpenHandle, ThreadFacts } from "../../model/dump.ts";
import type { MemoryWait, ProcessDump, ProcessIsolate } from "../../model/process_dump.ts";
import { CUT_SHORT } from "../../heap/take_snapshot.ts";
import type { HeapOutcome } from "./dump_heap.ts";
import { childProcesses, tcpSockets } from "../../os/outside.ts";
import { closeInspector } from "./close_inspector.ts";
import { EmitCache } from "./emit_cache.ts";
import type { SnapshotPlace } from "./keep_snapshots.ts";
import type { SharedWord } from "./paused_frames.ts";
import { NOTHING_READ, readIsolates } from "./read_isolates.ts";
import { survey, type SurveyedIsolate } from "./survey.ts";

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
  /** Where the snapshots are kept; absent where they are not. */
  readonly keep?: SnapshotPlace;
  /** Whether values of locals are told, too. */
  readonly values?: boolean;
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
  const names = new Set(
    found.value.isolates.filter(({ dump }) => dump.state !== "gone").map(({ dump }) => dump.id),
  );
  const missing = found.value.missing.map(({ isolate, why }) => ({ what: isolate, why }));
  // A connection of its own: the one above resumes whatever it sees paused.
  const heaps = await connected(
    wsUrl,
    (inspector) => readIsolates({ ...options, inspector, survey: found.value, node, emitted }),
  );
  const { outcomes, handles, locks } = heaps.kind === "ok" ? heaps.value : NOTHING_READ;
  for (const { session, dump: { id } } of found.value.isolates) {
    const outcome = outcomes.get(id);
    if (outcome?.kind === "ok" && outcome.notKept !== null) {
      missing.push({ what: `the kept snapshot of ${id}`, why: outcome.notKept });
    }
    if (session === null || outcome?.kind === "ok") continue;
    const why = outcome?.why ?? (heaps.kind === "failed" ? heaps.why : CUT_SHORT);
    missing.push({ what: `what ${id} waits for`, why });
  }
  const dump: ProcessDump = {
    schema: "unwedge/process-dump@1",
    target: { kind: "process", pid, runtime, file: null },
    complete: missing.length === 0,
    missing,
    isolates: found.value.isolates.map((each) =>
      isolateOf(each, outcomes.get(each.dump.id), workerNamed(handles, each.dump.id))
    ),
    outside: outsideOf(target),
    // A worker that has an isolate is told there.
    handles: handles.filter((handle) =>
      handle.kind !== "object" || handle.worker === undefined || !names.has(handle.worker)
    ),
    ...(locks === null ? {} : { locks }),
    memoryWaits: memoryWaits(outcomes),
    openedPort: await leftOpen(target),
    tookMs: performance.now() - startedAt,
  };
  return { kind: "dumped", dump };
}

/** The port that was opened for this dump, unless it could be closed again. */
async function leftOpen(
  { wsUrl, pid, openedPort }: ProcessTarget,
): Promise<number | null> {
  if (openedPort === null || pid === null) return openedPort;
  return await closeInspector(wsUrl, pid, openedPort) ? null : openedPort;
}

function outsideOf({ wsUrl, pid }: ProcessTarget): ProcessDump["outside"] {
  if (pid === null) return null;
  return { processes: childProcesses(pid), sockets: tcpSockets(pid, Number(new URL(wsUrl).port)) };
}

type WorkerHandle = Extract<OpenHandle, { readonly kind: "object" }>;

/** What the isolate that started a worker knows of it. */
function workerNamed(handles: readonly OpenHandle[], isolate: string): WorkerHandle | undefined {
  return handles.find((handle): handle is WorkerHandle =>
    handle.kind === "object" && handle.worker === isolate
  );
}

function isolateOf(
  { dump, url }: SurveyedIsolate,
  heap: HeapOutcome | undefined,
  worker: WorkerHandle | undefined,
): ProcessIsolate {
  const { id, kind, state, samples } = dump;
  const life = kind === "main" || state === "gone" ? null : lifeOf(url, heap, worker);
  return {
    id,
    kind,
    url,
    ...(typeof worker?.name === "string" ? { name: worker.name } : {}),
    ...(life === null ? {} : { life }),
    state,
    thread: threadOf(dump.thread),
    samples,
    heap: heap?.kind === "ok" ? heap.heap : null,
    awaits: heap?.kind === "ok" ? heap.awaits : [],
  };
}

/** How far a worker has come. A module that is still suspended in an await at its top has not come to its end. */
function lifeOf(
  url: string | null,
  heap: HeapOutcome | undefined,
  worker: WorkerHandle | undefined,
): NonNullable<ProcessIsolate["life"]> | null {
  if (worker?.state === "terminated") return "terminated";
  if (url === null || heap?.kind !== "ok") return null;
  const isBooting = !heap.hasScript(url) ||
    heap.awaits.some(({ what, position }) => what === "module" && position?.file === url);
  return isBooting ? "booting" : "ready";
}

/** Which isolates sleep in `Atomics.wait`, and in which memory. */
export function memoryWaits(outcomes: ReadonlyMap<string, HeapOutcome>): MemoryWait[] {
  const buffers: string[] = [];
  const numberOf = (address: string): number => {
    if (!buffers.includes(address)) buffers.push(address);
    return buffers.indexOf(address) + 1;
  };
  return [...outcomes].flatMap(([isolate, outcome]) => {
    const wait = outcome.kind === "ok" ? outcome.wait : null;
    if (wait === null) return [];
    const { array, type, index, address, bytes: bufferBytes } = wait;
    const buffer = numberOf(address);
    const holds = wait.holds.map(({ fn, at, ...word }) => ({
      buffer: numberOf(word.address),
      byteOffset: byteOf(word),
      fn,
      at,
    }));
    return [{
      isolate,
      array,
      type,
      index,
      byteOffset: byteOf(wait),
      buffer,
      bufferBytes,
      ...(holds.length === 0 ? {} : { holds }),
    }];
  });
}

function byteOf({ type, index, byteOffset }: SharedWord): number | null {
  return index === null ? null : byteOffset + index * (type.startsWith("BigInt") ? 8 : 4);
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
  try {
    return { kind: "ok", value: await act(inspector) };
  } catch (error) {
    // The protocol is the only witness of what an answer holds, and what answers need not keep to it.
    if (!(error instanceof TypeError)) throw error;
    const { host } = new URL(wsUrl);
    return { kind: "failed", why: `what answers at ${host} does not do so as an inspector does` };
  }
}
