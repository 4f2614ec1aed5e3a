/** A task that is waited for by itself, or cancelled by itself. @module */

import { CancelScope } from "./cancel_scope.ts";
import { Cancelled } from "./errors.ts";
import { Slot } from "./event.ts";
import type { Nursery } from "./nursery.ts";
import { park, type ParkReason } from "./park.ts";
import { captureSite } from "./site.ts";
import type { Task } from "./task.ts";
import { assertFunction, nameOf } from "./task_fn.ts";

/** A handle on one task of a nursery, which joins it like any other. */
export class TaskHandle<T = unknown> {
  /** The task. */
  readonly task: Task;
  readonly #scope: CancelScope;
  readonly #result: Slot<T>;

  /** @internal {@linkcode spawnHandle} makes handles. */
  constructor(task: Task, scope: CancelScope, result: Slot<T>) {
    this.task = task;
    this.#scope = scope;
    this.#result = result;
  }

  /**
   * Waits for what the function returned. A wait like any other: a caller that is cancelled waits no longer, and the task
   * goes on.
   *
   * @throws what the function threw; its nursery fails with the same error, once
   * @throws {Cancelled} when the task was cancelled, or the caller's scope is or gets cancelled
   * @throws {UsageError} outside `run()`
   */
  result(): Promise<T> {
    const reason: ParkReason = {
      kind: "join",
      resource: `result of task #${this.task.id} ${this.task.name}`,
      onTasks: () => this.task.state === "done" ? [] : [this.task],
    };
    return park<T>(reason, this.result, (self) => this.#result.attach(self));
  }

  /**
   * Cancels this task and nothing beside it: every wait of it throws until it ends. Its nursery takes that for an
   * ordinary end. Does nothing once the task has ended.
   */
  cancel(why = "cancel()"): void {
    this.#scope.cancel(why);
  }
}

/**
 * Starts `fn` as a task of `nursery`, as its `spawn` does, and gives a handle on it. An error of the task fails the
 * nursery, whether or not code waits for its result.
 *
 * @throws {UsageError} when the nursery is closed, or `fn` is not a function
 */
export function spawnHandle<T>(
  nursery: Nursery,
  fn: () => T | Promise<T>,
  name: string = nameOf(fn),
): TaskHandle<T> {
  assertFunction(fn, "spawnHandle");
  const scope = new CancelScope({ name: `task ${name}` });
  const result = new Slot<T>();
  const task = nursery.spawn(
    async () => {
      try {
        const outcome = await scope.run(fn);
        if (outcome.kind === "done") result.fill(outcome.value);
        else result.fail(new Cancelled(outcome.reason));
      } catch (error) {
        result.fail(error);
        throw error;
      }
    },
    name,
    captureSite(spawnHandle),
  );
  return new TaskHandle(task, scope, result);
}
