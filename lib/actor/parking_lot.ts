/**
 * A fair place to wait in: the task that came first is woken first. Locks and events are built on it.
 *
 * A lot can break: then no task in it will ever be woken, all tasks in it hear so, and no task gets in any more. A task
 * that others depend on makes itself responsible for the lot, and the lot breaks when that task ends.
 *
 * @module
 */

import { BrokenResourceError, UsageError } from "./errors.ts";
import { type Park, park, type ParkReason, type Where } from "./park.ts";
import { type Breakable, currentTask, type Task } from "./task.ts";

/** A wait, and where it is now. */
interface Place {
  readonly park: Park<void>;
  lot: ParkingLot;
}

/** Where tasks wait in order. */
export class ParkingLot implements Breakable {
  readonly #reason: ParkReason;
  readonly #places: Set<Place> = new Set();
  readonly #brokenBy: Task[] = [];

  /**
   * Makes an empty lot.
   *
   * @param reason what the dump says about the tasks in here
   */
  constructor(reason: ParkReason) {
    this.#reason = reason;
  }

  /** How many wait. */
  get size(): number {
    return this.#places.size;
  }

  /** The tasks that broke it, in the order in which they did. */
  get brokenBy(): readonly Task[] {
    return this.#brokenBy;
  }

  /**
   * Waits until woken.
   *
   * @param where the public function whose caller the dump should name
   * @throws {BrokenResourceError} when the lot is or gets broken
   * @throws {Cancelled} when the scope is or gets cancelled
   */
  park(where: Where = this.park): Promise<void> {
    if (this.#brokenBy.length > 0) return Promise.reject(this.#brokenError("is broken"));
    return park<void>(this.#reason, where, (self) => {
      const place: Place = { park: self, lot: this };
      this.#places.add(place);
      return () => {
        place.lot.#places.delete(place);
        return "left";
      };
    });
  }

  /**
   * Wakes the first `count`.
   *
   * @returns the tasks that were woken, first come first
   * @throws {UsageError} when `count` is neither an integer of at least 0 nor Infinity
   */
  unpark(count = 1): Task[] {
    return this.#take(count).map(({ park }) => {
      park.wake();
      return park.task;
    });
  }

  /** Wakes all. */
  unparkAll(): Task[] {
    return this.unpark(Infinity);
  }

  /**
   * Moves the first `count` to the end of `other`, where they go on waiting.
   *
   * @throws {UsageError} when `count` is neither an integer of at least 0 nor Infinity
   */
  repark(other: ParkingLot, count = 1): void {
    for (const place of this.#take(count)) {
      place.lot = other;
      place.park.reason = other.#reason;
      other.#places.add(place);
    }
  }

  /** Breaks the lot in the name of `task`. Breaking it again only adds a name. */
  break(task: Task = currentTask()): void {
    this.#brokenBy.push(task);
    for (const { park } of this.#take(Infinity)) park.fail(this.#brokenError("was broken"));
  }

  /**
   * Makes `task` responsible: when it ends without having handed that back, the lot breaks.
   *
   * @throws {BrokenResourceError} when `task` has ended
   */
  addBreaker(task: Task): void {
    if (task.state === "done") {
      throw new BrokenResourceError(
        `task #${task.id} ${task.name} has ended: it cannot answer for a lot`,
      );
    }
    (task.responsibleFor ??= []).push(this);
  }

  /**
   * Takes the responsibility back.
   *
   * @throws {UsageError} when `task` does not have it
   */
  removeBreaker(task: Task): void {
    const at = task.responsibleFor?.indexOf(this) ?? -1;
    if (at < 0) throw new UsageError(`task #${task.id} ${task.name} does not answer for this lot`);
    task.responsibleFor?.splice(at, 1);
  }

  /** A task ended that answered for the lot. */
  breakOff(task: Task): void {
    this.break(task);
  }

  #take(count: number): Place[] {
    if (!(count >= 0) || (count !== Infinity && !Number.isInteger(count))) {
      throw new UsageError(`a number of tasks is an integer of at least 0, got ${count}`);
    }
    const taken: Place[] = [];
    for (const place of this.#places) {
      if (taken.length >= count) break;
      this.#places.delete(place);
      taken.push(place);
    }
    return taken;
  }

  #brokenError(what: string): BrokenResourceError {
    const names = this.#brokenBy.map((task) => `task #${task.id} ${task.name}`).join(", ");
    return new BrokenResourceError(`this waiting place ${what} by the end of ${names}`);
  }
}
