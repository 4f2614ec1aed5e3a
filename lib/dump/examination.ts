/**
 * Examines every isolate of a subject at once on one connection: asks each for its tasks, looks at each one's stack
 * several times, and knows when to give up on the ones that say nothing.
 *
 * Invariant: isolates do not wait for each other. An isolate's looks begin when that isolate has answered, so one that
 * is blocked in native code costs the dump its own bound and nothing else, and 32 isolates take about as long as one.
 * Whatever happens, `leave` must be awaited afterwards.
 *
 * @module
 */

import { fairClock } from "../cdp/fair_clock.ts";
import type { Inspector } from "../cdp/inspector.ts";
import { askMicrotasks, type Microtasks } from "./microtasks.ts";
import { inEventLoop, type ThreadLook } from "../os/proc.ts";
import type { Reply, Session } from "../cdp/sessions.ts";
import { IsolateSearch, sleep } from "./isolate_search.ts";
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
  readonly onlyMain: boolean;
  readonly signal: AbortSignal;
  /** Milliseconds since the start of the dump. */
  readonly clock: () => number;
}

/**
 * An isolate that has just answered from its event loop is on its way back there, and has this long for it before it
 * is taken to run. Pausing it would cost it 30 ms of processor time to learn that it rests.
 */
const BACK_TO_REST_MS = 60;
/** One examination of one subject. */
export class Examination {
  readonly #options: ExaminationOptions;
  readonly #search: IsolateSearch;
  readonly #sampler: StackSampler;
  readonly #findings = new Map<string, IsolateReading>();
  readonly #jobs = new Set<Promise<void>>();

  constructor(options: ExaminationOptions) {
    this.#options = options;
    this.#sampler = new StackSampler(options.inspector, options.signal);
    const { inspector, threads, signal, onlyMain } = options;
    const found = (session: Session, reply: Reply) => this.#found(session, reply);
    this.#search = new IsolateSearch({ inspector, threads, signal, onlyMain, found });
  }

  /** The isolates that answered, by name. */
  get findings(): ReadonlyMap<string, IsolateReading> {
    return this.#findings;
  }

  /** Runs until every isolate has been looked at or given up. Does not throw for what the subject does. */
  async run(): Promise<void> {
    await this.#search.run();
    while (this.#jobs.size > 0) await Promise.all(this.#jobs);
    this.#search.stop();
  }

  /** Looks at isolates, too, that the search does not find: workers of Node. */
  async lookAlsoAt(sessions: readonly Session[]): Promise<void> {
    const reply = { kind: "answered", actor: null, snapshot: null, microtasks: 0 } as const;
    for (const session of sessions) this.#found(session, reply);
    while (this.#jobs.size > 0) await Promise.all(this.#jobs);
  }

  /** Leaves every session as it was found: debugger off, nothing paused, nothing armed. */
  async leave(): Promise<void> {
    this.#search.stop();
    await this.#sampler.disarm(this.#search.finder.debugged);
    this.#search.leave();
  }

  #found(session: Session, reply: Reply): void {
    const looks: TimedLook[] = [];
    const leftPaused = this.#search.finder.held.has(session.id);
    const finding: IsolateReading = { session, reply, looks, microtasks: null, leftPaused };
    this.#findings.set(session.isolate, finding);
    const job = this.#lookAt(finding, looks).finally(() => this.#jobs.delete(job));
    this.#jobs.add(job);
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
}

function ticksOf(thread: ThreadLook | null | "unknown"): number | null {
  return thread === null || thread === "unknown" ? null : thread.ticks;
}
