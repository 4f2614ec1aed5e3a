/**
 * Examines every isolate of a subject at once on one connection: asks each for its tasks, looks at each one's stack
 * several times, and knows when to give up on the ones that say nothing.
 *
 * Invariant: nobody waits for anybody. An isolate's looks begin when that isolate has answered, so one that is
 * blocked in native code costs the dump its own bound and nothing else, and 32 isolates take about as long as one.
 * Whatever happens, `leave` must be awaited afterwards.
 *
 * @module
 */

import { type FairClock, fairClock } from "../cdp/fair_clock.ts";
import type { Inspector } from "../cdp/inspector.ts";
import { askMicrotasks, type Microtasks } from "./microtasks.ts";
import { inEventLoop, type ThreadLook } from "../os/proc.ts";
import { type Reply, type Session, SessionFinder } from "../cdp/sessions.ts";
import { type StackSample, StackSampler } from "./stacks.ts";
import type { Threads } from "./threads.ts";

/** One look and when it was taken. */
export interface TimedLook {
  /** After the start of the dump. */
  readonly atMs: number;
  readonly look: StackSample;
  /** Processor time of the isolate's thread so far, in clock ticks; null when it cannot be told. */
  readonly ticksBefore: number | null;
  readonly ticksAfter: number | null;
}

/** An isolate that answered. */
export interface IsolateReading {
  readonly session: Session;
  readonly reply: Reply;
  readonly looks: readonly TimedLook[];
  /** Asked of isolates that were busy in the last look. */
  microtasks: Microtasks;
  /** A debugger that had gone had left it paused; it was let go when it was asked. */
  readonly leftPaused: boolean;
}

/** What to examine, and how. */
export interface ExaminationOptions {
  readonly inspector: Inspector;
  readonly threads: Threads;
  readonly samples: number;
  readonly sampleGapMs: number;
  readonly signal: AbortSignal;
  /** Milliseconds since the start of the dump. */
  readonly clock: () => number;
}

/**
 * Bounds for an isolate that says nothing, in fair time and while no other says anything: one whose thread wants to run may yet come to a point where
 * V8 lets it answer; one whose thread sleeps would have been woken long ago (an answer takes 1 to 20 ms).
 */
const SILENT_WHILE_RUNNING_MS = 2_000;
const SILENT_WHILE_ASLEEP_MS = 1_000;
/**
 * An isolate that rests in its event loop would answer at once. As long as nobody has, the question has not got there
 * (seen on a machine with 30 threads that wanted to run on 2 processors).
 */
const UNHEARD_AT_REST_MS = 6_000;
/** Without /proc nobody says which isolates exist: no news for this long means that all have been found. */
const BLIND_QUIET_MS = 300;
/**
 * An isolate that has just answered from its event loop is on its way back there, and has this long for it before it
 * is taken to run. Pausing it would cost it 30 ms of processor time to learn that it rests.
 */
const BACK_TO_REST_MS = 60;
/** Session ids beyond the workers' numbers that are tried at first, and then again as long as a worker is missing. */
const FIRST_SLACK = 8;
const BLIND_FIRST_IDS = 32;
const MORE_IDS = 32;
const MORE_EVERY_MS = 60;
const POLL_MS = 20;

/** One examination of one subject. */
export class Examination {
  readonly #options: ExaminationOptions;
  readonly #finder: SessionFinder;
  readonly #sampler: StackSampler;
  readonly #findings = new Map<string, IsolateReading>();
  readonly #jobs = new Set<Promise<void>>();
  readonly #silence = new Map<string, FairClock>();
  #news = Promise.withResolvers<void>();
  #lastNewsMs = 0;
  #over = false;

