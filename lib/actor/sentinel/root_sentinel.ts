/**
 * The sentinel of a root actor: SIGINT reaches the root task through it, it watches main's loop while an actor nursery
 * is torn down, and it knows the mutexes that main may block on.
 *
 * Without a signal it acts only during a teardown: what a program does with its main isolate before that is its own
 * affair, and a long computation is no hang.
 *
 * @module
 */

import { setTimeout } from "../../protocol/platform.ts";
import type { SigintSource } from "../run.ts";
import { hostages, tellMutexes } from "../shared_mutex.ts";
import { Sentinel } from "./sentinel.ts";

/** What the options of the run say about it. */
export interface RootSentinelOptions {
  /** Whether it owns SIGINT; otherwise it only watches. Default true. */
  readonly handleSigint?: boolean;
  /** Where it writes down what it does; without one it says so on stderr. */
  readonly journal?: string | null;
  /** Within how many milliseconds a signal is taken or ends the process. */
  readonly signalBoundMs?: number;
}

/** A sentinel for one run. */
export class RootSentinel implements SigintSource, Disposable {
  readonly #sentinel: Sentinel;
  #onSigint: () => void = raiseLater;

  /**
   * Starts it.
   *
   * @throws {RangeError} when its bound is less than 50 ms
   */
  constructor(
    { handleSigint = true, journal = null, signalBoundMs }: RootSentinelOptions,
  ) {
    this.#sentinel = new Sentinel({
      signals: handleSigint ? ["SIGINT"] : [],
      onSignal: () => this.#onSigint(),
      ...signalBoundMs === undefined ? {} : { boundMs: signalBoundMs },
      report: journal === null ? "stderr" : "none",
    }, { journal, hostages });
    tellMutexes(({ name, memory }) => this.#sentinel.guardMutex(name, memory));
  }

  /** Resolves when it stands, or cannot; see `Sentinel.ready`. */
  get ready(): Promise<boolean> {
    return this.#sentinel.ready;
  }

  listen(onSigint: () => void): () => void {
    this.#onSigint = onSigint;
    return () => {
      this.#onSigint = raiseLater;
    };
  }

  heed(): void {
    this.#sentinel.heed();
  }

  /** A teardown begins, or is over. */
  teardown(underWay: boolean): void {
    if (underWay) this.#sentinel.watch();
    else this.#sentinel.unwatch();
  }

  [Symbol.dispose](): void {
    tellMutexes(null);
    this.#sentinel[Symbol.dispose]();
  }
}

/** For a signal that comes when the run takes none any more: it does what it does without a listener. */
function raiseLater(): void {
  setTimeout(() => Deno.kill(Deno.pid, "SIGINT"), 0);
}
