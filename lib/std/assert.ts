/**
 * The functions of `@std/assert` that this project uses, under the same names and signatures, as a thin layer over
 * `node:util` and `node:assert`. For tests only: nothing on the path of the command line imports it.
 *
 * Invariant: code that is written against this file runs unchanged against `jsr:@std/assert@^1`.
 *
 * @module
 */

import { AssertionError as NodeAssertionError } from "node:assert";
import { inspect, isDeepStrictEqual } from "node:util";

/** Thrown by every assertion of this module that does not hold. */
export class AssertionError extends Error {
  /** @param message what did not hold */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/** Any constructor, abstract ones too: what `assertInstanceOf` and the error assertions take. */
// deno-lint-ignore no-explicit-any -- a constructor's parameters are contravariant: only `any` admits every class
export type AnyConstructor = abstract new (...args: any[]) => any;

/** The instance type of a constructor. */
export type GetConstructorType<T extends AnyConstructor> = InstanceType<T>;

/** Everything but what is falsy: what `assert` narrows its value to is left to TypeScript's `asserts`. */
type Falsy = false | 0 | 0n | "" | null | undefined;

/** An array-like value for {@linkcode assertArrayIncludes}. */
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
  if (deepEqual(actual, expected)) return;
  throw new AssertionError(`Values are not equal${tail(msg)}\n${diff(actual, expected)}`);
}

/**
 * Holds when the values are not deeply equal.
 *
 * @throws {AssertionError} when they are
 */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!deepEqual(actual, expected)) return;
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
export function assertInstanceOf<T extends AnyConstructor>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is GetConstructorType<T> {
  if (actual instanceof expectedType) return;
  throw new AssertionError(
    `Expected object to be an instance of "${expectedType.name || "anonymous class"}" but was ${
      nameOf(actual)
    }${tail(msg)}`,
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
  const missing = Array.from(expected).filter((want) => !have.some((it) => deepEqual(it, want)));
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
 * @param tolerance absolute; a ten-millionth of `expected` unless given
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

/** @throws {AssertionError} unless `actual > expected` */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (actual > expected) return;
  throw new AssertionError(`Expect ${show(actual)} > ${show(expected)}${tail(msg)}`);
}

/** @throws {AssertionError} unless `actual >= expected` */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (actual >= expected) return;
  throw new AssertionError(`Expect ${show(actual)} >= ${show(expected)}${tail(msg)}`);
}

/** @throws {AssertionError} unless `actual < expected` */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (actual < expected) return;
  throw new AssertionError(`Expect ${show(actual)} < ${show(expected)}${tail(msg)}`);
}

/** @throws {AssertionError} unless `actual <= expected` */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (actual <= expected) return;
  throw new AssertionError(`Expect ${show(actual)} <= ${show(expected)}${tail(msg)}`);
}

/** @throws {AssertionError} always */
export function fail(msg?: string): never {
  throw new AssertionError(`Failed assertion${msg ? `: ${msg}` : "."}`);
}

/** @throws {AssertionError} always: for code that cannot be reached */
export function unreachable(msg?: string): never {
  throw new AssertionError(msg ?? "unreachable");
}

/**
 * Holds when `fn` throws, and what it throws fits: returns that.
 *
 * @throws {AssertionError} when it does not throw, or something else
 */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: abstract new (...args: never[]) => E,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  classOrMsg?: AnyConstructor | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const wanted = readWanted(classOrMsg, msgIncludes, msg);
  let thrown: unknown;
  try {
    fn();
  } catch (error) {
    thrown = error;
    checkError(thrown, wanted);
    return thrown;
  }
  throw new AssertionError(`Expected function to throw${tail(wanted.msg)}`);
}

/**
 * Holds when the promise of `fn` is rejected, and with what fits: resolves to that.
 *
 * @throws {AssertionError} when it is fulfilled, when `fn` throws before it gives a promise, or on another error
 */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: abstract new (...args: never[]) => E,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: AnyConstructor | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const wanted = readWanted(classOrMsg, msgIncludes, msg);
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch (error) {
    throw new AssertionError(`Function throws when expected to reject${tail(wanted.msg)}`, {
      cause: error,
    });
  }
  try {
    await promise;
  } catch (error) {
    checkError(error, wanted);
    return error;
  }
  throw new AssertionError(`Expected function to reject${tail(wanted.msg)}`);
}

/** What the error assertions were asked for, once the two call forms are told apart. */
interface Wanted {
  readonly ErrorClass: AnyConstructor | null;
  readonly msgIncludes: string | undefined;
  readonly msg: string | undefined;
}

function readWanted(
  classOrMsg: AnyConstructor | string | undefined,
  msgIncludes: string | undefined,
  msg: string | undefined,
): Wanted {
  return typeof classOrMsg === "function"
    ? { ErrorClass: classOrMsg, msgIncludes, msg }
    : { ErrorClass: null, msgIncludes: undefined, msg: classOrMsg };
}

function checkError(error: unknown, { ErrorClass, msgIncludes, msg }: Wanted): void {
  if (ErrorClass === null) return;
  if (!(error instanceof Error)) {
    throw new AssertionError(`A non-Error object was thrown or rejected${tail(msg)}`, {
      cause: error,
    });
  }
  if (!(error instanceof ErrorClass)) {
    throw new AssertionError(
      `Expected error to be instance of "${ErrorClass.name}", but was "${nameOf(error)}"${
        tail(msg)
      }`,
      { cause: error },
    );
  }
  if (msgIncludes !== undefined && !error.message.includes(msgIncludes)) {
    throw new AssertionError(
      `Expected error message to include ${show(msgIncludes)}, but got ${show(error.message)}${
        tail(msg)
      }`,
      { cause: error },
    );
  }
}

function deepEqual(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b);
}

function diff(actual: unknown, expected: unknown): string {
  return new NodeAssertionError({ actual, expected, operator: "deepStrictEqual" }).message;
}

function show(value: unknown): string {
  return inspect(value, { depth: Infinity, sorted: true, maxArrayLength: null });
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Object(value).constructor?.name ?? typeof value;
}

function tail(msg: string | undefined): string {
  return msg ? `: ${msg}` : ".";
}
