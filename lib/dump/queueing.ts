/**
 * How long the threads of a process stood in line for a processor, as the kernel counts it (`schedstat`). A program that
 * got no processor has done nothing, and is not stuck.
 *
 * @module
 */

import { readQueuedMs, workerThreads } from "./proc.ts";

/** Milliseconds that each thread of an isolate has waited since it began, by thread id. */
export type Queued = ReadonlyMap<number, number>;

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
  return new Map(threadsOf(pid).map(({ tid }) => [tid, readQueuedMs(pid, tid)]));
}

/**
 * The thread that has waited longest since `before` was read; one that began later, since it began. Null when none
 * waited.
 *
 * @param pid process id
 * @param before what {@linkcode readQueued} gave for it; null when nobody asked
 */
export function queuedMost(pid: number, before: Queued | null): QueuedThread | null {
  if (before === null) return null;
  let most: QueuedThread | null = null;
  for (const { thread, tid } of threadsOf(pid)) {
    const ms = readQueuedMs(pid, tid) - (before.get(tid) ?? 0);
    if (ms > (most?.ms ?? 0)) most = { thread, tid, ms };
  }
  return most;
}

function threadsOf(pid: number): { readonly thread: string; readonly tid: number }[] {
  const outcome = workerThreads(pid);
  if (outcome.kind !== "ok") return [];
  return [
    { thread: "main", tid: pid },
    ...outcome.workers.map(({ name, tid }) => ({ thread: name, tid })),
  ];
}
