/**
 * Long work in slices, between which the event loop turns: signals, timers and answers are not kept waiting while a
 * large heap is analysed.
 *
 * @module
 */

/** The longest that work goes on without a turn of the event loop. */
const SLICE_MS = 50;

/** The pace of one piece of work. */
export class Pace {
  readonly #signal: AbortSignal | undefined;
  #until = performance.now() + SLICE_MS;

  /** @param signal ends the work */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Whether a slice is over, and {@linkcode turn} is due. */
  get isDue(): boolean {
    return performance.now() >= this.#until;
  }

  /** Turns the event loop. @throws the reason of the signal, once it is aborted */
  async turn(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    this.#signal?.throwIfAborted();
    this.#until = performance.now() + SLICE_MS;
  }
}
