/**
 * Signals to unwedge while a subject runs. The first asks for an orderly stop, the second kills the subject's group,
 * the third leaves at once; each says what it does. Signals closer together than 400 ms are one: `deno task` and some
 * terminals deliver a single Ctrl-C twice.
 *
 * @module
 */

import { SIGNAL_CODES, type StopSignal } from "./exit_code.ts";

const SAME_MS = 400;
const SIGNALS = Object.keys(SIGNAL_CODES) as StopSignal[];

/** What happens on a signal, in words. */
export interface InterruptNotice {
  readonly signal: StopSignal;
  readonly then: string;
}

/** Listens from its construction until it is disposed of. */
export class Interrupts implements Disposable {
  readonly #stop = new AbortController();
  readonly #kill = new AbortController();
  readonly #say: (notice: InterruptNotice) => void;
  readonly #leave: (code: number) => void;
  readonly #listeners = new Map<StopSignal, () => void>();
  readonly #now: () => number;
  #first: StopSignal | null = null;
  #lastAt = -Infinity;
  /** Told of each signal that counts, for the record. */
  onNotice: (notice: InterruptNotice) => void = () => {};

  /**
   * @param say tells the person what a signal will do, before it is done
   * @param leave ends this process now
   */
  constructor(
    say: (notice: InterruptNotice) => void,
    leave: (code: number) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#say = say;
    this.#leave = leave;
    this.#now = now;
    for (const signal of SIGNALS) {
      const listener = () => this.receive(signal);
      Deno.addSignalListener(signal, listener);
      this.#listeners.set(signal, listener);
    }
  }

  /** Aborted by the first signal: stop in order. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** Aborted by the second signal: kill the subject's group. */
  get kill(): AbortSignal {
    return this.#kill.signal;
  }

  /** The signal that came first and decides the exit code, or null. */
  get by(): StopSignal | null {
    return this.#first;
  }

  /** Takes a signal as if the kernel had sent it. */
  receive(signal: StopSignal): void {
    const now = this.#now();
    if (now - this.#lastAt < SAME_MS) return;
    this.#lastAt = now;
    if (this.#first === null) {
      this.#first = signal;
      this.#notify(
        signal,
        "dumping what is there and stopping in order, at most 3 s; again to kill it now",
      );
      this.#stop.abort();
    } else if (!this.#kill.signal.aborted) {
      this.#notify(signal, "killing the subject; the report is partial; again to leave at once");
      this.#kill.abort();
    } else {
      this.#notify(signal, "leaving at once");
      this.#leave(SIGNAL_CODES[this.#first]);
    }
  }

  [Symbol.dispose](): void {
    for (const [signal, listener] of this.#listeners) Deno.removeSignalListener(signal, listener);
    this.#listeners.clear();
  }

  #notify(signal: StopSignal, then: string): void {
    this.#say({ signal, then });
    this.onNotice({ signal, then });
  }
}
