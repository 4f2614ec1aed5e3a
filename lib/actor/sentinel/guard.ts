/**
 * The sentinel itself, in its worker. Idle until a signal comes or main asks it to watch, and then no more than this:
 * it gives main a bounded time, frees it if it can, and ends the process if a signal was not taken even so.
 *
 * Invariant: a signal that came is taken by main or ends the process within the bound; without a signal the process is
 * never ended, however long main stands still.
 *
 * The process is ended by the signal itself: with no listener left for it, its default action works also on a main that
 * is stuck, and the parent of the process sees what it died of (exit code 130 or 143). `Deno.exit` in a worker ends
 * only the worker, and the inspector's way into main (`Deno.exit` there) panics (Deno 2.9.6).
 *
 * @module
 */

import { addSignalListener, monotonicNow, removeSignalListener } from "../../protocol/platform.ts";
import { type Freeing, freeMain } from "./free_main.ts";
import { queuedMs } from "./main_thread.ts";
import { COUNTS, type FromSentinel, type SentinelSignal, type Setup } from "./messages.ts";
import type { Reports } from "./report.ts";
import { awakeClock, metWithin, pause, starvationClock, STEP_MS } from "./starvation_clock.ts";

/** The part of a signal's bound after which main counts as starved. */
const STARVED_AFTER = 0.2;
/**
 * The part for which main must have been able to turn before the process ends, if it cannot be freed. One that was only
 * queued for a processor is given the whole bound, and so is one that was freed.
 */
const HELPLESS = 0.6;
/** Between two pings while it watches. */
const PING_EVERY_MS = 100;
/** Until the second attempt on a main that stays starved; twice that until the third, and so on: a look costs main. */
const AGAIN_MS = 500;
/**
 * How long a process may take to die of a signal, in milliseconds. It is raised again and again until then: the first
 * ones may still find the listener that was just removed (up to five were needed on a busy machine).
 */
const DYING_MS = 500;
const DIE_AGAIN_MS = 5;

/** Watches over one main. */
export class Guard {
  /** Where the inspector of the process is. */
  inspectorUrl: string | null = null;
  /** The mutexes that main knows. */
  readonly mutexes: Map<SharedArrayBuffer, string> = new Map();
  readonly #setup: Setup;
  readonly #reports: Reports;
  readonly #post: (message: FromSentinel) => void;
  readonly #counts: Int32Array<SharedArrayBuffer>;
  readonly #listeners: Map<SentinelSignal, () => void> = new Map();
  /** Signals that came, by their numbers, until they are seen to be taken. */
  readonly #open: Map<number, SentinelSignal> = new Map();
  #pings = 0;
  /** Counts the calls of `watch`: each ends what the one before began. */
  #watches = 0;
  #freeing: Promise<Freeing> | null = null;
  #ending = false;

  /** Begins to listen. */
  constructor(setup: Setup, reports: Reports, post: (message: FromSentinel) => void) {
    this.#setup = setup;
    this.#reports = reports;
    this.#post = post;
    this.#counts = new Int32Array(setup.counts);
    for (const signal of setup.signals) {
      const listener = () => this.#came(signal);
      this.#listeners.set(signal, listener);
      addSignalListener(signal, listener);
    }
  }

  /** From now on main's loop has to turn once in `starvedMs`; null ends that. */
  watch(starvedMs: number | null): void {
    const watch = ++this.#watches;
    if (starvedMs !== null) void this.#watch(starvedMs, () => this.#watches !== watch);
  }

