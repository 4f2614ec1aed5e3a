/**
 * Takes the heap snapshot of one isolate over its inspector and reads it as it arrives. V8 collects garbage first, and
 * the isolate stands still until the last chunk has been sent.
 *
 * @module
 */

import type { Inspector } from "../cdp/inspector.ts";
import { route } from "../cdp/sessions.ts";
import type { HeapGraph } from "./heap_graph.ts";
import { NotASnapshotError } from "./snapshot_format.ts";
import { SnapshotReader } from "./snapshot_reader.ts";

/** What came of it. */
export type SnapshotOutcome =
  | {
    readonly kind: "ok";
    readonly graph: HeapGraph;
    /** Length of the snapshot's text. */
    readonly bytes: number;
    readonly tookMs: number;
  }
  /** `silent`: nothing came at all. */
  | { readonly kind: "failed"; readonly why: string; readonly silent: boolean };

/**
 * An isolate that answers has its first word out after a garbage collection at the latest. One that does not is in
 * native code, or runs and was not paused.
 */
const FIRST_WORD_MS = 5_000;
/** Between two words: V8 reports each step of the traversal. */
const NEXT_WORD_MS = 30_000;
/** How often the silence is measured. */
const LOOK_MS = 250;
/** Why there is none where a signal came. */
export const CUT_SHORT = "the dump was cut short";
const NEVER_MS = 2 ** 31 - 1;
/** V8 reports one step for 10,000 objects. */
const MOST_STEPS = 100_000;

/** How it is taken. */
export interface TakeSnapshotOptions {
  readonly keep?: (chunk: string) => void;
  readonly mostLength?: number;
  readonly signal?: AbortSignal;
}

/**
 * Takes one. Does not throw for what the target does.
 *
 * @param how `keep` is given the text as it arrives; a longer text than `mostLength` is no snapshot; `signal` cuts it
 *   short
 */
export async function takeSnapshot(
  inspector: Inspector,
  sessionId: string | null,
  { keep = () => {}, mostLength = Infinity, signal }: TakeSnapshotOptions = {},
): Promise<SnapshotOutcome> {
  const startedAt = performance.now();
  const reader = new SnapshotReader();
  let heardAt: number | null = null;
  let problem: string | null = null;
  let steps = 0;
  // What is no snapshot may go on for ever.
  const { promise: refused, resolve: refuse } = Promise.withResolvers<
    { readonly kind: "refused" }
  >();
  const off = [
    inspector.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }, from) => {
      if (from !== sessionId || problem !== null) return;
      heardAt = performance.now();
      problem = complaint(() => reader.push(chunk)) ??
        (reader.length > mostLength
          ? "what came as its heap snapshot is longer than one can be"
          : null);
      if (problem === null) keep(chunk);
      else refuse({ kind: "refused" });
    }),
    inspector.on("HeapProfiler.reportHeapSnapshotProgress", (_, from) => {
      if (from === sessionId && ++steps < MOST_STEPS) heardAt = performance.now();
    }),
  ];
  const over = new AbortController();
  try {
    const answer = inspector.send("HeapProfiler.takeHeapSnapshot", {
      reportProgress: true,
      exposeInternals: true,
      captureNumericValue: false,
    }, { ...route(sessionId), timeoutMs: NEVER_MS });
    const either = AbortSignal.any(signal === undefined ? [over.signal] : [over.signal, signal]);
    const silent = silence(startedAt, () => heardAt, either);
    const outcome = await Promise.race([answer, silent, refused]);
    if (signal?.aborted) return { kind: "failed", why: CUT_SHORT, silent: false };
    if (problem !== null || outcome.kind === "refused") {
      return { kind: "failed", why: problem ?? "", silent: false };
    }
    if (outcome.kind !== "ok") {
      const silent = outcome.kind === "silent" && heardAt === null;
      return { kind: "failed", why: whyNot(outcome, heardAt !== null), silent };
    }
    let graph: HeapGraph | null = null;
    problem = complaint(() => graph = reader.finish());
    if (graph === null) {
      return { kind: "failed", why: problem ?? "the snapshot is not whole", silent: false };
    }
    return { kind: "ok", graph, bytes: reader.length, tookMs: performance.now() - startedAt };
  } finally {
    over.abort();
    for (const stop of off) stop();
  }
}

function complaint(act: () => void): string | null {
  try {
    act();
    return null;
  } catch (error) {
    if (!(error instanceof NotASnapshotError)) throw error;
    return `what came as its heap snapshot cannot be read: ${error.message}`;
  }
}

interface Silence {
  readonly kind: "silent";
}

/** Resolves when nothing has come for too long. */
async function silence(
  startedAt: number,
  heardAt: () => number | null,
  over: AbortSignal,
): Promise<Silence> {
  while (!over.aborted) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LOOK_MS);
    over.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
    const last = heardAt();
    const bound = last === null ? FIRST_WORD_MS : NEXT_WORD_MS;
    if (performance.now() - (last ?? startedAt) > bound) break;
  }
  return { kind: "silent" };
}

function whyNot(
  outcome: { readonly kind: "silent" | "timeout" | "closed" | "error"; readonly message?: string },
  heard: boolean,
): string {
  switch (outcome.kind) {
    case "error":
      return `it refused a heap snapshot: ${outcome.message ?? "no reason given"}`;
    case "closed":
      return "the connection ended before its heap snapshot was there";
    default:
      return heard
        ? `its heap snapshot stopped in the middle for ${NEXT_WORD_MS / 1_000} s`
        : `it began no heap snapshot within ${FIRST_WORD_MS / 1_000} s (it is in native code)`;
  }
}
