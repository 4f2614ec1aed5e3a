/** Mutual exclusion between the tasks of one isolate. @module */

import { nameText } from "../protocol/text.ts";
import { afterCheckpoint } from "./checkpoint.ts";
import { BrokenResourceError, UsageError, WouldBlock } from "./errors.ts";
import type { Where } from "./park.ts";
import { ParkingLot } from "./parking_lot.ts";
import { currentTask } from "./context.ts";
import type { Task } from "./task.ts";

const TWICE = "this task holds the lock already, or waits for it: it is not reentrant, and what " +
  "shall hold it one after the other (Promise.all) are tasks of a nursery";

/**
 * A fair lock: the task that waits longest gets it next. It knows its owner, so a dump can name the holder, and an
 * owner that ends without releasing it breaks it, so that no task waits for a dead one.
 */
export class Lock {
  readonly #lot: ParkingLot;
  #owner: Task | null = null;

  /**
   * Makes a free lock.
   *
   * @param name for dumps
   */
  constructor(name = "lock") {
    const text = nameText(name);
    this.#lot = new ParkingLot({
      kind: "lock",
      resource: () => `lock "${text}" held by ${nameOf(this.#owner)}`,
      onTasks: () => this.#owner === null ? [] : [this.#owner],
    });
  }

  /** Whether a task holds it. */
  get locked(): boolean {
    return this.#owner !== null;
  }

  /** The task that holds it, or null. */
  get owner(): Task | null {
    return this.#owner;
  }

  /** How many tasks wait for it. */
  get waiting(): number {
    return this.#lot.size;
  }

  /**
   * Takes the lock at once.
   *
   * @throws {WouldBlock} when another task holds it
   * @throws {UsageError} when the caller holds it already
   */
  acquireNowait(): void {
    if (!this.#take()) throw new WouldBlock(`the lock is held by ${nameOf(this.#owner)}`);
  }

  /**
   * Takes the lock, waiting for it if need be.
   *
   * @throws {UsageError} when the caller holds it already, or waits for it
   * @throws {BrokenResourceError} when its owner has ended or ends without releasing it
   * @throws {Cancelled} when the scope is or gets cancelled; the lock is then not held
   */
  acquire(): Promise<void> {
    return this.#acquire(this.acquire);
  }

  /**
   * Hands the lock to the task that waits longest, or frees it.
   *
   * @throws {UsageError} when the caller does not hold it
   */
  release(): void {
    const task = currentTask();
    if (this.#owner !== task) {
      throw new UsageError("only the task that holds a lock can release it");
    }
    this.#lot.removeBreaker(task);
    const [next] = this.#lot.unpark();
    this.#owner = null;
    if (next !== undefined) this.#giveTo(next);
  }

  /**
   * Takes the lock as {@linkcode acquire} does, for a block: `using _ = await lock.held();`. The end of the block, in the
   * same task, releases it.
   *
   * @throws what {@linkcode acquire} throws
   */
  async held(): Promise<Disposable> {
    await this.#acquire(this.held);
    return { [Symbol.dispose]: () => this.release() };
  }

  /**
   * Runs `fn` holding the lock.
   *
   * @returns what `fn` returned
   * @throws what {@linkcode acquire} throws
   * @throws whatever `fn` throws
   */
  async with<T>(fn: () => T | Promise<T>): Promise<T> {
    await this.#acquire(this.with);
    try {
      return await fn();
    } finally {
      this.release();
    }
  }

  #acquire(where: Where): Promise<void> {
    return afterCheckpoint(where, (where) => {
      if (this.#take()) return;
      // Whether it could have had it at once must not decide what becomes of the second.
      if (this.#lot.holds(currentTask())) throw new UsageError(TWICE);
      return this.#wait(where);
    });
  }

  #take(): boolean {
    const task = currentTask();
    if (this.#owner === task) {
      throw new UsageError(TWICE);
    }
    if (this.#owner !== null) return false;
    this.#giveTo(task);
    return true;
  }

  #giveTo(task: Task): void {
    this.#owner = task;
    this.#lot.addBreaker(task);
  }

  async #wait(where: Where): Promise<void> {
    try {
      await this.#lot.park(where);
    } catch (error) {
      if (!(error instanceof BrokenResourceError)) throw error;
      const holder = nameOf(this.#owner);
      throw new BrokenResourceError(`the lock is lost: ${holder} ended without releasing it`, {
        cause: error,
      });
    }
  }
}

function nameOf(task: Task | null): string {
  return task === null ? "no task" : `task #${task.id} ${task.name}`;
}
