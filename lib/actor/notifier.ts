/**
 * A notification to whoever waits at that moment. Nothing is remembered of it: who begins to wait afterwards waits for
 * the next one. For what stays true once it is true, use an Event, which cannot be missed.
 *
 * A notification that reached nobody is counted, because it is what a lost wake-up leaves behind: a dump shows beside a
 * wait how many had been sent to nobody before it began.
 *
 * @module
 */

import { currentTime } from "./clock.ts";
import { ParkingLot } from "./parking_lot.ts";

/** A place to be notified at. */
export class Notifier {
  readonly #lot: ParkingLot;
  #missed: { readonly count: number; readonly lastMs: number } | null = null;

  /**
   * Makes a place where nobody waits yet.
   *
   * @param name for dumps
   */
  constructor(name = "notifier") {
    this.#lot = new ParkingLot({
      kind: "event",
      resource: `notification "${name}"`,
      missed: () => this.#missed,
    });
  }

  /** How many tasks wait. */
  get waiting(): number {
    return this.#lot.size;
  }

  /** Wakes everybody who waits now. Returns how many that were. */
  notifyAll(): number {
    const woken = this.#lot.unparkAll().length;
    this.#missed = woken > 0
      ? null
      : { count: (this.#missed?.count ?? 0) + 1, lastMs: currentTime() };
    return woken;
  }

  /**
   * Waits for the next notification. A checkpoint.
   *
   * @throws {Cancelled} when the scope is or gets cancelled
   */
  wait(): Promise<void> {
    return this.#lot.park(this.wait);
  }
}
