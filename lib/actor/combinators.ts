/**
 * Several things at once, of which one, or all, are wanted. Unlike `Promise.race` and `Promise.all`, which leave the
 * losers running, each of these ends all that it began before it returns.
 *
 * @module
 */

import { openNursery } from "./nursery.ts";
import { UsageError } from "./errors.ts";

/** What {@linkcode select} found first. */
export type Selected<T extends Readonly<Record<string, () => unknown>>> = {
  [K in keyof T & string]: { readonly key: K; readonly value: Awaited<ReturnType<T[K]>> };
}[keyof T & string];

/**
 * Runs functions as tasks until the first has ended, and cancels the others.
 *
 * What one that loses has taken by then is gone with it: a value that two branches could receive is received in one.
 *
 * @returns what the first returned
 * @throws whatever the first threw
 * @throws {UsageError} without functions, or outside `run()`
 */
export async function race<T>(fns: readonly (() => T | Promise<T>)[]): Promise<T> {
  const branches: Record<string, () => T | Promise<T>> = {};
  for (const [at, fn] of fns.entries()) branches[at] = fn;
  return await firstOf(branches, "race").then(({ value }) => value);
}

/**
 * {@linkcode race} between functions with names.
 *
 * @returns the name of the first that has ended, and what it returned
 * @throws whatever the first threw
 * @throws {UsageError} without functions, or outside `run()`
 */
export async function select<T extends Readonly<Record<string, () => unknown>>>(
  branches: T,
): Promise<Selected<T>> {
  return await firstOf(branches, "select") as Selected<T>;
}

/**
 * Runs functions as tasks until all have ended. The first that throws cancels the others.
 *
 * @returns what they returned, in their order
 * @throws what one threw; an AggregateError when it is several
 * @throws {UsageError} outside `run()`
 */
export async function all<T>(fns: readonly (() => T | Promise<T>)[]): Promise<T[]> {
  const results = new Array<T>(fns.length);
  await openNursery((nursery) => {
    for (const [at, fn] of fns.entries()) {
      nursery.spawn(async () => {
        results[at] = await fn();
      }, fn.name === "" ? `all, ${at}` : fn.name);
    }
  }, { name: "all" });
  return results;
}

async function firstOf<T>(
  branches: Readonly<Record<string, () => T | Promise<T>>>,
  what: string,
): Promise<{ readonly key: string; readonly value: T }> {
  const entries = Object.entries(branches);
  if (entries.length === 0) throw new UsageError(`${what} takes at least one function`);
  let first: { readonly key: string; readonly value: T } | null = null;
  await openNursery((nursery) => {
    for (const [key, fn] of entries) {
      nursery.spawn(async () => {
        const value = await fn();
        first ??= { key, value };
        nursery.cancelScope.cancel(`${key} was first`);
      }, fn.name === "" ? `${what}, ${key}` : fn.name);
    }
  }, { name: what });
  if (first === null) throw new UsageError(`${what} was cancelled`);
  return first;
}
