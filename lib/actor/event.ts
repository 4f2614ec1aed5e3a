/** What tasks can wait for: a flag that stays set, a notification that does not, a value that comes once. @module */

import { nameText } from "../protocol/text.ts";
import { afterCheckpoint } from "./checkpoint.ts";
import { currentTime } from "./clock.ts";
import type { Abort, Park, Where } from "./park.ts";
import { ParkingLot } from "./parking_lot.ts";
import type { PeerRef } from "./task.ts";

let newPeerEvent: (name: string, peer: PeerRef) => Event;

/** Set once, never unset: make a new one instead. */
export class Event {
  #lot: ParkingLot;
  #isSet = false;

  /**
   * Makes an event that is not set.
   *
   * @param name for dumps
   */
  constructor(name = "event") {
    this.#lot = lotOf(name);
  }

  static {
    newPeerEvent = (name, peer) => {
      const event = new Event(name);
      event.#lot = lotOf(name, peer);
      return event;
    };
  }

  /** Whether it was set. */
  get isSet(): boolean {
    return this.#isSet;
  }

  /** How many tasks wait. */
  get waiting(): number {
    return this.#lot.size;
  }

  /** Sets the flag and wakes the tasks that wait. */
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
    return this.waitAt(this.wait);
  }

  /**
   * The same on behalf of the code at `where`.
   *
   * @internal
   */
  waitAt(where: Where): Promise<void> {
    return this.#isSet ? afterCheckpoint(where, () => {}) : this.#lot.park(where);
  }
}

/**
 * An event that an actor is expected to bring about. For the runtime alone: every look reads the peer, so it must not be
 * an object of the program.
 */
export function peerEvent(name: string, peer: PeerRef): Event {
  return newPeerEvent(name, peer);
}

function lotOf(name: string, peer?: PeerRef): ParkingLot {
  return new ParkingLot({
    kind: "event",
    resource: `event "${nameText(name)}"`,
    ...(peer === undefined ? {} : { peer }),
  });
}

/**
 * A place where tasks are notified: each notification wakes the tasks that wait at that moment and is not remembered,
 * so a task that begins to wait afterwards waits for the next one. For what stays true once it is true, use an
 * {@linkcode Event}, which cannot be missed.
 *
 * A notification that reached no task is counted, because it is what a lost wake-up leaves behind: a dump shows beside
 * a wait how many had been sent in vain before it began.
 */
export class Notifier {
  readonly #lot: ParkingLot;
  #missed: { readonly count: number; readonly lastMs: number } | null = null;

  /**
   * Makes a place where no task waits yet.
   *
   * @param name for dumps
   */
  constructor(name = "notifier") {
    this.#lot = new ParkingLot({
      kind: "event",
      resource: `notification "${nameText(name)}"`,
      missed: () => this.#missed,
    });
  }

  /** How many tasks wait. */
  get waiting(): number {
    return this.#lot.size;
  }

  /** Wakes the tasks that wait now. Returns how many there were. */
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

/** A value that comes once, from outside, perhaps before a task waits for it. The first outcome counts. */
export class Slot<T> {
  readonly #waiting: Set<Park<T>> = new Set();
  #outcome: { readonly ok: true; readonly value: T } | {
    readonly ok: false;
    readonly error: unknown;
  } | null = null;

  /** Whether it has come. */
  get filled(): boolean {
    return this.#outcome !== null;
  }

  /** Whether a task waits for it. */
  get awaited(): boolean {
    return this.#waiting.size > 0;
  }

  fill(value: T): void {
    this.#outcome ??= { ok: true, value };
    this.#settle();
  }

  /** Brings an error instead. */
  fail(error: unknown): void {
    this.#outcome ??= { ok: false, error };
    this.#settle();
  }

  /** Wakes `park` once the outcome is there, at once if it is. Answers how to withdraw. */
  attach(park: Park<T>): Abort {
    this.#waiting.add(park);
    this.#settle();
    return () => {
      this.#waiting.delete(park);
      return "left";
    };
  }

  #settle(): void {
    const outcome = this.#outcome;
    if (outcome === null) return;
    for (const park of this.#waiting) {
      if (outcome.ok) park.wake(outcome.value);
      else park.fail(outcome.error);
    }
    this.#waiting.clear();
  }
}
