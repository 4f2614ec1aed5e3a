/**
 * Checks of values that come from another process, by hand: schemas would cost every run their loading.
 *
 * @module
 */

/** Whether a value is a `T`. */
export type Check<T> = (value: unknown) => value is T;
/** A check for every field; the compiler holds each to the type of its field. */
export type Fields<T> = { readonly [K in keyof T]-?: Check<T[K]> };

/** A string. */
export const text: Check<string> = (value) => typeof value === "string";
/** A finite number. */
export const number: Check<number> = (value): value is number => Number.isFinite(value);
/** A boolean. */
export const flag: Check<boolean> = (value) => typeof value === "boolean";

/** The same, or null. */
export function nullable<T>(check: Check<T>): Check<T | null> {
  return (value): value is T | null => value === null || check(value);
}

/** A field that may be absent. */
export function optional<T>(check: Check<T>): Check<T> {
  return (value): value is T => value === undefined || check(value);
}

/** A list of the same. */
export function list<T>(check: Check<T>): Check<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(check);
}

/** One of some words. */
export function word<const T extends string>(...words: readonly T[]): Check<T> {
  return (value): value is T => words.some((known) => known === value);
}

/** An object with these fields, and perhaps others. */
export function object<T>(fields: Fields<T>): Check<T> {
  const checks: readonly [string, Check<unknown>][] = Object.entries(fields);
  return (value): value is T =>
    isObject(value) && checks.every(([key, check]) => check(value[key]));
}

/** An object that is no list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
