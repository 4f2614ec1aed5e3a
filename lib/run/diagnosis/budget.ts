/**
 * The time that a diagnosis may take: about three times a single run. It is asked only when the smallest things have
 * been tried and one of them has helped; what is left then would tell what else works, not what the cause is.
 *
 * @module
 */

/** Below three, for the first run is a little slower than one alone: copies run beside it. */
const TIMES = 2.7;

/** Counts it. */
export class Budget {
  readonly #now: () => number;
  readonly #startMs: number;
  #firstMs: number | null = null;
  #longestMs = 0;

  /** @param now a clock in milliseconds that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#startMs = now();
  }

  /** Since the diagnosis began. */
  get elapsedMs(): number {
    return this.#now() - this.#startMs;
  }

  /** The first run is over. */
  firstDone(): void {
    this.#firstMs = this.elapsedMs;
  }

  /** A copy is over that took so long. */
  copyDone(ms: number): void {
    this.#longestMs = Math.max(this.#longestMs, ms);
  }

  /** Whether there is time for another copy, if it takes as long as the longest so far. */
  get hasTime(): boolean {
    if (this.#firstMs === null) return true;
    return this.elapsedMs + this.#longestMs <= TIMES * this.#firstMs;
  }
}
