/**
 * The one loop that looks at a running subject: every 10 ms (50 without a journal) it reads what the journal has grown by, asks /proc for
 * worker threads once teardown is under way, and keeps the logs bounded.
 *
 * Invariant: a wait that ends because its time is up has looked at everything once more after that time. So nothing is
 * judged overdue because the harness itself was late, only because the subject was still there when it looked.
 *
 * @module
 */

import { isStopped } from "../os/interference.ts";
import { type Queued, queuedMost, type QueuedThread, readQueued } from "../os/queueing.ts";
import { processAlive, workerThreads } from "../os/proc.ts";
import { epochNow } from "../protocol/epoch.ts";
import type { JournalEvent } from "../protocol/journal_event.ts";
import type { RunClock } from "./run_clock.ts";
import type { RunEventBody } from "./run_event.ts";
import type { RunLog } from "./run_log.ts";
import type { Subject } from "../subject/subject.ts";
import type { SubjectProcess } from "../subject/subject_process.ts";

const LOOK_EVERY_MS = 10;
/** Without a journal there is little to see, and it may go on for hours. */
const LOOK_EVERY_UNWRITTEN_MS = 50;

/** How a wait ended. `stop` and `kill` are what the operator asked for. */
export type WaitEnd = "met" | "time" | "exited" | "stop" | "kill";

/** A started subject, and how it is watched. */
export interface Watched {
  readonly subject: Subject;
  readonly process: SubjectProcess;
  readonly log: RunLog;
  readonly emit: (event: RunEventBody) => void;
  readonly operator: Operator;
  /** By which waits are bounded. */
  readonly clock: RunClock;
}

/** What the operator can do while a run is under way. */
export interface Operator {
  /** Orderly stop. */
  readonly stop: AbortSignal | null;
  /** SIGKILL to the subject's group. */
  readonly kill: AbortSignal | null;
}

/** Looks at a subject until told to stop looking. */
export class SubjectWatch implements Disposable {
  readonly #watched: Watched;
  readonly #disposed = new AbortController();
  #wake: () => void = () => {};
  #maxGapMs = 0;
  #threads: "unknown" | "some" | "none" = "unknown";
  #threadsGoneAt: number | null = null;
  #stoppedMs = 0;
  /** Start of the clocks at the last look. */
  #stopsSince: number | null = null;
  /** When teardown was requested. */
  #queued: Queued | null = null;
  /** Epoch milliseconds of the last look, if that found the subject stopped. */
  #seenStoppedAt: number | null = null;
  #said = { joined: false, threads: false, exited: false };

