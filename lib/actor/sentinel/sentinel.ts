/**
 * `startSentinel()`: a watchdog worker that owns SIGINT (and SIGTERM, if asked to). It hands the signal to main while
 * main's loop turns; when it does not, it frees main, or ends the process with the signal, within a bounded time.
 *
 * Without it a listener for SIGINT in main makes a process that Ctrl-C cannot end while main is stuck: the signal is
 * taken by the process, and its listener waits for a turn of the loop. A worker has its own loop.
 *
 * Invariant: each signal reaches main exactly once, or ends the process. Main never listens itself, also not until the
 * sentinel does: a main that got stuck in between could not take its listener back, and Ctrl-C would be lost. Until
 * then the signal ends the process, as it ends every program that is only starting. When nothing is wrong the sentinel
 * costs one idle worker: main does nothing for it, it does not keep the process alive, and it never connects to an
 * inspector.
 *
 * @module
 */

import {
  addSignalListener,
  clearInterval,
  removeSignalListener,
  setInterval,
  Worker,
} from "../../protocol/platform.ts";
import {
  COUNTS,
  COUNTS_BYTES,
  type FromSentinel,
  type HeldLock,
  type OnStarved,
  type SentinelSignal,
  type ToSentinel,
} from "./messages.ts";
import { installSelfReport } from "./self_report.ts";
import { installValve } from "./valve.ts";

export type { OnStarved, SentinelSignal } from "./messages.ts";

/** Options of {@linkcode startSentinel}. */
export interface SentinelOptions {
  /** Signals that it owns. Default `["SIGINT"]`. */
  readonly signals?: readonly SentinelSignal[];
  /**
   * Called in main for each signal while main's loop turns. Default: ends the process with `Deno.exit(130)`, or 143 for
   * SIGTERM, so that `unload` listeners run.
   */
  readonly onSignal?: (signal: SentinelSignal) => void;
  /**
   * Within how many milliseconds a signal is taken by main or ends the process. After a fifth of them main counts as
   * starved; one that cannot be freed is given six tenths, if it had a processor meanwhile. At least 50. Default 250.
   */
  readonly boundMs?: number;
  /**
   * `free`: after part of the bound main is looked into and freed, if the inspector of the process is open
   * (`deno run --inspect`); it is never opened for that, since anybody on the machine could use it. `end`: the process
   * is ended when the bound is over, without a look. Default `free`.
   */
  readonly onStarved?: OnStarved;
  /** Where it says what it did. Default `stderr`. */
  readonly report?: "stderr" | "none";
}

/** What the actor runtime adds. */
export interface SentinelWiring {
  /** Journal file that it writes to, or null. */
  readonly journal?: string | null;
  /** Locks that main is blocked on and should not wait for. */
  readonly hostages?: () => readonly HeldLock[];
}

const EXIT_CODES: Readonly<Record<SentinelSignal, number>> = { SIGINT: 130, SIGTERM: 143 };
const LEAST_BOUND_MS = 50;
const STARVED_MS = 500;
const KEEP_ALIVE_MS = 2 ** 30;

/**
 * Starts a sentinel.
 *
 * ```ts
 * import { startSentinel } from "@unwedge/unwedge";
 *
 * using sentinel = startSentinel({ onSignal: () => shutdown.abort() });
 * ```
 *
 * @throws {RangeError} when `boundMs` is less than 50
 * @throws {Deno.errors.NotCapable} when a worker may not be started from this module
 */
export function startSentinel(options: SentinelOptions = {}): Sentinel {
  return new Sentinel(options, {});
}

/** A running sentinel. */
export class Sentinel implements Disposable, AsyncDisposable {
  readonly #worker: Worker;
  readonly #signals: readonly SentinelSignal[];
  readonly #onSignal: (signal: SentinelSignal) => void;
  readonly #counts: Int32Array<SharedArrayBuffer>;
  /** Main's own listeners, when there is no sentinel to own the signals. */
  readonly #listeners: Map<SentinelSignal, () => void> = new Map();
  readonly #ready: PromiseWithResolvers<boolean> = Promise.withResolvers();
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
  #keepAlive: ReturnType<typeof setInterval> | undefined;
  #settled = false;
  #disposed = false;

