/**
 * The await tree of one live isolate: its heap snapshot, and where its suspended functions stand.
 *
 * Invariant: the isolate is left as it was: its debugger off, no pause asked of it, no object held for us.
 *
 * @module
 */

import type { Protocol } from "npm:devtools-protocol@0.0.1734725";
import type { Inspector } from "../../cdp/inspector.ts";
import { route } from "../../cdp/sessions.ts";
import { locate, madeAt, namesOf } from "../../heap/locate.ts";
import { type Positions, readAwaits } from "../../heap/read_awaits.ts";
import { LiveCode } from "../../heap/live_code.ts";
import { localValues } from "../../heap/local_values.ts";
import { CUT_SHORT, takeSnapshot } from "../../heap/take_snapshot.ts";
import type { Position, StackFrame } from "../../model/dump.ts";
import type { AwaitNode, HeapFacts } from "../../model/process_dump.ts";
import { type AtomicsWait, atomicsWait } from "./atomics_wait.ts";
import type { EmitCache } from "./emit_cache.ts";
import type { KeptSnapshot } from "./keep_snapshots.ts";
import { isInternalFile } from "../../protocol/own_code.ts";
import { SourcePositions } from "../source_positions.ts";

/** A wait, with the places in the program where words were taken. */
export interface LocatedWait extends AtomicsWait {
  readonly holds: readonly (AtomicsWait["holds"][number] & { readonly at: Position | null })[];
}

/** What came of it. */
export type HeapOutcome =
  | {
    readonly kind: "ok";
    readonly heap: HeapFacts;
    readonly awaits: readonly AwaitNode[];
    /** Where it was paused inside of `Atomics.wait`. */
    readonly wait: LocatedWait | null;
    /** Why the snapshot that was to be kept is not; null where it is, or was not to be. */
    readonly notKept: string | null;
    /** Whether a script of that URL has been loaded in it. */
    readonly hasScript: (url: string) => boolean;
  }
  /** `silent`: it answered nothing, as one that runs JavaScript does. */
  | { readonly kind: "failed"; readonly why: string; readonly silent: boolean };

/** What to dump. */
export interface DumpHeapOptions {
  readonly inspector: Inspector;
  readonly sessionId: string | null;
  /** Whether JavaScript runs in it, so that it has to be paused. */
  readonly busy: boolean;
  /** Bytes of heap above which none is taken; null for no bound. */
  readonly maxHeapBytes: number | null;
  /** Source maps of scripts that have none with them, as those of a Deno that was started without `--inspect`. */
  readonly emitted: EmitCache;
  /** Whether its process has kept its pending promises from the start, so that waits can be proven. */
  readonly isWatched: boolean;
  /** Whether values of locals are asked for. */
  readonly values?: boolean;
  /** Opens the file in which the snapshot is kept; absent where it is not. */
  readonly keep?: () => KeptSnapshot;
  /** Cuts it short. */
  readonly signal?: AbortSignal;
  /** Called before the isolate is stopped, with the size of its heap. */
  readonly onStart: (heapBytes: number) => void;
}

const PAUSE_MS = 2_000;
/** A snapshot has some 1.5 to 2.5 times as many characters as its heap has bytes; strings and buffers outside of it count, too. */
const SNAPSHOT_AT_LEAST = 2 ** 28;
const SNAPSHOT_PER_HEAP = 16;
type CallFrames = readonly Protocol.Debugger.CallFrame[];

