/**
 * `assertThrows` and `assertRejects` of `@std/assert`: that something fails, and with the right error.
 *
 * @module
 */

import { stripVTControlCharacters } from "node:util";
import { AssertionError, show, tail, typeName } from "./assertion_error.ts";

/** A class of errors, abstract ones too. */
// deno-lint-ignore no-explicit-any -- constructor parameters are contravariant: only `any` admits every error class
export type ErrorClass<E extends Error = Error> = abstract new (...args: any[]) => E;

/**
 * Holds when `fn` throws, whatever that is, and returns it.
 *
 * @throws {AssertionError} when it does not throw
 */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/**
 * Holds when `fn` throws an instance of `ErrorClass` whose message contains `msgIncludes`, and returns it.
 *
 * @throws {AssertionError} when it does not throw, or something else
 */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  classOrMsg?: ErrorClass | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const wanted = readWanted(classOrMsg, msgIncludes, msg);
  try {
    fn();
  } catch (error) {
    check(error, wanted, "thrown");
    return error;
  }
  throw new AssertionError(`Expected function to throw${tail(wanted.msg)}`);
}

/**
 * Holds when the promise that `fn` returns is rejected, whatever with, and resolves to that.
 *
 * @throws {AssertionError} when it is fulfilled, or `fn` throws or returns something else than a promise
 */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/**
 * Holds when the promise that `fn` returns is rejected with an instance of `ErrorClass` whose message contains
 * `msgIncludes`, and resolves to that.
 *
 * @throws {AssertionError} when it is not, or `fn` throws or returns something else than a promise
 */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorClass | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const wanted = readWanted(classOrMsg, msgIncludes, msg);
  const promise = start(fn, wanted);
  try {
    await promise;
  } catch (error) {
    check(error, wanted, "rejected");
    return error;
  }
  throw new AssertionError(`Expected function to reject${tail(wanted.msg)}`);
}

/** What was asked for, once the two call forms are told apart. */
interface Wanted {
  readonly ErrorClass: ErrorClass | null;
  readonly msgIncludes: string;
  readonly msg: string | undefined;
}

function readWanted(
  classOrMsg: ErrorClass | string | undefined,
  msgIncludes: string | undefined,
  msg: string | undefined,
): Wanted {
  return typeof classOrMsg === "function"
    ? { ErrorClass: classOrMsg, msgIncludes: msgIncludes ?? "", msg }
    : { ErrorClass: null, msgIncludes: "", msg: classOrMsg };
}

function start(fn: () => PromiseLike<unknown>, { msg }: Wanted): PromiseLike<unknown> {
  const why = `Function throws when expected to reject${tail(msg)}`;
  let returned: unknown;
  try {
    returned = fn();
  } catch (cause) {
    throw new AssertionError(why, { cause });
  }
  if (isThenable(returned)) return returned;
  throw new AssertionError(why);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}

function check(error: unknown, { ErrorClass, msgIncludes, msg }: Wanted, how: string): void {
  if (ErrorClass === null) return;
  if (!(error instanceof Error)) {
    throw new AssertionError(`A non-Error object was ${how}${tail(msg)}`, { cause: error });
  }
  if (!(error instanceof ErrorClass)) {
    throw new AssertionError(
      `Expected error to be instance of "${ErrorClass.name}", but was "${typeName(error)}"${
        tail(msg)
      }`,
      { cause: error },
    );
  }
  // Colours are presentation: neither side's count.
  const plain = stripVTControlCharacters;
  if (!plain(error.message).includes(plain(msgIncludes))) {
    throw new AssertionError(
      `Expected error message to include ${show(msgIncludes)}, but got ${show(error.message)}${
        tail(msg)
      }`,
      { cause: error },
    );
  }
}