  constructor(watched: Watched) {
    this.#watched = watched;
    const wake = () => this.#wake();
    void watched.process.exited.then(wake);
    for (const signal of [watched.operator.stop, watched.operator.kill]) {
      signal?.addEventListener("abort", wake, { signal: this.#disposed.signal });
    }
  }

  /** Lets go of the two signals, which outlive the run. */
  [Symbol.dispose](): void {
    this.#disposed.abort();
  }

  /** Epoch milliseconds at which no worker thread was left, null while there are some or it is not known. */
  get threadsGoneAt(): number | null {
    return this.#threadsGoneAt;
  }

  /** What the last look at the threads showed; `unknown` without /proc. */
  get threads(): "unknown" | "some" | "none" {
    return this.#threads;
  }

  /** The longest time for which a look was late, or took: how starved the harness itself was. */
  get maxGapMs(): number {
    return this.#maxGapMs;
  }

  /** For how long the subject has been seen stopped (SIGSTOP) by another process in this phase. */
  get stoppedMs(): number {
    return this.#stoppedMs;
  }

  /** The subject's thread that has waited longest for a processor since its clocks started. */
  queued(): QueuedThread | null {
    return queuedMost(this.#watched.process.pid, this.#queued);
  }

  /** Whether an orderly stop, or worse, has been asked for. */
  get stopAsked(): boolean {
    const { stop, kill } = this.#watched.operator;
    return stop?.aborted === true || kill?.aborted === true;
  }

  /** Has a wait look at its condition now. */
  wake(): void {
    this.#wake();
  }

  /**
   * Waits for a condition, the subject's end, or a request to stop, at most until a moment on the run's clock
   * (`RunClock.bound`).
   */
  async until(met: () => boolean, untilMs: number): Promise<WaitEnd> {
    const { process, clock, subject, operator: { stop, kill } } = this.#watched;
    const everyMs = subject.journal === null ? LOOK_EVERY_UNWRITTEN_MS : LOOK_EVERY_MS;
    for (;;) {
      const before = clock.bound();
      const gone = process.exit !== null;
      this.look();
      this.#noteGap(clock.bound() - before);
      if (kill?.aborted) return "kill";
      if (met()) return "met";
      if (gone) return "exited";
      if (stop?.aborted) return "stop";
      if (before >= untilMs && !this.#hasEnded()) return "time";
      await this.#pause(Math.min(everyMs, Math.max(1, untilMs - before)));
    }
  }

  #noteGap(ms: number): void {
    this.#maxGapMs = Math.max(this.#maxGapMs, ms);
  }

  /** Takes one look now. */
  look(): void {
    const { subject, log, process } = this.#watched;
    const events = subject.journal?.read() ?? [];
    // From its first record on it may be starved, and what is told of it may make this process end without cleaning up.
    if (events.length > 0 && log.last === null) process.guard();
    for (const event of events) {
      log.add(event);
      this.#announce(event);
    }
    this.#lookAtThreads();
    this.#lookForStop();
    subject.output.bound();
    this.#announceClocks();
  }

  /**
   * Whether the subject has ended although its exit has not been reported: a harness that was starved learns of the
   * exit only with the next turns of its loop, and must not take the subject for still there.
   */
  #hasEnded(): boolean {
    const { identity } = this.#watched.process;
    return identity !== null && !processAlive(identity.pid, identity.startTime);
  }

  #lookAtThreads(): void {
    const { log, process, subject } = this.#watched;
    if (log.clockStart === null) return;
    this.#queued ??= readQueued(process.pid);
    if (process.exit !== null) {
      if (process.endedByUs) return;
      this.#threads = "none";
      this.#threadsGoneAt ??= process.exit.atMs;
      return;
    }
    if (subject.hasNamedThreads?.() === false) return;
    const outcome = workerThreads(process.pid);
    if (outcome.kind !== "ok") return;
    this.#threads = outcome.workers.length === 0 ? "none" : "some";
    if (this.#threads === "some") this.#threadsGoneAt = null;
    else this.#threadsGoneAt ??= epochNow();
  }

  /** Pauses of ours are no part of it: the clock of the subject's time leaves them out. */
  #lookForStop(): void {
    const { log, process, clock } = this.#watched;
    if (this.#stopsSince !== log.clockStart) {
      this.#stopsSince = log.clockStart;
      this.#stoppedMs = 0;
    }
    if (process.exit !== null || !isStopped(process.pid)) {
      this.#seenStoppedAt = null;
      return;
    }
    const now = epochNow();
    if (this.#seenStoppedAt !== null) this.#stoppedMs += clock.ran(this.#seenStoppedAt, now);
    this.#seenStoppedAt = now;
  }

  #announce(event: JournalEvent): void {
    const { emit, log } = this.#watched;
    if (event.kind === "scenario") {
      const { facts } = event;
      emit({
        type: "scenario-loaded",
        name: facts.name,
        facts,
        deadlineMs: log.deadlineMs,
      });
    } else if (event.kind === "teardown-requested") {
      emit({ type: "teardown-requested", why: event.why });
    } else if (event.kind === "rung") {
      const { peer, rung, step, effect } = event;
      emit({ type: "rung", actor: peer, rung, step, effect });
    }
  }

  #announceClocks(): void {
    const { log, process, emit, clock } = this.#watched;
    const start = log.clockStart;
    if (start === null || log.joined === null) return;
    if (!this.#said.joined) {
      this.#said.joined = true;
      emit({ type: "clock", which: "nursery-joined", afterMs: clock.ran(start, log.joined.t) });
    }
    if (!this.#said.threads && this.#threadsGoneAt !== null) {
      this.#said.threads = true;
      emit({
        type: "clock",
        which: "threads-gone",
        afterMs: clock.ran(start, this.#threadsGoneAt),
      });
    }
    if (!this.#said.exited && process.exit !== null && !process.endedByUs) {
      this.#said.exited = true;
      emit({
        type: "clock",
        which: "process-exited",
        afterMs: clock.ran(start, process.exit.atMs),
      });
    }
  }

  /** Sleeps, but not past the subject's end or a request to stop. */
  async #pause(ms: number): Promise<void> {
    const woken = Promise.withResolvers<void>();
    this.#wake = woken.resolve;
    const timer = setTimeout(woken.resolve, ms);
    const { clock } = this.#watched;
    const before = clock.bound();
    await woken.promise;
    clearTimeout(timer);
    this.#noteGap(clock.bound() - before - ms);
  }
}
