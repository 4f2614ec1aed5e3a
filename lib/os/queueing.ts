/**
 * How long the threads of a process stood in line for a processor, as the kernel counts it (`schedstat`). A program
 * that got no processor has done nothing, and is not stuck.
 *
 * @module
 */

import { readThread, workerThreads } from "./proc.ts";
import { textOf } from "./proc_files.ts";

/** What is known of a thread at one moment. */
interface Standing {
  readonly atMs: number;
  /** Milliseconds for which it has waited since it began; a wait counts when it is over. */
  readonly waitedMs: number;
  readonly ranMs: number;
  /** How often it has gone to sleep, while it wanted to run; null while it slept. */
  readonly sleeps: number | null;
}

/** How each thread of an isolate stood, by thread id. */
export type Queued = ReadonlyMap<number, Standing>;

/** One thread and its waiting. */
export interface QueuedThread {
  /** `main`, or `worker-N`. */
  readonly thread: string;
  readonly tid: number;
  /** Milliseconds in which it was ready to run and did not. */
  readonly ms: number;
}

/**
 * Reads once, to be compared with later. Empty when the process is gone, or the kernel does not tell.
 *
 * @param pid process id
 */
export function readQueued(pid: number): Queued {
  return new Map(threadsOf(pid).map(({ tid }) => [tid, standing(pid, tid)]));
}

/**
 * The thread that has waited longest since `before` was read; one that began later, since it began. Null when none
 * waited.
 *
 * @param pid process id
 * @param before what {@linkcode readQueued} gave for it; null when it was not asked
 */
export function queuedMost(pid: number, before: Queued | null): QueuedThread | null {
  if (before === null) return null;
  let most: QueuedThread | null = null;
  for (const { thread, tid } of threadsOf(pid)) {
    const ms = waitedSince(before.get(tid), standing(pid, tid));
    if (ms > (most?.ms ?? 0)) most = { thread, tid, ms };
  }
  return most;
}

/** One that wanted to run all the time waited whenever it did not, also in a wait that is not over and not counted. */
function waitedSince(before: Standing | undefined, now: Standing): number {
  if (before === undefined) return now.waitedMs;
  const counted = now.waitedMs - before.waitedMs;
  if (before.sleeps === null || before.sleeps !== now.sleeps) return counted;
  return Math.max(counted, now.atMs - before.atMs - (now.ranMs - before.ranMs));
}

function standing(pid: number, tid: number): Standing {
  const dir = `/proc/${pid}/task/${tid}`;
  const [ran, waited] = textOf(`${dir}/schedstat`).split(" ").map((ns) => Number(ns) / 1e6);
  // Without counted times nothing follows from how often it slept.
  const wants = waited !== undefined && readThread(pid, tid)?.state === "R";
  const sleeps = wants
    ? /^voluntary_ctxt_switches:\s+(\d+)$/m.exec(textOf(`${dir}/status`))?.[1]
    : undefined;
  return {
    atMs: performance.now(),
    waitedMs: waited ?? 0,
    ranMs: ran ?? 0,
    sleeps: sleeps === undefined ? null : Number(sleeps),
  };
}

function threadsOf(pid: number): { readonly thread: string; readonly tid: number }[] {
  const outcome = workerThreads(pid);
  if (outcome.kind !== "ok") return [];
  return [
    { thread: "main", tid: pid },
    ...outcome.workers.map(({ name, tid }) => ({ thread: name, tid })),
  ];
}
