/**
 * Looks into one process that was not made for unwedge: its isolates, stacks and threads, what its async functions wait
 * for, and what is open in a main isolate that is idle. Where there is no inspector, what the kernel knows of it.
 *
 * The order is part of it: what is open is found by a collection of garbage, so whatever reads the heap comes before.
 *
 * @module
 */

import { connectInspector } from "../cdp/inspector.ts";
import type { Session } from "../cdp/sessions.ts";
import type { InsideDump, OpenHandle } from "../model/dump.ts";
import { endedWorkers } from "./ended_workers.ts";
import { memoryWaits } from "./process/dump_process.ts";
import { EmitCache } from "./process/emit_cache.ts";
import { readIsolates } from "./process/read_isolates.ts";
import { takeDumpOf, type TakeDumpOptions } from "./take_dump.ts";

/** Which process, and how. */
export interface ProcessDumpOptions extends Omit<TakeDumpOptions, "node"> {
  /** Null when it is neither, and only the kernel can be asked. */
  readonly runtime: "deno" | "node" | null;
  /** Whether it has kept its pending promises from the start, as what `watch` starts does. */
  readonly isWatched?: boolean;
}

/** What was seen of a process, and how its isolates are reached. */
export interface LookedInto {
  readonly dump: InsideDump;
  /** Of those that answered, by isolate. */
  readonly sessions: ReadonlyMap<string, Session>;
}

/** An answer takes milliseconds; a collection of garbage in a large heap on a busy machine some seconds. */
const HANDLES_MS = 3_000;
const CONNECT_MS = 6_000;
/** A heap of this size takes some ten seconds to read. */
const MAX_HEAP_BYTES = 128 * 2 ** 20;

/** What stacks, threads and the kernel show. Never rejects for what the process does. */
export async function dumpProcess(options: ProcessDumpOptions): Promise<LookedInto> {
  const { runtime, wsUrl } = options;
  const { dump, sessions } = await takeDumpOf({ ...options, node: runtime === "node" });
  return { dump: wsUrl !== null && isSilent(dump) ? asleepInCall(dump) : dump, sessions };
}

/**
 * The same, with what its async functions wait for, and what is open in an idle main. Takes a second or more, in which
 * the process stands still for a part of it.
 */
export async function withHeap(
  looked: LookedInto,
  target: Pick<ProcessDumpOptions, "pid" | "runtime" | "wsUrl" | "isWatched" | "signal">,
): Promise<InsideDump> {
  const { dump } = looked;
  const { wsUrl, signal } = target;
  if (wsUrl === null || isSilent(dump)) return dump;
  return await unlessCut(signal, () => readHeaps(looked, { ...target, wsUrl })) ?? dump;
}

async function readHeaps(
  { dump, sessions }: LookedInto,
  { pid, runtime, wsUrl, isWatched = false, signal = new AbortController().signal }:
    & Parameters<typeof withHeap>[1]
    & { readonly wsUrl: string },
): Promise<InsideDump> {
  const connection = await connectInspector(wsUrl, { timeoutMs: CONNECT_MS });
  if (connection.kind === "failed") return dump;
  await using inspector = connection.inspector;
  const isolates = dump.isolates.map((each) => ({
    ...{ dump: each, session: sessions.get(each.id) ?? null, url: null },
  }));
  const { outcomes, handles, locks } = await readIsolates({
    ...{ inspector, survey: { isolates, missing: dump.missing }, node: runtime === "node" },
    ...{ emitted: new EmitCache(pid), isWatched, signal },
    ...{ maxHeapBytes: MAX_HEAP_BYTES, onHeap: () => {} },
  });
  const awaits = [...outcomes].flatMap(([isolate, outcome]) =>
    outcome.kind === "failed"
      ? []
      : [{ isolate, tree: [...outcome.awaits], kept: outcome.heap.kept ?? false }]
  );
  const waits = memoryWaits(outcomes);
  const read = {
    ...dump,
    ...(awaits.length === 0 ? {} : { awaits }),
    ...(locks === null || locks.length === 0 ? {} : { locks: [...locks] }),
    ...(waits.length === 0 ? {} : { memoryWaits: waits }),
  };
  const main = dump.isolates.find(({ kind }) => kind === "main");
  if (main?.state !== "parked") return read;
  const open = { ...read, handles: handles.filter(isTold) };
  if (runtime !== "deno" || !isAlone(dump)) return open;
  const ended = await endedWorkers(inspector, HANDLES_MS);
  return ended.length === 0 ? open : { ...open, endedWorkers: ended.map((uses) => ({ uses })) };
}

/** What main has open, and the timers of workers that go off once: these may end what another isolate waits for. */
function isTold(handle: OpenHandle): boolean {
  return !("isolate" in handle) || (handle.kind === "timer" && !handle.repeats);
}

function isSilent({ missing }: InsideDump): boolean {
  return missing.some(({ isolate }) => isolate === "main");
}

function isAlone({ complete, unseen, isolates }: InsideDump): boolean {
  return complete && unseen === undefined &&
    isolates.every(({ kind, state }) => kind === "main" || state === "gone");
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
