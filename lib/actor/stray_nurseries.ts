/**
 * Nurseries that outlive the code that opened them, because nobody awaited them or because somebody stopped waiting
 * (`Promise.race`, a `Promise.all` that failed elsewhere). Python's `async with` cannot be left early; a promise can.
 * So a task does not end before its nurseries have: they are cancelled and joined, and their errors come out with it.
 *
 * @module
 */

import { Cancelled, UsageError } from "./errors.ts";
import { combine } from "./failure.ts";
import type { Task } from "./task.ts";

/** How the code of a task ended: null is well, otherwise its error. */
export type TaskFailure = { readonly error: unknown } | null;

/**
 * Cancels and joins every nursery that `task` has opened and left open.
 *
 * @param failure how the code of the task ended
 * @returns how the task ended; leaving a nursery open without another error is an error
 */
export async function joinStrayNurseries(task: Task, failure: TaskFailure): Promise<TaskFailure> {
  const errors: unknown[] = failure === null ? [] : [failure.error];
  for (let stray = [...task.openNurseries ?? []]; stray.length > 0;) {
    if (errors.length === 0) {
      const names = stray.map((nursery) => `"${nursery.name}"`).join(", ");
      errors.push(
        new UsageError(
          `task "${task.name}" has returned while its nursery ${names} is open: await openNursery()`,
        ),
      );
    }
    for (const nursery of stray) nursery.cancelScope.cancel("its task has returned");
    const outcomes = await Promise.allSettled(stray.map((nursery) => nursery.closing));
    for (const outcome of outcomes) {
      if (outcome.status === "rejected" && !(outcome.reason instanceof Cancelled)) {
        errors.push(outcome.reason);
      }
    }
    stray = [...task.openNurseries ?? []];
  }
  return { error: combine(errors, task.name) };
}
