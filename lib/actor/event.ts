/** A flag that tasks can wait for. @module */

import { checkpointIfDue } from "./checkpoint.ts";
import { type Park, park, type ParkReason, type PeerRef } from "./park.ts";

/** Set once, never unset: make a new one instead. */
export class Event {
  readonly #reason: ParkReason;
  readonly #waiting: Set<Park<void>> = new Set();
  #isSet = false;

  /**
   * @param name for dumps
   * @param peer the actor that is expected to bring it about, if any
   */
  constructor(name = "event", peer?: PeerRef) {
    this.#reason = {
      kind: "event",
      resource: `event "${name}"`,
      ...(peer === undefined ? {} : { peer }),
    };
  }

  /** Whether it was set. */
  get isSet(): boolean {
    return this.#isSet;
  }

  /** How many tasks wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Sets the flag and wakes everybody who waits. */
  set(): void {
    this.#isSet = true;
    for (const self of [...this.#waiting]) self.wake();
    this.#waiting.clear();
  }

  /**
   * Waits until the flag is set. A checkpoint in any case.
   *
   * @throws {Cancelled} when the scope is or gets cancelled
   */
  wait(): Promise<void> {
    if (this.#isSet) return passed();
    return park<void>(this.#reason, this.wait, (self) => {
      this.#waiting.add(self);
      return () => {
        this.#waiting.delete(self);
        return "left";
      };
    });
  }
}

async function passed(): Promise<void> {
  await checkpointIfDue();
}
