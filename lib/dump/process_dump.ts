/**
 * Looks into one process that was not made for unwedge: its isolates, stacks and threads, and where a main isolate that
 * is idle awaits something, and what is open in it. Where there is no inspector, what the kernel knows of it.
 *
 * The order is part of it: what is open is found by a collection of garbage, so whatever reads the heap comes before.
 *
 * @module
 */

import type { InsideDump } from "../model/dump.ts";
import { openHandles } from "./open_handles.ts";
import { type SuspendedCall, suspendedCalls } from "./suspended.ts";
import { takeDump, type TakeDumpOptions } from "./take_dump.ts";

/** Which process, and how. */
export interface ProcessDumpOptions extends Omit<TakeDumpOptions, "onlyMain"> {
  /** Null when it is neither, and only the kernel can be asked. */
  readonly runtime: "deno" | "node" | null;
}

/** An answer takes milliseconds; a collection of garbage in a large heap on a busy machine some seconds. */
const HANDLES_MS = 3_000;

/** What stacks, threads and the kernel show. Never rejects for what the process does. */
export async function dumpProcess(options: ProcessDumpOptions): Promise<InsideDump> {
  const { runtime, wsUrl } = options;
  const dump = await takeDump({ ...options, onlyMain: runtime === "node" });
  const isSilent = dump.missing.some(({ isolate }) => isolate === "main");
  return wsUrl !== null && isSilent ? asleepInCall(dump) : dump;
}

/**
 * The same, with where an idle main awaits and what is open in it. Takes about a second, in which the process stands
 * still for a few hundred milliseconds.
 */
export async function withHeap(
  dump: InsideDump,
  { wsUrl, signal }: Pick<ProcessDumpOptions, "wsUrl" | "signal">,
): Promise<InsideDump> {
  const main = dump.isolates.find(({ kind }) => kind === "main");
  const isSilent = dump.missing.some(({ isolate }) => isolate === "main");
  if (wsUrl === null || isSilent || main?.state !== "parked") return dump;
  const found = await unlessCut(signal, () => suspendedCalls({ wsUrl }));
  const open = await unlessCut(signal, () => openHandles({ wsUrl, timeoutMs: HANDLES_MS }));
  const awaits = (found ?? []).toSorted((a, b) => rank(a) - rank(b));
  return {
    ...dump,
    ...(awaits.length === 0 ? {} : { awaits }),
    ...(open?.kind === "named" ? { handles: [...open.handles] } : {}),
  };
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

/** Named functions of the program first, then the rest of it, then packages: so a reader meets the nearest cause first. */
function rank({ fn, at: { file } }: SuspendedCall): number {
  if (/\/node_modules\/|\/npm\/registry\./.test(file)) return 2;
  return fn === null ? 1 : 0;
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