  /**
   * Listens and watches no more. What came meanwhile and main has not taken does what it would have done without a
   * listener.
   */
  async stop(): Promise<void> {
    this.watch(null);
    if (this.#ending) return;
    this.#ending = true;
    this.#removeListeners();
    const untaken = [...this.#open].filter(([number]) => !this.#isTaken(number));
    for (const signal of new Set(untaken.map(([, signal]) => signal))) {
      await pause(DIE_AGAIN_MS);
      Deno.kill(Deno.pid, signal);
    }
  }

  #came(signal: SentinelSignal): void {
    const number = Atomics.add(this.#counts, COUNTS.came, 1) + 1;
    this.#open.set(number, signal);
    this.#post({ kind: "signal", signal, number });
    void this.#awaitTaken(signal, number).finally(() => this.#open.delete(number));
  }

  #isTaken(number: number): boolean {
    return Atomics.load(this.#counts, COUNTS.taken) >= number;
  }

  #removeListeners(): void {
    for (const [signal, listener] of this.#listeners) removeSignalListener(signal, listener);
  }

  async #awaitTaken(signal: SentinelSignal, number: number): Promise<void> {
    const { boundMs, onStarved } = this.#setup;
    const taken = () => this.#isTaken(number);
    const [inAllMs, ownMs] = [awakeClock(), starvationClock(queuedMs)];
    let help: "not asked" | "under way" | "came" | "none" = onStarved === "end"
      ? "none"
      : "not asked";
    const starvedMs = Math.round(boundMs * STARVED_AFTER);
    for (; !taken(); await pause(STEP_MS)) {
      const [all, own] = [inAllMs(), ownMs()];
      if (all >= boundMs || (help === "none" && own >= boundMs * HELPLESS)) {
        return await this.#end(signal);
      }
      if (help !== "not asked" || all < starvedMs) continue;
      help = "under way";
      this.#free(`main did not take ${signal} in ${starvedMs} ms`)
        .then((free) => help = free ? "came" : "none", () => help = "none");
    }
  }

  async #watch(starvedMs: number, ended: () => boolean): Promise<void> {
    while (!ended()) {
      const number = ++this.#pings;
      const answered = () => Atomics.load(this.#counts, COUNTS.answered) >= number;
      const over = () => answered() || ended();
      this.#post({ kind: "ping", number });
      if (!await metWithin(over, starvedMs)) {
        const occasion = `main's loop did not turn for ${Math.round(starvedMs)} ms`;
        await this.#free(occasion);
        for (let againMs = AGAIN_MS; !await metWithin(over, againMs); againMs *= 2) {
          await this.#free(null);
        }
      }
      await pause(PING_EVERY_MS);
    }
  }

  /**
   * Answers whether main is free, or may be.
   *
   * @param occasion said in the report; null when it was reported before, and only what is done now is news
   */
  async #free(occasion: string | null): Promise<boolean> {
    if (this.#freeing !== null) return isHope(await this.#freeing);
    const number = ++this.#pings;
    this.#post({ kind: "ping", number });
    const report = this.#reports.begin(occasion ?? "main's loop still does not turn");
    const { inspectorUrl, mutexes } = this;
    this.#freeing = freeMain({
      inspectorUrl,
      mutexes,
      turned: () => Atomics.load(this.#counts, COUNTS.answered) >= number,
      before: (cause, does) => report.acts(cause, does),
    });
    try {
      const outcome = await this.#freeing;
      if (outcome.kind === "helpless" && occasion !== null) report.helpless(outcome.cause);
      if (outcome.kind === "in-vain") report.inVain(outcome.cause);
      return isHope(outcome);
    } finally {
      this.#freeing = null;
    }
  }

  async #end(signal: SentinelSignal): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    this.#reports.ends(signal);
    this.#removeListeners();
    // Another sentinel of this process may listen still, and will come to the same end.
    for (const until = monotonicNow() + DYING_MS; monotonicNow() < until;) {
      Deno.kill(Deno.pid, signal);
      await pause(DIE_AGAIN_MS);
    }
    this.#reports.killsHard(signal);
    Deno.kill(Deno.pid, "SIGKILL");
  }
}

function isHope({ kind }: Freeing): boolean {
  return kind === "acted" || kind === "turned";
}
