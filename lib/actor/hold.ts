/** Waiting for what the runtime does not know. @module */

import { leave, park } from "./park.ts";

/**
 * Waits for a foreign promise, under a label that the dump shows. On cancel the wait ends; what the promise stands for
 * goes on, and its result is dropped.
 *
 * @param promise any promise that was not made by this runtime
 * @param label what it stands for, in words
 * @returns what the promise resolved to
 * @throws {Cancelled} when the scope is or gets cancelled
 * @throws whatever the promise was rejected with
 */
export function hold<T>(promise: PromiseLike<T>, label: string): Promise<T> {
  // Whether or not the wait is entered or outlives it, somebody must take the rejection, or the process dies of it.
  promise.then(undefined, () => {});
  return park<T>({ kind: "hold", resource: label }, hold, (self) => {
    promise.then((value) => self.wake(value), (error) => self.fail(error));
    return leave;
  });
}
