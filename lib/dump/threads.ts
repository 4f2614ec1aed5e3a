/**
 * The subject's threads over the time of one dump: the first look is kept, later ones are compared with it. Maps an
 * isolate's name to its thread (`worker-N` is the thread's own name, main's thread has the process id).
 *
 * @module
 */

import type { ThreadFacts, UnseenWitness } from "../model/dump.ts";
import {
  inEventLoop,
  type ReadCount,
  readQueuedMs,
  readReads,
  readThread,
  readThreads,
  type ThreadLook,
  type ThreadsOutcome,
} from "../os/proc.ts";

/** Follows the threads of one process. */
export class Threads {
  readonly #pid: number;
  readonly #first = new Map<string, ThreadLook>();
  readonly #firstReads = new Map<string, ReadCount>();
  #absent: string | null = null;
  #gone = false;
  #others = 0;
  /** Threads without an isolate that have main's name: one of them is the inspector's. */
  #carriers: readonly number[] = [];

  /** @param pid null for a process that /proc does not show: of another machine, or not known */
  constructor(pid: number | null) {
    this.#pid = pid ?? 0;
    if (pid === null) this.#absent = "its process is not on this machine, or not known";
    else this.refresh();
  }

  /** Why there is nothing to see here, or null. */
  get absent(): string | null {
    return this.#absent;
  }

  /** What the kernel does not tell here. A process that is gone hides nothing. */
  get unseen(): readonly UnseenWitness[] {
    if (this.#gone) return [];
    if (this.#absent !== null) return [{ what: "threads", why: this.#absent }];
    return this.#first.size > 0 && this.#firstReads.size === 0
      ? [{ what: "reads", why: `/proc/${this.#pid}/task/*/io cannot be read` }]
      : [];
  }

  /** How many threads carry no isolate. */
  get others(): number {
    return this.#others;
  }

  /** Names of the isolates that have, or had, a thread during this dump; main first. */
  get isolates(): readonly string[] {
    return [...this.#first.keys()];
  }

  /** Highest number of a worker, 0 when there is none. */
  get highestWorker(): number {
    const numbers = this.isolates.map((name) => Number(name.replace("worker-", "")));
    return Math.max(0, ...numbers.filter(Number.isInteger));
  }

  /** Takes in threads that have been started since the last look. */
  refresh(): void {
    const outcome: ThreadsOutcome = readThreads(this.#pid);
    if (outcome.kind !== "ok") {
      this.#gone ||= outcome.kind === "gone";
      this.#absent ??= outcome.kind === "gone" ? "the process is gone" : outcome.why;
      return;
    }
    this.#others = 0;
    const main = outcome.threads.find(({ tid }) => tid === this.#pid);
    this.#carriers = outcome.threads.filter(({ tid, name }) =>
      tid !== this.#pid && name === main?.name
    ).map(({ tid }) => tid);
    for (const thread of outcome.threads) {
      const isolate = isolateOf(thread, this.#pid);
      if (isolate === null) this.#others++;
      else if (!this.#first.has(isolate)) {
        this.#first.set(isolate, thread);
        const reads = readReads(this.#pid, thread.tid);
        if (reads !== null) this.#firstReads.set(isolate, reads);
      }
    }
  }

  /**
   * Waits until the process is gone, at most `boundMs`. A dying process closes its sockets before its threads end, so
   * right after a lost connection its threads still look alive.
   */
  async untilGone(boundMs: number): Promise<void> {
    const startedAt = performance.now();
    while (performance.now() - startedAt < boundMs) {
      this.#gone ||= readThreads(this.#pid).kind === "gone";
      if (this.#gone || this.#absent !== null) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Whether an isolate was asleep in its event loop when this dump began. */
  restedAtFirst(isolate: string): boolean {
    const first = this.#first.get(isolate);
    return first !== undefined && inEventLoop(first);
  }

  /** How an isolate's thread is now: null when it has gone, `unknown` when it cannot be told. */
  now(isolate: string): ThreadLook | null | "unknown" {
    if (this.#gone) return null;
    const first = this.#first.get(isolate);
    return first === undefined ? "unknown" : readThread(this.#pid, first.tid);
  }

  /**
   * How long the threads that an isolate's answer depends on have been queued for a processor: the inspector's, which
   * has the socket, and then main's, through which every command goes, or its own. The longer of these two, since they
   * queue at the same time.
   */
  queuedMs(isolate: string): number {
    const queued = (tid: number): number => readQueuedMs(this.#pid, tid);
    const own = this.#first.get(isolate)?.tid;
    const main = queued(this.#pid);
    const carried = Math.max(0, ...this.#carriers.map(queued));
    return carried + (own === undefined ? main : Math.max(main, queued(own)));
  }

  /**
   * An isolate's thread; null when it was never seen. A sleeping look is preferred to a running one, because a thread
   * that sleeps most of the time is sometimes met awake, and one that burns a processor is never met asleep; of two
   * sleeping looks the first counts for an isolate that answered (before we woke it), the last for a silent one (after
   * it had the time to answer).
   *
   * @param answered whether the isolate answered
   * @param quietTicks clock ticks between the looks, null to count from the first look to now
   */
  facts(isolate: string, answered: boolean, quietTicks: number | null): ThreadFacts | null {
    const first = this.#first.get(isolate);
    if (first === undefined) return null;
    const last = readThread(this.#pid, first.tid) ?? first;
    const { tid, name, state, wchan } = answered && first.state !== "R" ? first : last;
    const cpuTicks = quietTicks ?? last.ticks - first.ticks;
    const reads = this.#readsSinceFirst(isolate, tid);
    return { tid, name, state, wchan, cpuTicks, ...(reads === null ? {} : { reads }) };
  }

  /** Null when there were none, or it cannot be told. */
  #readsSinceFirst(isolate: string, tid: number): ReadCount | null {
    const first = this.#firstReads.get(isolate);
    const now = readReads(this.#pid, tid);
    if (first === undefined || now === null || now.calls === first.calls) return null;
    return { calls: now.calls - first.calls, bytes: now.bytes - first.bytes };
  }
}

function isolateOf({ tid, name }: ThreadLook, pid: number): string | null {
  if (tid === pid) return "main";
  return /^worker-\d+$/.test(name) ? name : null;
}
