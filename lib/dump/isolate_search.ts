/**
 * Asks every isolate of a subject at once, on one connection, to answer, and knows when to give up on those that stay
 * silent. A dump and an action from outside both search this way and differ in what they do with an isolate.
 *
 * Invariant: no isolate waits for another. One that is blocked in native code costs its own bound and nothing else.
 *
 * @module
 */

import { type FairClock, fairClock } from "../cdp/fair_clock.ts";
import type { Inspector } from "../cdp/inspector.ts";
import { type Reply, type Session, SessionFinder } from "../cdp/sessions.ts";
import { inEventLoop, type ThreadLook } from "../os/proc.ts";
import type { Threads } from "./threads.ts";

/** What to search, and what to do with each isolate that answers. */
export interface IsolateSearchOptions {
  readonly inspector: Inspector;
  readonly threads: Threads;
  /** Ends the search early. */
  readonly signal?: AbortSignal | undefined;
  /** Whether no session of a worker is asked. */
  readonly onlyMain?: boolean;
  /** Isolates that did not answer lately: they get the time of an ordinary answer. */
  readonly unresponsive?: ReadonlySet<string> | undefined;
  /** Called once for each isolate, as soon as it answers. */
  readonly found: (session: Session, reply: Reply) => void;
}

/**
 * Bounds for an isolate that says nothing, in fair time and while no other says anything: one whose thread wants to run
 * may yet come to a point where V8 lets it answer; one whose thread sleeps would have been woken long ago (an answer
 * takes 1 to 20 ms).
 */
const SILENT_WHILE_RUNNING_MS = 2_000;
const SILENT_WHILE_ASLEEP_MS = 1_000;
/**
 * An isolate that rests in its event loop would answer at once. As long as none has, the question has not got there
 * (seen on a machine with 30 threads that wanted to run on 2 processors).
 */
const UNHEARD_AT_REST_MS = 6_000;
/** The bound for one that said nothing when it was asked before. */
const UNRESPONSIVE_MS = 100;
/** Without /proc the number of isolates is unknown: no news for this long means that all have been found. */
const BLIND_QUIET_MS = 300;
/** Session ids beyond the workers' numbers that are tried at first, and then again as long as a worker is missing. */
const FIRST_SLACK = 8;
const BLIND_FIRST_IDS = 32;
const MORE_IDS = 32;
const MORE_EVERY_MS = 60;
const POLL_MS = 10;

/** One search of one subject. */
export class IsolateSearch {
  readonly finder: SessionFinder;
  readonly #options: IsolateSearchOptions;
  readonly #found = new Map<string, Session>();
  readonly #silence = new Map<string, FairClock>();
  readonly #startedAt = performance.now();
  #news = Promise.withResolvers<void>();
  #lastNewsAt = this.#startedAt;
  #over = false;

  constructor(options: IsolateSearchOptions) {
    this.#options = options;
    const known = new Set(options.threads.isolates);
    this.finder = new SessionFinder(
      options.inspector,
      known,
      (session, reply) => this.#take(session, reply),
    );
  }

  /** Runs until every isolate has answered or is given up. Does not throw for what the subject does. */
  async run(): Promise<void> {
    const { threads, inspector, signal, onlyMain = false } = this.#options;
    const blind = threads.absent !== null;
    // Workers first: main is the one whose answer is known to come, and it closes the burst.
    const ids = blind ? BLIND_FIRST_IDS : threads.highestWorker + FIRST_SLACK;
    if (!onlyMain) this.finder.askWorkersUpTo(ids);
    this.finder.askMain();
    const done = blind ? () => this.#quiet() : () => this.#allAccountedFor();
    let moreAt = performance.now() + MORE_EVERY_MS;
    while (!done() && !signal?.aborted && inspector.open) {
      await Promise.race([this.#news.promise, sleep(POLL_MS, signal)]);
      if (performance.now() < moreAt || !this.#workerMissing()) continue;
      // Earlier connections have used up ids of their own, so the workers' ids may lie further up.
      this.finder.askWorkersUpTo(this.finder.highest + MORE_IDS);
      moreAt = performance.now() + MORE_EVERY_MS;
    }
  }

  /** Takes no more answers. */
  stop(): void {
    this.#over = true;
  }

  /** Ends the sessions. The debugger must be off in all of {@linkcode SessionFinder.debugged} by then. */
  leave(): void {
    for (const session of this.#found.values()) this.finder.leave(session);
  }

  #take(session: Session, reply: Reply): void {
    if (this.#over) return;
    this.#found.set(session.isolate, session);
    this.#options.found(session, reply);
    this.#lastNewsAt = performance.now();
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  #workerMissing(): boolean {
    const { isolates } = this.#options.threads;
    return isolates.some((isolate) => isolate !== "main" && !this.#found.has(isolate));
  }

  /** Whether every isolate that has a thread answered, or has been silent for too long, or is gone. */
  #allAccountedFor(): boolean {
    // Every clock is read each time: one that is read rarely takes us for asleep.
    return this.#options.threads.isolates.map((isolate) => this.#accountedFor(isolate))
      .every(Boolean);
  }

  #accountedFor(isolate: string): boolean {
    const { threads, inspector, unresponsive } = this.#options;
    const clock = this.#silence.get(isolate) ?? fairClock(() => threads.queuedMs(isolate));
    this.#silence.set(isolate, clock);
    const askedMs = clock();
    if (this.#found.has(isolate)) return true;
    const thread = threads.now(isolate);
    if (thread === null || thread === "unknown") return true;
    if (unresponsive?.has(isolate)) return askedMs > UNRESPONSIVE_MS;
    return Math.min(askedMs, inspector.quietMs) > this.#boundFor(thread);
  }

  #boundFor(thread: ThreadLook): number {
    if (inEventLoop(thread) && !this.#options.inspector.heard) return UNHEARD_AT_REST_MS;
    return thread.state === "R" ? SILENT_WHILE_RUNNING_MS : SILENT_WHILE_ASLEEP_MS;
  }

  #quiet(): boolean {
    const now = performance.now();
    if (this.#found.has("main")) return now - this.#lastNewsAt > BLIND_QUIET_MS;
    return now - this.#startedAt > SILENT_WHILE_ASLEEP_MS;
  }
}

/** Waits, unless the signal is or becomes aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal?.aborted) return Promise.resolve();
  const finish = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", finish);
    resolve();
  };
  const timer = setTimeout(finish, ms);
  signal?.addEventListener("abort", finish);
  return promise;
}
