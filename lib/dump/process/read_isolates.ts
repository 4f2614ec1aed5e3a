/**
 * Reads the isolates that a survey has found, one after the other: the heap of each, what those that are idle have open,
 * and the Web Locks of all.
 *
 * The order is part of it: what is open is found by a collection of garbage, so the heap of an isolate comes before.
 *
 * @module
 */

import type { Inspector } from "../../cdp/inspector.ts";
import { attachNodeWorkers, detachNodeWorkers } from "../../cdp/node_workers.ts";
import { route } from "../../cdp/sessions.ts";
import type { OpenHandle } from "../../model/dump.ts";
import type { WebLock } from "../../model/process_dump.ts";
import { handlesIn } from "../open_handles.ts";
import { dumpHeap, type HeapOutcome } from "./dump_heap.ts";
import type { EmitCache } from "./emit_cache.ts";
import type { SnapshotPlace } from "./keep_snapshots.ts";
import type { Survey } from "./survey.ts";
import { type IdleIsolate, webLocks } from "./web_locks.ts";

/** What to read. */
export interface ReadIsolatesOptions {
  readonly inspector: Inspector;
  readonly survey: Survey;
  readonly node: boolean;
  readonly emitted: EmitCache;
  readonly maxHeapBytes: number | null;
  readonly isWatched?: boolean;
  /** Where snapshots are kept; absent where they are not. */
  readonly keep?: SnapshotPlace;
  /** Whether values of locals are asked for. */
  readonly values?: boolean;
  /** Called before an isolate is stopped for its snapshot. */
  readonly onHeap: (isolate: string, heapBytes: number) => void;
  readonly signal: AbortSignal;
}

/** What was read. */
export interface IsolatesRead {
  /** By isolate. */
  readonly outcomes: ReadonlyMap<string, HeapOutcome>;
  readonly handles: readonly OpenHandle[];
  /** Null where no isolate could be asked. */
  readonly locks: readonly WebLock[] | null;
}

/** Where no isolate could be reached. */
export const NOTHING_READ: IsolatesRead = { outcomes: new Map(), handles: [], locks: null };

const HANDLES_MS = 3_000;

/** Reads. Does not throw for what the target does. */
export async function readIsolates(options: ReadIsolatesOptions): Promise<IsolatesRead> {
  const { inspector, survey: { isolates }, node, signal } = options;
  const outcomes = new Map<string, HeapOutcome>();
  const handles: OpenHandle[] = [];
  const idle: IdleIsolate[] = [];
  // Node gives its workers new sessions on each connection.
  const { workers } = node ? await attachNodeWorkers(inspector) : { workers: [] };
  for (const { session, dump: { id, state } } of isolates) {
    if (session === null || signal.aborted || !inspector.open) continue;
    const sessionId = workers.find(({ isolate }) => isolate === id)?.sessionId ?? session.id;
    const outcome = await heapOf(options, id, sessionId, state === "busy");
    outcomes.set(id, outcome);
    if (state === "parked" && !signal.aborted && (outcome.kind === "ok" || !outcome.silent)) {
      idle.push({ isolate: id, sessionId });
      handles.push(...await openIn(options, id, sessionId));
    }
  }
  const others = isolates.map(({ dump }) => dump)
    .filter(({ id, state }) => state !== "gone" && !idle.some(({ isolate }) => isolate === id))
    .map(({ id }) => id);
  const locks = idle.length === 0 || signal.aborted
    ? null
    : await webLocks(inspector, idle, others);
  if (node) await detachNodeWorkers(inspector);
  else {
    for (const { session } of isolates) {
      if (session !== null) await inspector.send("Runtime.disable", {}, route(session.id));
    }
  }
  return { outcomes, handles, locks };
}

async function heapOf(
  { inspector, maxHeapBytes, emitted, isWatched = false, values, keep, onHeap, signal }:
    ReadIsolatesOptions,
  id: string,
  sessionId: string | null,
  busy: boolean,
): Promise<HeapOutcome> {
  const options = {
    inspector,
    sessionId,
    maxHeapBytes,
    emitted,
    isWatched,
    signal,
    ...(values === undefined ? {} : { values }),
    ...(keep === undefined ? {} : { keep: () => keep.open(id) }),
    onStart: (bytes: number) => onHeap(id, bytes),
  };
  const outcome = await dumpHeap({ ...options, busy });
  // One that rested when it was looked at may run by now.
  const again = outcome.kind === "failed" && outcome.silent && !busy;
  return again ? await dumpHeap({ ...options, busy: true }) : outcome;
}

async function openIn(
  { inspector, emitted }: ReadIsolatesOptions,
  id: string,
  sessionId: string | null,
): Promise<readonly OpenHandle[]> {
  const outcome = await handlesIn({ inspector, sessionId, timeoutMs: HANDLES_MS, emitted });
  if (outcome.kind === "failed") return [];
  if (id === "main") return outcome.handles;
  return outcome.handles.map((handle) => ({ ...handle, isolate: id }));
}
