/**
 * The code of a task, from its first line to the end of the last nursery that it opened.
 *
 * A nursery can outlive the code that opened it, because it was not awaited or because the wait was given up
 * (`Promise.race`, a `Promise.all` that failed elsewhere). Python's `async with` cannot be left early; a promise can.
 * So a task does not end before its nurseries have: they are cancelled and joined, and their errors come out with it.
 *
 * @module
 */

import { combine, type Failed, UsageError } from "./errors.ts";
import type { Task, TaskFailure } from "./task.ts";

/** What a task runs. */
export type TaskFn = () => unknown;

/** Runs the code of a task. No async function, which would cost every task 400 bytes. */
export function beginTask(task: Task, fn: TaskFn): void {
  task.state = "running";
  let result: unknown;
  try {
    result = fn();
  } catch (error) {
    endTask(task, { error });
    return;
  }
  if (!isThenable(result)) return endTask(task, null);
  Promise.resolve(result).then(() => endTask(task, null), (error) => endTask(task, { error }));
}

function endTask(task: Task, failure: TaskFailure): void {
  // The nursery is read last: start() may have handed the task over.
  if (task.openNurseries === null || task.openNurseries.size === 0) {
    task.nursery?.taskEnded(task, failure);
  } else {
    joinStrayNurseries(task, failure).then((failure) => task.nursery?.taskEnded(task, failure));
  }
}

/** Whether to await `value` can give anything but `value`. */
export function isThenable(value: unknown): boolean {
  return (typeof value === "object" || typeof value === "function") && value !== null &&
    "then" in value;
}

/**
 * Cancels and joins every nursery that `task` has opened and left open.
 *
 * @param failure how the code of the task ended
 * @returns how the task ended; leaving a nursery open without another error is an error
 */
export async function joinStrayNurseries(task: Task, failure: TaskFailure): Promise<TaskFailure> {
  const failed: Failed[] = failure === null
    ? []
    : [{ error: failure.error, who: `task "${task.name}"` }];
  for (let stray = [...task.openNurseries ?? []]; stray.length > 0;) {
    if (failed.length === 0) {
      const names = stray.map((nursery) => `"${nursery.name}"`).join(", ");
      failed.push({
        who: `task "${task.name}"`,
        error: new UsageError(
          `task "${task.name}" has returned while its nursery ${names} is open: await openNursery()`,
        ),
      });
    }
    for (const nursery of stray) nursery.cancelScope.cancel("its task has returned");
    const outcomes = await Promise.allSettled(stray.map((nursery) => nursery.closing));
    for (const [at, outcome] of outcomes.entries()) {
      if (outcome.status !== "rejected") continue;
      failed.push({ who: `nursery "${stray[at]?.name}"`, error: outcome.reason });
    }
    stray = [...task.openNurseries ?? []];
  }
  return { error: combine(failed, task.name) };
}

/** Bodies that have begun on this stack, each inside the one before. */
let begunInside = 0;
const MOST_INSIDE = 200;

/** Begins a body: at once, or, of many each inside of the other, in a stack of its own. */
export function begun<T>(body: () => T | Promise<T>): T | Promise<T> {
  if (begunInside >= MOST_INSIDE) {
    return Promise.resolve().then(body);
  }
  begunInside++;
  try {
    return body();
  } finally {
    begunInside--;
  }
}