  /**
   * Use {@linkcode startSentinel}.
   *
   * @internal
   */
  constructor(options: SentinelOptions, wiring: SentinelWiring) {
    const { signals = ["SIGINT"], boundMs = 250, onStarved = "free" } = options;
    if (!(boundMs >= LEAST_BOUND_MS)) {
      throw new RangeError(`boundMs must be at least ${LEAST_BOUND_MS} ms, got ${boundMs}`);
    }
    this.#signals = [...new Set(signals)];
    this.#onSignal = options.onSignal ?? ((signal) => Deno.exit(EXIT_CODES[signal]));
    const counts = new SharedArrayBuffer(COUNTS_BYTES);
    this.#counts = new Int32Array(counts);
    const [first] = this.#signals;
    if (first !== undefined) startSignalThread(first);
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), {
      type: "module",
      name: "sentinel",
    });
    unref(this.#worker);
    this.#worker.onmessage = ({ data }: MessageEvent<FromSentinel>) => this.#take(data, onStarved);
    this.#worker.onerror = (event) => {
      // An error event that is not prevented ends the process; without its sentinel it is what it was before.
      event.preventDefault();
      this.#listen();
      this.#settle(false);
      this.#ended.resolve();
    };
    installValve();
    installSelfReport(wiring.hostages ?? null);
    const { journal = null } = wiring;
    const stderr = (options.report ?? "stderr") === "stderr";
    const setup = { counts, signals: this.#signals, boundMs, onStarved, stderr, journal };
    this.#post({ kind: "setup", setup });
  }

  /**
   * Resolves when it owns the signals and knows its way into main: true. Before that the signals do what they did
   * before. False when it was disposed of, or could not be started: main then listens for the signals itself.
   */
  get ready(): Promise<boolean> {
    // The worker does not keep the process alive, but a wait for it does.
    if (!this.#settled) this.#keepAlive ??= setInterval(() => {}, KEEP_ALIVE_MS);
    return this.#ready.promise;
  }

  /** Tells it of a mutex that main may block on. */
  guardMutex(name: string, memory: SharedArrayBuffer): void {
    this.#post({ kind: "mutex", name, memory });
  }

  /**
   * From now on main is freed also when no signal comes, once its loop has not turned for `starvedMs` milliseconds
   * (default 500). The process is never ended for that. Costs one message to main and back every 100 ms.
   */
  watch(starvedMs: number = STARVED_MS): void {
    this.#post({ kind: "watch", starvedMs });
  }

  /** Ends {@linkcode Sentinel.watch}. */
  unwatch(): void {
    this.#post({ kind: "watch", starvedMs: null });
  }

  /** Takes now what has come and would reach main with the next turn of its loop. */
  heed(): void {
    const came = Atomics.load(this.#counts, COUNTS.came);
    const untaken = came - Atomics.load(this.#counts, COUNTS.taken);
    Atomics.store(this.#counts, COUNTS.taken, came);
    // Which of several signals they were, only the messages know; the first one is who asked.
    const [signal] = this.#signals;
    if (untaken > 0 && signal !== undefined) this.#onSignal(signal);
  }

  /**
   * Ends it, once main has taken what has come: a millisecond later its worker lets go of the signals, and they do what
   * they did before it was started. One that comes meanwhile is raised again. What may be lost is a signal that Deno
   * has taken and not yet told the worker of when the listener is removed, as with every listener.
   */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.heed();
    this.#post({ kind: "end" });
    this.#disposed = true;
    for (const [signal, listener] of this.#listeners) removeSignalListener(signal, listener);
    this.#settle(false);
  }

  /** The same, and resolves when the signals do what they did before. */
  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
    const keepAlive = setInterval(() => {}, KEEP_ALIVE_MS);
    await this.#ended.promise;
    clearInterval(keepAlive);
  }

  #take(message: FromSentinel, onStarved: OnStarved): void {
    if (message.kind === "ended") return this.#ended.resolve();
    if (this.#disposed) return;
    switch (message.kind) {
      case "ready":
        if (onStarved === "free") void this.#tellInspector();
        else this.#settle(true);
        break;
      case "ping":
        Atomics.store(this.#counts, COUNTS.answered, message.number);
        break;
      case "signal":
        if (message.number <= Atomics.load(this.#counts, COUNTS.taken)) break;
        Atomics.store(this.#counts, COUNTS.taken, message.number);
        this.#onSignal(message.signal);
        break;
    }
  }

  #settle(ready: boolean): void {
    this.#settled = true;
    clearInterval(this.#keepAlive);
    this.#ready.resolve(ready);
  }

  #listen(): void {
    if (this.#disposed || this.#listeners.size > 0) return;
    for (const signal of this.#signals) {
      const listener = () => this.#onSignal(signal);
      this.#listeners.set(signal, listener);
      addSignalListener(signal, listener);
    }
  }

  /** Only the isolate itself knows its inspector's address, and a main that is stuck tells it to no one. */
  async #tellInspector(): Promise<void> {
    if (Deno.permissions.querySync({ name: "sys" }).state === "granted") {
      const { default: inspector } = await import("node:inspector");
      const url = inspector.url();
      if (url !== undefined) this.#post({ kind: "inspector", url });
    }
    this.#settle(true);
  }

  #post(message: ToSentinel): void {
    if (!this.#disposed) this.#worker.postMessage(message);
  }
}

/**
 * The thread on which Deno takes signals starts with the first listener of the process, and is named after the thread
 * that added it. Had that been the sentinel's worker, one that looks at threads would see a worker that never ends.
 */
function startSignalThread(signal: SentinelSignal): void {
  const listener = () => {};
  addSignalListener(signal, listener);
  removeSignalListener(signal, listener);
}

/**
 * A web Worker has no `unref` in Deno 2.9, but a method for those of Node, under a symbol without a name. If
 * there is none, the process waits for its sentinel until that is disposed of.
 */
function unref(worker: Worker): void {
  const symbols = Object.getOwnPropertySymbols(Worker.prototype);
  const unref = symbols.filter(({ description }) => description === undefined);
  const [only] = unref;
  if (only === undefined || unref.length > 1) return;
  const ref: unknown = Reflect.get(Worker.prototype, only);
  if (typeof ref === "function" && ref.length === 1) ref.call(worker, false);
}
