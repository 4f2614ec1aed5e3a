/**
 * How code finds the task and the scope that it runs in: they travel in AsyncLocalStorage, so that code reads as in trio
 * (`await sleep(1_000)`), and a scope stays lexically right even when one task awaits several things at once through
 * `Promise.all`.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { UsageError } from "./errors.ts";
import type { Context, Task } from "./task.ts";

const storage = new AsyncLocalStorage<Context>();

/** Runs `fn` so that everything it awaits happens in `context`. */
export function within<T>(context: Context, fn: () => T): T {
  return storage.run(context, fn);
}

/** The context of the caller, or undefined outside `run()`. */
export function contextOrNone(): Context | undefined {
  return storage.getStore();
}

/**
 * The context of the caller.
 *
 * @throws {UsageError} outside `run()`, also in what a run that is over has left behind: a timer, a listener
 */
export function currentContext(): Context {
  const context = storage.getStore();
  if (context === undefined) {
    throw new UsageError(
      "this operation works only inside run(), and no task is current here: a handler or a timer " +
        "enters through Nursery.enter()",
    );
  }
  if (context.task.run.over) {
    throw new UsageError("the run that this code belongs to is over");
  }
  return context;
}

/**
 * The task that the caller runs in.
 *
 * @throws {UsageError} outside `run()`
 */
export function currentTask(): Task {
  return currentContext().task;
}
