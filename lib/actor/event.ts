/** A flag that tasks can wait for. @module */

import { operate } from "./checkpoint.ts";
import type { PeerRef } from "./park.ts";
import { ParkingLot } from "./parking_lot.ts";

/** Set once, never unset: make a new one instead. */
export class Event {
  readonly #lot: ParkingLot;
  #isSet = false;

  /**
   * Makes an event that is not set.
   *
   * @param name for dumps
   * @param peer the actor that is expected to bring it about, if any
   */
  constructor(name = "event", peer?: PeerRef) {
    this.#lot = new ParkingLot({
      kind: "event",
      resource: `event "${name}"`,
      ...(peer === undefined ? {} : { peer }),
    });
  }

  /** Whether it was set. */
  get isSet(): boolean {
    return this.#isSet;
  }

  /** How many tasks wait. */
  get waiting(): number {
    return this.#lot.size;
  }

  /** Sets the flag and wakes everybody who waits. */
  set(): void {
    this.#isSet = true;
    this.#lot.unparkAll();
  }

  /**
   * Waits until the flag is set. A checkpoint in any case.
   *
   * @throws {Cancelled} when the scope is or gets cancelled
   */
  wait(): Promise<void> {
    if (this.#isSet) return operate(this.wait, () => {});
    return this.#lot.park(this.wait);
  }
}
