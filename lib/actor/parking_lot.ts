/**
 * A fair place to wait in: the task that came first is woken first. Locks and events are built on it.
 *
 * A lot can break: then no task in it will ever be woken, all tasks in it hear so, and no task gets in any more. A task
 * that others depend on makes itself responsible for the lot, and the lot breaks when that task ends.
 *
 * @module
 */

import { BrokenResourceError, UsageError } from "./errors.ts";
import { type Park, park, type ParkReason, waitIn, type Where } from "./park.ts";
import { currentTask } from "./context.ts";
import type { Breakable, Task } from "./task.ts";

/** Where tasks wait in order. */
export class ParkingLot implements Breakable {
  readonly #reason: ParkReason;
  readonly #parked: Set<Park<void>> = new Set();
  readonly #brokenBy: Task[] = [];

  /** @param reason what the dump says about the tasks in here */
  constructor(reason: ParkReason) {
    this.#reason = reason;
  }

  /** How many wait. */
  get size(): number {
    return this.#parked.size;
  }

  /** Whether `task` waits here. */
  holds(task: Task): boolean {
    for (const parked of this.#parked) if (parked.task === task) return true;
    return false;
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
    return park<void>(this.#reason, where, waitIn(this.#parked));
  }

  /** Wakes the first `count`, and returns the tasks that were woken, first come first. */
  unpark(count = 1): Task[] {
    return this.#take(count).map((parked) => {
      parked.wake();
      return parked.task;
    });
  }

  /** Wakes all. */
  unparkAll(): Task[] {
    return this.unpark(Infinity);
  }

  /** Breaks the lot in the name of `task`. Breaking it again only adds a name. */
  break(task: Task = currentTask()): void {
    this.#brokenBy.push(task);
    for (const parked of this.#take(Infinity)) parked.fail(this.#brokenError("was broken"));
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

  #take(count: number): Park<void>[] {
    const taken: Park<void>[] = [];
    for (const parked of this.#parked) {
      if (taken.length >= count) break;
      this.#parked.delete(parked);
      taken.push(parked);
    }
    return taken;
  }

  #brokenError(what: string): BrokenResourceError {
    const names = this.#brokenBy.map((task) => `task #${task.id} ${task.name}`).join(", ");
    return new BrokenResourceError(`this waiting place ${what} by the end of ${names}`);
  }
}
