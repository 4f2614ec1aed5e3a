/** What a nursery asks of a function that shall become a task: that it is one, its name, and where it was spawned. @module */

import { queueMicrotask } from "../protocol/platform.ts";
import { UsageError } from "./errors.ts";

/**
 * How many tasks that are spawned at a stretch note where. Code that spawns more than this between two awaits does it
 * in a loop, and capturing costs more than everything else that makes a task.
 */
const SITES_PER_STRETCH = 1_000;

let spawnedInStretch = 0;

/** The name of a task that is given none. */
export function nameOf(fn: unknown): string {
  return typeof fn === "function" && fn.name !== "" ? fn.name : "task";
}

/** Whether a task that is spawned now is among the first of its stretch. */
export function inStretch(): boolean {
  if (spawnedInStretch === 0) queueMicrotask(() => spawnedInStretch = 0);
  return ++spawnedInStretch <= SITES_PER_STRETCH;
}

/** @throws {UsageError} when `fn` is none; `where` is the method that takes one */
export function assertFunction(fn: unknown, where: string): void {
  if (typeof fn === "function") return;
  const got = fn instanceof Promise ? "a promise: call the function inside the task" : String(fn);
  throw new UsageError(`${where} takes a function, got ${got}`);
}
