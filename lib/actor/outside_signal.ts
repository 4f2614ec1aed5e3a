/** An AbortSignal of the program that cancels a scope. @module */

import { thrownText } from "../protocol/text.ts";
import { Cancelled } from "./errors.ts";
import type { CancelReason } from "../protocol/terms.ts";

/** What a signal can do to a scope. */
interface Cancellable {
  cancel(detail: string): void;
  cancelBecause(reason: CancelReason): void;
}

/** Invariant: nothing of it is left at the signal, which may live as long as the program, once {@linkcode stop} was called. */
export class OutsideSignal {
  readonly #signal: AbortSignal;
  #onAbort: (() => void) | null = null;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** From now on `scope` is cancelled when the signal aborts; at once when it has. */
  listen(scope: Cancellable): void {
    const onAbort = () => {
      const why: unknown = this.#signal.reason;
      // The signal of another scope passes its cause on.
      if (why instanceof Cancelled) scope.cancelBecause(why.reason);
      else scope.cancel(thrownText(why));
    };
    if (this.#signal.aborted) return onAbort();
    this.#onAbort = onAbort;
    this.#signal.addEventListener("abort", onAbort);
  }

  /** Listens no more. */
  stop(): void {
    if (this.#onAbort !== null) this.#signal.removeEventListener("abort", this.#onAbort);
    this.#onAbort = null;
  }
}
