/** Mutual exclusion between the tasks of one isolate. @module */

import { checkpointIfDue } from "./checkpoint.ts";
import { UsageError, WouldBlock } from "./errors.ts";
import { type Park, park, type ParkReason } from "./park.ts";
import { currentTask, type Task } from "./task.ts";

/** A fair lock: who waits longest gets it next. It knows its owner, so a dump can name the holder. */
export class Lock {
  readonly #reason: ParkReason;
  readonly #queue: { readonly task: Task; readonly park: Park<void> }[] = [];
  #owner: Task | null = null;

  /** @param name for dumps */
  constructor(name = "lock") {
    this.#reason = {
      kind: "lock",
      resource: () =>
        `lock "${name}" held by ${
          this.#owner === null ? "nobody" : `task #${this.#owner.id} ${this.#owner.name}`
        }`,
    };
  }

  /** Whether somebody holds it. */
  get locked(): boolean {
    return this.#owner !== null;
  }

  /** The task that holds it, or null. */
  get owner(): Task | null {
    return this.#owner;
  }

  /** How many tasks wait for it. */
  get waiting(): number {
    return this.#queue.length;
  }

  /**
   * Takes the lock at once.
   *
   * @throws {WouldBlock} when somebody else holds it
   * @throws {UsageError} when the caller holds it already
   */
  acquireNowait(): void {
    const task = currentTask();
    if (this.#owner === task) {
      throw new UsageError("this task holds the lock already: it is not reentrant");
    }
    if (this.#owner !== null) throw new WouldBlock("the lock is held");
    this.#owner = task;
  }

  /**
   * Takes the lock, waiting for it if need be.
   *
   * @throws {UsageError} when the caller holds it already
   * @throws {Cancelled} when the scope is or gets cancelled; the lock is then not held
   */
  async acquire(): Promise<void> {
    await checkpointIfDue();
    const task = currentTask();
    if (this.#owner === null || this.#owner === task) return this.acquireNowait();
    await park<void>(this.#reason, this.acquire, (self) => {
      const entry = { task, park: self };
      this.#queue.push(entry);
      return () => {
        this.#queue.splice(this.#queue.indexOf(entry), 1);
        return "left";
      };
    });
  }

  /**
   * Hands the lock to who waits longest, or frees it.
   *
   * @throws {UsageError} when the caller does not hold it
   */
  release(): void {
    if (this.#owner !== currentTask()) {
      throw new UsageError("only the task that holds a lock can release it");
    }
    const next = this.#queue.shift();
    this.#owner = next?.task ?? null;
    next?.park.wake();
  }

  /** Runs `fn` holding the lock. */
  async with<T>(fn: () => T | Promise<T>): Promise<T> {
    await this.acquire();
    try {
      return await fn();
    } finally {
      this.release();
    }
  }
}