/** Reads one heap. Does not throw for what the target does. */
export async function dumpHeap(options: DumpHeapOptions): Promise<HeapOutcome> {
  const { inspector, sessionId, busy, maxHeapBytes, emitted, isWatched, onStart } = options;
  const { keep, values = false, signal } = options;
  const to = route(sessionId);
  const usage = await inspector.send("Runtime.getHeapUsage", {}, { ...to, timeoutMs: PAUSE_MS });
  const heapBytes = usage.kind === "ok" ? usage.result.usedSize : 0;
  if (maxHeapBytes !== null && heapBytes > maxHeapBytes) {
    const [is, most] = [heapBytes, maxHeapBytes].map((bytes) => `${Math.ceil(bytes / 2 ** 20)} MB`);
    const why = `its heap has ${is}, and --max-heap is ${most}`;
    return { kind: "failed", why, silent: false };
  }
  onStart(heapBytes);
  const sources = new SourcePositions((script) => emitted.mapOf(inspector, script));
  using code = new LiveCode(inspector, sessionId);
  const off = inspector.onScriptParsed((message) => sources.announce(message));
  try {
    const frames = await enable(inspector, sessionId, busy);
    if (frames === null) {
      return { kind: "failed", why: "it runs JavaScript and did not pause", silent: false };
    }
    const wait = await located(await atomicsWait(inspector, sessionId, frames), sessionId, sources);
    const file = keep?.() ?? null;
    const outcome = await takeSnapshot(inspector, sessionId, {
      keep: (chunk) => file?.write(chunk),
      mostLength: SNAPSHOT_AT_LEAST + heapBytes * SNAPSHOT_PER_HEAP,
      ...(signal === undefined ? {} : { signal }),
    });
    const notKept = file?.end(outcome.kind === "ok") ?? null;
    if (outcome.kind === "failed") return outcome;
    const { graph, bytes, tookMs } = outcome;
    // Of one that runs, anything can be expected.
    const { awaits, suspended, kept: isKept } = await readAwaits(graph, {
      ...positionsIn(inspector, sessionId, sources),
      ...(values ? { values: (ids) => localValues(inspector, sessionId, ids) } : {}),
      ...(isWatched && !busy ? { code } : {}),
    }, signal);
    const heap = {
      ...{ snapshotBytes: bytes, tookMs, nodes: graph.nodeCount, suspended, kept: isKept },
      ...(file === null || notKept !== null ? {} : { file: file.path }),
    };
    return { kind: "ok", heap, awaits, wait, notKept, hasScript: (url) => sources.knows(url) };
  } catch (error) {
    if (signal === undefined || error !== signal.reason) throw error;
    return { kind: "failed", why: CUT_SHORT, silent: false };
  } finally {
    off();
    await inspector.send("Debugger.disable", {}, { ...to, timeoutMs: PAUSE_MS });
    await inspector.send("HeapProfiler.disable", {}, { ...to, timeoutMs: PAUSE_MS });
  }
}

async function located(
  wait: AtomicsWait | null,
  sessionId: string | null,
  sources: SourcePositions,
): Promise<LocatedWait | null> {
  if (wait === null) return null;
  const holds = wait.holds.map(async (word) => ({
    ...word,
    at: positionOf(await sources.map({ ...word, sessionId })),
  }));
  return { ...wait, holds: await Promise.all(holds) };
}

/** Has the isolate announce its scripts, and pauses it if it is busy; its stack then, null when it did not pause. */
async function enable(
  inspector: Inspector,
  sessionId: string | null,
  busy: boolean,
): Promise<CallFrames | null> {
  const to = { ...route(sessionId), timeoutMs: PAUSE_MS };
  const { promise, resolve } = Promise.withResolvers<CallFrames | null>();
  const off = inspector.on("Debugger.paused", ({ callFrames }, from) => {
    if (from === sessionId) resolve(callFrames);
  });
  const timer = setTimeout(() => resolve(null), PAUSE_MS);
  try {
    // Only its announcements are wanted where it is idle: a pause would stay armed.
    await inspector.send("Debugger.enable", {}, to);
    if (!busy) return [];
    await inspector.send("Debugger.pause", {}, to);
    return await promise;
  } finally {
    clearTimeout(timer);
    off();
  }
}

function positionsIn(
  inspector: Inspector,
  sessionId: string | null,
  sources: SourcePositions,
): Positions {
  return {
    locate: async (ids) => {
      const places = new Map<number, Position>();
      for (const [id, at] of await locate(inspector, sessionId, ids)) {
        const position = positionOf(await sources.map({ fn: "", sessionId, ...at }));
        if (position !== null) places.set(id, position);
      }
      return places;
    },
    made: async (ids) => {
      const places = new Map<number, Position>();
      for (const [id, { frames, text }] of await madeAt(inspector, sessionId, ids)) {
        const mapped = await Promise.all(
          frames.map((at) => sources.map({ fn: "", sessionId, ...at })),
        );
        // The first is our own.
        const [, ...stack] = frames.length > 0 ? mapped.map(positionOf) : positionsInText(text);
        const own = stack.find((at) => at !== null && !isInternalFile(at.file));
        if (own !== undefined && own !== null) places.set(id, own);
      }
      return places;
    },
    names: (ids) => namesOf(inspector, sessionId, ids),
    begin: async ({ file, scriptId, line, column }) => {
      const raw = { fn: "", sessionId, scriptId: String(scriptId), line, column };
      const position = positionOf(await sources.map(raw));
      if (position !== null || file === "") return position;
      return { file, line: line + 1, column: column + 1 };
    },
  };
}

function positionOf({ file, line, column }: StackFrame): Position | null {
  return file === "" ? null : { file, line, column };
}

/** The places of a stack that is written out, as far as they are in files. */
function positionsInText(stack: string): Position[] {
  const places = stack.matchAll(/^ +at .*?\(?((?:file:\/\/)?\/[^()\n]*):(\d+):(\d+)\)?$/gm);
  return [...places].map(([, path = "", line, column]) => ({
    file: path.startsWith("/") ? `file://${path}` : path,
    line: Number(line),
    column: Number(column),
  }));
}
