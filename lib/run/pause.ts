/**
 * Stops the subject and lets it go on: what Ctrl-Z and `fg` mean for it.
 *
 * Invariant: the subject is never stopped while the inspector is at work in it, and before it goes on it can read how
 * long it stood (`protocol/pauses.ts`). One that is stopped and loses its harness is ended by the warden.
 *
 * @module
 */

import { epochNow } from "../protocol/epoch.ts";
import { SHORTEST_PAUSE_MS } from "../protocol/pauses.ts";
import type { RunClock } from "./run_clock.ts";
import type { RunEventBody } from "./run_event.ts";
import type { SubjectJournal } from "../subject/subject.ts";
import type { SubjectProcess } from "../subject/subject_process.ts";

/** What is paused. */
export interface Paused {
  readonly process: SubjectProcess;
  readonly clock: RunClock;
  readonly emit: (event: RunEventBody) => void;
  /** How the subject learns for how long it stood; null when it cannot. */
  readonly journal: SubjectJournal | null;
  /** What ends the run also ends a pause: a subject that is stopped cannot be looked into. */
  readonly ends: readonly (AbortSignal | null)[];
}

/** A person who pressed Ctrl-Z is not kept waiting longer than this by a dump that is under way. */
const PATIENCE_MS = 3_000;

/** The pauses of one subject. */
export class SubjectPause implements Disposable {
  readonly #paused: Paused;
  readonly #disposed = new AbortController();
  #works = 0;
  #idle = Promise.withResolvers<void>();
  #end: (() => number) | null = null;
  #resumed = Promise.withResolvers<void>();

  constructor(paused: Paused) {
    this.#paused = paused;
    this.#resumed.resolve();
    const { signal } = this.#disposed;
    for (const end of paused.ends) end?.addEventListener("abort", () => this.resume(), { signal });
  }

  /** Lets go of the signals, which outlive the run. */
  [Symbol.dispose](): void {
    this.#disposed.abort();
  }

  /** Whether the subject is stopped now. */
  get isPaused(): boolean {
    return this.#end !== null;
  }

  /** Does something in the subject, which is not stopped meanwhile. */
  async whileRunning<T>(work: () => Promise<T>): Promise<T> {
    while (this.isPaused) await this.#resumed.promise;
    if (this.#works++ === 0) this.#idle = Promise.withResolvers();
    try {
      return await work();
    } finally {
      if (--this.#works === 0) this.#idle.resolve();
    }
  }

  /** Stops the subject and the clock. Does nothing when they are stopped. */
  async pause(): Promise<void> {
    if (this.isPaused) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const bound = new Promise<"late">((resolve) =>
      timer = setTimeout(() => resolve("late"), PATIENCE_MS)
    );
    while (this.#works > 0 && await Promise.race([this.#idle.promise, bound]) !== "late");
    clearTimeout(timer);
    const { process, clock, emit, ends } = this.#paused;
    if (this.isPaused || process.exit !== null || ends.some((end) => end?.aborted)) return;
    this.#resumed = Promise.withResolvers();
    this.#end = clock.stop("paused");
    // One that is stopped does not notice that its harness has gone.
    process.guard();
    process.signalGroup("SIGSTOP");
    emit({ type: "paused" });
  }

  /** Lets the subject and the clock go on. Does nothing when they are not stopped. */
  resume(): void {
    const end = this.#end;
    if (end === null) return;
    const { process, emit, journal } = this.#paused;
    this.#end = null;
    const pausedMs = end();
    const toMs = epochNow();
    try {
      if (pausedMs >= SHORTEST_PAUSE_MS) journal?.tellPause(toMs - pausedMs, toMs);
    } catch {
      // A full disk, or a run directory that was removed: then the subject's own bounds count the pause, and it
      // goes on all the same.
    }
    process.signalGroup("SIGCONT");
    emit({ type: "continued", pausedMs });
    this.#resumed.resolve();
  }
}
