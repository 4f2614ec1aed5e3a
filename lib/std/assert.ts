/**
 * The functions of `@std/assert` that this project uses, under the same names and signatures: `node:assert` decides and
 * words what differs. For tests only.
 *
 * Invariant: code that is written against this file runs unchanged against `jsr:@std/assert@^1`.
 *
 * @module
 */

import node from "node:assert";
import { inspect } from "node:util";
import { errorMessage } from "../protocol/error_message.ts";

/** Thrown by every assertion that does not hold. */
export class AssertionError extends Error {
  override name = "AssertionError";
}

/** What {@linkcode assertFalse} lets pass. */
export type Falsy = false | 0 | 0n | "" | null | undefined;

/** A class, abstract ones too. */
// deno-lint-ignore no-explicit-any -- constructor parameters are contravariant: only `any` admits every class
export type AnyClass<T> = abstract new (...args: any[]) => T;

/** Holds when `expr` is truthy. @throws {AssertionError} when it is not */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) fail(msg);
}

/** Holds when `expr` is falsy. @throws {AssertionError} when it is not */
export function assertFalse(expr: unknown, msg = ""): asserts expr is Falsy {
  if (expr) fail(msg);
}

/** Holds when both values are deeply equal. @throws {AssertionError} with the differences when they are not */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  holds(() => node.deepStrictEqual(actual, expected), msg);
}

/** Holds when the values are not deeply equal. @throws {AssertionError} when they are */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  holds(() => node.notDeepStrictEqual(actual, expected), msg);
}

/** Holds when `Object.is(actual, expected)`. @throws {AssertionError} when it is not so */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  holds(() => node.strictEqual(actual, expected), msg);
}

/** Holds when `actual` is an instance of `expectedType`. @throws {AssertionError} when it is not */
export function assertInstanceOf<T extends AnyClass<unknown>>(
  actual: unknown,
  expectedType: T,
  msg?: string,
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  fail(msg ?? `expected an instance of ${expectedType.name}, got ${inspect(actual)}`);
}

/** Holds when `actual` matches the regular expression. @throws {AssertionError} when it does not */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  holds(() => node.match(actual, expected), msg);
}

/** Holds when `actual` contains `expected`. @throws {AssertionError} when it does not */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (!actual.includes(expected)) fail(msg ?? `expected to contain "${expected}":\n${actual}`);
}

/** Holds when two numbers are no further apart than `tolerance`. @throws {AssertionError} when they are */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance = Math.abs(expected * 1e-7),
  msg?: string,
): void {
  if (Object.is(actual, expected) || Math.abs(expected - actual) <= tolerance) return;
  fail(msg ?? `expected ${actual} to be within ${tolerance} of ${expected}`);
}

/** Holds when `actual` is greater. @throws {AssertionError} when it is not */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) fail(msg ?? `expected ${actual} > ${expected}`);
}

/** Holds when `actual` is greater or equal. @throws {AssertionError} when it is not */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) fail(msg ?? `expected ${actual} >= ${expected}`);
}

/** Holds when `actual` is less. @throws {AssertionError} when it is not */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) fail(msg ?? `expected ${actual} < ${expected}`);
}

/** Holds when `actual` is less or equal. @throws {AssertionError} when it is not */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) fail(msg ?? `expected ${actual} <= ${expected}`);
}

/** Fails the test. @throws {AssertionError} always */
export function fail(msg = "failed"): never {
  throw new AssertionError(msg);
}

/**
 * Holds when `fn` throws, an instance of `errorClass` whose message contains `msgIncludes` where they are given, and
 * returns what it threw.
 *
 * @throws {AssertionError} when it does not throw, or something else
 */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass?: AnyClass<E>,
  msgIncludes = "",
  msg?: string,
): E {
  try {
    fn();
  } catch (error) {
    return checked(error, errorClass, msgIncludes, msg);
  }
  fail(msg ?? "expected the function to throw");
}

/**
 * Holds when the promise that `fn` returns is rejected, as {@linkcode assertThrows} has it, and resolves to the reason.
 *
 * @throws {AssertionError} when it is fulfilled or rejected with something else, or `fn` throws
 */
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass?: AnyClass<E>,
  msgIncludes = "",
  msg?: string,
): Promise<E> {
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch (cause) {
    throw new AssertionError(msg ?? "the function throws when expected to reject", { cause });
  }
  try {
    await promise;
  } catch (error) {
    return checked(error, errorClass, msgIncludes, msg);
  }
  fail(msg ?? "expected the promise to be rejected");
}

function checked<E extends Error>(
  error: unknown,
  errorClass: AnyClass<E> | undefined,
  msgIncludes: string,
  msg: string | undefined,
): E {
  // Without a class anything may be thrown, and the caller knows what it asked for.
  if (errorClass === undefined) return error as E;
  if (!(error instanceof errorClass)) {
    throw new AssertionError(
      msg ?? `expected an instance of ${errorClass.name}, got ${inspect(error)}`,
      { cause: error },
    );
  }
  assertStringIncludes(error.message, msgIncludes, msg);
  return error;
}

/** Runs an assertion of `node:assert`, and has it fail as ours do. */
function holds(assertion: () => void, msg: string | undefined): void {
  try {
    assertion();
  } catch (error) {
    const why = errorMessage(error);
    throw new AssertionError(msg === undefined ? why : `${msg}\n${why}`);
  }
}