  constructor(options: ExaminationOptions) {
    this.#options = options;
    this.#sampler = new StackSampler(options.inspector, options.signal);
    const known = new Set(options.threads.isolates);
    this.#finder = new SessionFinder(
      options.inspector,
      known,
      (session, reply) => this.#found(session, reply),
    );
  }

  /** The isolates that answered, by name. */
  get findings(): ReadonlyMap<string, IsolateReading> {
    return this.#findings;
  }

  /** Runs until every isolate has been looked at or given up. Does not throw for what the subject does. */
  async run(): Promise<void> {
    const { threads } = this.#options;
    const blind = threads.absent !== null;
    // Workers first: main is the one whose answer is known to come, and it closes the burst.
    this.#finder.askWorkersUpTo(blind ? BLIND_FIRST_IDS : threads.highestWorker + FIRST_SLACK);
    this.#finder.askMain();
    await this.#gather(blind ? () => this.#quiet() : () => this.#allAccountedFor());
    while (this.#jobs.size > 0) await Promise.all(this.#jobs);
    this.#over = true;
  }

  /** Leaves every session as it was found: debugger off, nothing paused, nothing armed. */
  async leave(): Promise<void> {
    this.#over = true;
    await this.#sampler.disarm(this.#finder.debugged);
    for (const { session } of this.#findings.values()) this.#finder.leave(session);
  }

  #found(session: Session, reply: Reply): void {
    if (this.#over) return;
    const looks: TimedLook[] = [];
    const leftPaused = this.#finder.held.has(session.id);
    const finding: IsolateReading = { session, reply, looks, microtasks: null, leftPaused };
    this.#findings.set(session.isolate, finding);
    const job = this.#lookAt(finding, looks).finally(() => this.#jobs.delete(job));
    this.#jobs.add(job);
    this.#lastNewsMs = this.#options.clock();
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  async #lookAt(finding: IsolateReading, looks: TimedLook[]): Promise<void> {
    const { session, reply } = finding;
    await this.#lookRepeatedly(session, looks);
    if (looks.at(-1)?.look.kind !== "running") return;
    finding.microtasks = await askMicrotasks(this.#options.inspector, session, reply);
  }

  async #lookRepeatedly(session: Session, looks: TimedLook[]): Promise<void> {
    const { samples, sampleGapMs, signal, threads, clock } = this.#options;
    const thread = () => threads.now(session.isolate);
    await this.#letRest(session.isolate);
    for (let n = 0; n < samples; n++) {
      if (n > 0) await sleep(sampleGapMs, signal);
      const atMs = clock();
      const ticksBefore = ticksOf(thread());
      const fair = fairClock(() => threads.queuedMs(session.isolate));
      const look = await this.#sampler.look(session, thread, fair);
      looks.push({ atMs, look, ticksBefore, ticksAfter: ticksOf(thread()) });
      if (look.kind === "gone" || look.kind === "cut-short") return;
    }
  }

  async #letRest(isolate: string): Promise<void> {
    const { threads, signal } = this.#options;
    if (!threads.restedAtFirst(isolate)) return;
    const fair = fairClock(() => threads.queuedMs(isolate));
    while (fair() < BACK_TO_REST_MS && !signal.aborted) {
      const thread = threads.now(isolate);
      if (thread === null || thread === "unknown" || inEventLoop(thread)) return;
      await sleep(5, signal);
    }
  }

  async #gather(done: () => boolean): Promise<void> {
    const { inspector, signal, clock } = this.#options;
    let moreAtMs = clock() + MORE_EVERY_MS;
    while (!done() && !signal.aborted && inspector.open) {
      await Promise.race([this.#news.promise, sleep(POLL_MS, signal)]);
      if (clock() < moreAtMs || !this.#workerMissing()) continue;
      // Earlier connections have used up ids of their own, so the workers' ids may lie further up.
      this.#finder.askWorkersUpTo(this.#finder.highest + MORE_IDS);
      moreAtMs = clock() + MORE_EVERY_MS;
    }
  }

  #workerMissing(): boolean {
    const { isolates } = this.#options.threads;
    return isolates.some((isolate) => isolate !== "main" && !this.#findings.has(isolate));
  }

  /** Whether every isolate that has a thread answered, or has been silent for too long, or is gone. */
  #allAccountedFor(): boolean {
    const { threads } = this.#options;
    // Every clock is read each time: one that is read rarely takes us for asleep.
    return threads.isolates.map((isolate) => {
      if (this.#findings.has(isolate)) return true;
      const silentMs = this.#silentMs(isolate);
      const thread = threads.now(isolate);
      if (thread === null || thread === "unknown") return true;
      return silentMs > this.#boundFor(thread);
    }).every(Boolean);
  }

  #boundFor(thread: ThreadLook): number {
    if (inEventLoop(thread) && !this.#options.inspector.heard) return UNHEARD_AT_REST_MS;
    return thread.state === "R" ? SILENT_WHILE_RUNNING_MS : SILENT_WHILE_ASLEEP_MS;
  }

  #silentMs(isolate: string): number {
    const { threads } = this.#options;
    const clock = this.#silence.get(isolate) ?? fairClock(() => threads.queuedMs(isolate));
    this.#silence.set(isolate, clock);
    return Math.min(clock(), this.#options.inspector.quietMs);
  }

  #quiet(): boolean {
    const now = this.#options.clock();
    if (this.#findings.has("main")) return now - this.#lastNewsMs > BLIND_QUIET_MS;
    return now > SILENT_WHILE_ASLEEP_MS;
  }
}

function ticksOf(thread: ThreadLook | null | "unknown"): number | null {
  return thread === null || thread === "unknown" ? null : thread.ticks;
}

/** Waits, unless the dump is aborted. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) return Promise.resolve();
  const finish = (): void => {
    clearTimeout(timer);
    signal.removeEventListener("abort", finish);
    resolve();
  };
  const timer = setTimeout(finish, ms);
  signal.addEventListener("abort", finish);
  return promise;
}
