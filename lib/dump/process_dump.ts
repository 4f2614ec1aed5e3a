/**
 * Looks into one process that was not made for unwedge: its isolates, stacks and threads, what its async functions wait
 * for, and what is open in a main isolate that is idle. Where there is no inspector, what the kernel knows of it.
 *
 * The order is part of it: what is open is found by a collection of garbage, so whatever reads the heap comes before.
 *
 * @module
 */

import { connectInspector } from "../cdp/inspector.ts";
import type { InsideDump, IsolateDump, OpenHandle } from "../model/dump.ts";
import type { AwaitNode } from "../model/await_node.ts";
import { endedWorkers } from "./ended_workers.ts";
import { openHandles } from "./open_handles.ts";
import { dumpHeap } from "./process/dump_heap.ts";
import { dumpProcess as dumpAll } from "./process/dump_process.ts";
import { EmitCache } from "./process/emit_cache.ts";
import { webLocks } from "./process/web_locks.ts";
import { takeDump, type TakeDumpOptions } from "./take_dump.ts";

/** Which process, and how. */
export interface ProcessDumpOptions extends Omit<TakeDumpOptions, "onlyMain"> {
  /** Null when it is neither, and only the kernel can be asked. */
  readonly runtime: "deno" | "node" | null;
  /** Whether it has kept its pending promises from the start, as what `watch` starts does. */
  readonly isWatched?: boolean;
}

/** An answer takes milliseconds; a collection of garbage in a large heap on a busy machine some seconds. */
const HANDLES_MS = 3_000;
const CONNECT_MS = 6_000;
/** A heap of this size takes some ten seconds to read. */
const MAX_HEAP_BYTES = 128 * 2 ** 20;

/** What stacks, threads and the kernel show. Never rejects for what the process does. */
export async function dumpProcess(options: ProcessDumpOptions): Promise<InsideDump> {
  const { runtime, wsUrl } = options;
  const dump = await takeDump({ ...options, onlyMain: runtime === "node" });
  const isSilent = dump.missing.some(({ isolate }) => isolate === "main");
  return wsUrl !== null && isSilent ? asleepInCall(dump) : dump;
}

/**
 * The same, with what its async functions wait for, and what is open in an idle main. Takes a second or more, in which
 * the process stands still for a part of it.
 */
export async function withHeap(
  dump: InsideDump,
  target: Pick<ProcessDumpOptions, "pid" | "runtime" | "wsUrl" | "isWatched" | "signal">,
): Promise<InsideDump> {
  const { wsUrl, signal } = target;
  const main = dump.isolates.find(({ kind }) => kind === "main");
  const isSilent = dump.missing.some(({ isolate }) => isolate === "main");
  if (wsUrl === null || isSilent || main === undefined) return dump;
  const read = await unlessCut(signal, () => readHeaps(dump, main, { ...target, wsUrl }));
  const { timers = [], ...heaps } = read ?? {};
  const found = { ...dump, ...heaps };
  if (main.state !== "parked") return found;
  const open = await unlessCut(signal, () => openHandles({ wsUrl, timeoutMs: HANDLES_MS }));
  if (open?.kind !== "named") return found;
  const whole = { ...found, handles: [...open.handles, ...timers] };
  const isAlone = dump.complete && dump.unseen === undefined &&
    dump.isolates.every(({ kind, state }) => kind === "main" || state === "gone");
  if (target.runtime !== "deno" || !isAlone) return whole;
  const ended = await unlessCut(signal, () => endedWorkers(wsUrl, HANDLES_MS)) ?? [];
  return ended.length === 0 ? whole : { ...whole, endedWorkers: ended.map((uses) => ({ uses })) };
}

/** What heaps tell; what they do not tell is left out. */
interface HeapsRead extends Pick<InsideDump, "awaits" | "locks" | "memoryWaits"> {
  /** Of workers, that go off once. */
  readonly timers?: readonly OpenHandle[];
}

async function readHeaps(
  { isolates }: InsideDump,
  main: IsolateDump,
  { pid, runtime, wsUrl, isWatched = false, signal }:
    & Parameters<typeof withHeap>[1]
    & { readonly wsUrl: string },
): Promise<HeapsRead> {
  const bounds = { maxHeapBytes: MAX_HEAP_BYTES, signal: signal ?? new AbortController().signal };
  if (
    runtime === "deno" && isolates.some(({ kind, state }) => kind === "worker" && state !== "gone")
  ) {
    const target = { pid, wsUrl, runtime, openedPort: null };
    const outcome = await dumpAll(target, { ...bounds, isWatched, onHeap: () => {} });
    if (outcome.kind === "refused") return {};
    const { isolates, locks = [], memoryWaits = [], handles } = outcome.dump;
    const awaits = isolates.flatMap(({ id, heap, awaits }) =>
      heap === null ? [] : [{ isolate: id, tree: awaits, kept: heap.kept ?? false }]
    );
    return {
      ...(awaits.length === 0 ? {} : { awaits }),
      ...(locks.length === 0 ? {} : { locks }),
      ...(memoryWaits.length === 0 ? {} : { memoryWaits }),
      timers: handles.filter((handle) =>
        handle.kind === "timer" && handle.isolate !== undefined && !handle.repeats
      ),
    };
  }
  const connection = await connectInspector(wsUrl, { timeoutMs: CONNECT_MS });
  if (connection.kind === "failed") return {};
  await using inspector = connection.inspector;
  const outcome = await dumpHeap({
    ...{ inspector, sessionId: null, busy: main.state === "busy", maxHeapBytes: MAX_HEAP_BYTES },
    ...{ emitted: new EmitCache(pid), isWatched, onStart: () => {} },
  });
  if (outcome.kind === "failed") return {};
  const awaits = [{
    isolate: main.id,
    tree: [...outcome.awaits],
    kept: outcome.heap.kept ?? false,
  }];
  if (main.state !== "parked" || !outcome.awaits.some(namesLocks)) return { awaits };
  const locks = await webLocks(inspector, [{ isolate: main.id, sessionId: null }], []);
  return { awaits, ...(locks.length === 0 ? {} : { locks }) };
}

function namesLocks({ internal, name, awaits }: AwaitNode): boolean {
  return (internal && name.startsWith("LockManager")) || awaits.some(namesLocks);
}

/** What comes of a look, or null when the dump is cut short first; the look then still ends by itself, within its bound. */
async function unlessCut<T>(
  signal: AbortSignal | undefined,
  look: () => Promise<T>,
): Promise<T | null> {
  if (signal?.aborted) return null;
  const { promise, resolve } = Promise.withResolvers<null>();
  const cut = () => resolve(null);
  signal?.addEventListener("abort", cut);
  try {
    return await Promise.race([look(), promise]);
  } finally {
    signal?.removeEventListener("abort", cut);
  }
}

/**
 * A main isolate that sleeps in an event loop and answers nothing is not idle: it sleeps in a loop of its own inside a
 * synchronous call (`spawnSync` of Node's does).
 */
function asleepInCall(dump: InsideDump): InsideDump {
  const isolates = dump.isolates.map((isolate) =>
    isolate.kind === "main" && isolate.state === "parked"
      ? { ...isolate, state: "native-blocked" as const }
      : isolate
  );
  return { ...dump, isolates };
}
