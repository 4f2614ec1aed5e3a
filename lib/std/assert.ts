/**
 * The functions of `@std/assert` that this project uses, under the same names and signatures, as a thin layer over
 * `node:util` and `node:assert`. For tests only: nothing on the path of the command line imports it.
 *
 * Invariant: code that is written against this file runs unchanged against `jsr:@std/assert@^1`.
 *
 * @module
 */

import { AssertionError as NodeAssertionError } from "node:assert";
import { AssertionError, show, tail, typeName } from "./assertion_error.ts";
import { equal } from "./equal.ts";

export { assertRejects, assertThrows, type ErrorClass } from "./assert_throws.ts";
export { AssertionError } from "./assertion_error.ts";
export { equal } from "./equal.ts";

/** What {@linkcode assertFalse} lets pass. */
export type Falsy = false | 0 | 0n | "" | null | undefined;

/** What {@linkcode assertArrayIncludes} takes: an array, a typed array, anything with a length and elements. */
export type ArrayLikeArg<T> = ArrayLike<T> & object;

/**
 * Holds when `expr` is truthy.
 *
 * @throws {AssertionError} when it is not
 */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/**
 * Holds when `expr` is falsy.
 *
 * @throws {AssertionError} when it is not
 */
export function assertFalse(expr: unknown, msg = ""): asserts expr is Falsy {
  if (expr) throw new AssertionError(msg);
}

/**
 * Holds when both values are deeply equal.
 *
 * @throws {AssertionError} with a diff when they are not
 */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw new AssertionError(`Values are not equal${tail(msg)}\n${diff(actual, expected)}`);
}

/**
 * Holds when the values are not deeply equal.
 *
 * @throws {AssertionError} when they are
 */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(
    `Expected actual: ${show(actual)} not to be: ${show(expected)}${tail(msg)}`,
  );
}

/**
 * Holds when `Object.is(actual, expected)`.
 *
 * @throws {AssertionError} when it is not so
 */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const why = show(actual) === show(expected)
    ? `Values have the same structure but are not reference-equal${tail(msg)}\n\n${show(actual)}\n`
    : `Values are not strictly equal${tail(msg)}\n${diff(actual, expected)}`;
  throw new AssertionError(why);
}

/**
 * Holds when `actual` is neither null nor undefined.
 *
 * @throws {AssertionError} when it is
 */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual !== undefined && actual !== null) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to not be null or undefined${tail(msg)}`,
  );
}

/**
 * Holds when `actual` is an instance of `expectedType`.
 *
 * @throws {AssertionError} when it is not
 */
export function assertInstanceOf<
  // deno-lint-ignore no-explicit-any -- constructor parameters are contravariant: only `any` admits every class
  T extends abstract new (...args: any[]) => any,
>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  throw new AssertionError(
    `Expected object to be an instance of "${expectedType.name}" but was "${typeName(actual)}"${
      tail(msg)
    }`,
  );
}

/**
 * Holds when `actual` matches the regular expression.
 *
 * @throws {AssertionError} when it does not
 */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) return;
  throw new AssertionError(`Expected actual: "${actual}" to match: "${expected}"${tail(msg)}`);
}

/**
 * Holds when `actual` contains `expected`.
 *
 * @throws {AssertionError} when it does not
 */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (actual.includes(expected)) return;
  throw new AssertionError(`Expected actual: "${actual}" to contain: "${expected}"${tail(msg)}`);
}

/**
 * Holds when every element of `expected` is deeply equal to some element of `actual`.
 *
 * @throws {AssertionError} that names the missing ones when it is not so
 */
export function assertArrayIncludes<T>(
  actual: ArrayLikeArg<T>,
  expected: ArrayLikeArg<T>,
  msg?: string,
): void {
  const have = Array.from(actual);
  const missing = Array.from(expected).filter((want) => !have.some((it) => equal(it, want)));
  if (missing.length === 0) return;
  throw new AssertionError(
    `Expected actual: "${show(actual)}" to include: "${show(expected)}"${tail(msg)}\nmissing: ${
      show(missing)
    }`,
  );
}

/**
 * Holds when two numbers are no further apart than `tolerance`.
 *
 * @param tolerance absolute; a hundred-thousandth of a percent of `expected` unless given
 * @throws {AssertionError} when they are
 */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  if (Object.is(actual, expected)) return;
  const bound = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  const delta = Math.abs(expected - actual);
  if (delta <= bound) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to be close to "${expected}": delta "${delta}" is greater than "${bound}"${
      tail(msg)
    }`,
  );
}

/**
 * Holds when `actual` is greater.
 *
 * @throws {AssertionError} when it is not
 */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (actual > expected) return;
  throw new AssertionError(msg ?? `Expect ${show(actual)} > ${show(expected)}`);
}

/**
 * Holds when `actual` is greater or equal.
 *
 * @throws {AssertionError} when it is not
 */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (actual >= expected) return;
  throw new AssertionError(msg ?? `Expect ${show(actual)} >= ${show(expected)}`);
}

/**
 * Holds when `actual` is less.
 *
 * @throws {AssertionError} when it is not
 */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (actual < expected) return;
  throw new AssertionError(msg ?? `Expect ${show(actual)} < ${show(expected)}`);
}

/**
 * Holds when `actual` is less or equal.
 *
 * @throws {AssertionError} when it is not
 */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (actual <= expected) return;
  throw new AssertionError(msg ?? `Expect ${show(actual)} <= ${show(expected)}`);
}

/**
 * Fails the test.
 *
 * @throws {AssertionError} always
 */
export function fail(msg?: string): never {
  throw new AssertionError(`Failed assertion${tail(msg)}`);
}

/**
 * Marks code that cannot be reached.
 *
 * @throws {AssertionError} always
 */
export function unreachable(msg?: string): never {
  throw new AssertionError(`Unreachable${tail(msg)}`);
}

function diff(actual: unknown, expected: unknown): string {
  return new NodeAssertionError({ actual, expected, operator: "deepStrictEqual" }).message;
}
