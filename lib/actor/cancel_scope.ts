/**
 * Cancel scopes as code uses them: a region of code that can be cancelled as one, by hand or by a deadline. What a
 * cancel reaches, and which scope absorbs it, `scope.ts` decides.
 *
 * @module
 */

import type { CancelReason } from "../protocol/terms.ts";
import { currentTime } from "./clock.ts";
import { Cancelled, TooSlowError, UsageError } from "./errors.ts";
import { Scope } from "./scope.ts";
import type { BoundOptions } from "./scope_options.ts";
import { currentContext, within } from "./context.ts";
import { isThenable } from "./task_body.ts";

export type { BoundOptions, CancelScopeOptions } from "./scope_options.ts";

/** How a scope was left. */
export type ScopeOutcome<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "cancelled"; readonly reason: CancelReason };

/** A region of code that can be cancelled as one. */
export class CancelScope extends Scope {
  /**
   * Runs `fn` inside the scope.
   *
   * @throws {UsageError} when the scope was entered before, or outside `run()`
   * @throws whatever `fn` throws, less the Cancelled of this scope
   */
  async run<T>(fn: (scope: CancelScope) => T | Promise<T>): Promise<ScopeOutcome<T>> {
    const { task, scope: outer } = currentContext();
    this.open(outer);
    try {
      return { kind: "done", value: await within({ task, scope: this }, () => fn(this)) };
    } catch (error) {
      return this.absorb(error);
    } finally {
      this.close();
    }
  }

  /**
   * {@linkcode run} for a function that may not wait: when it returns no promise, there is none to await here either.
   *
   * @internal
   * @throws {UsageError} when the scope was entered before, or outside `run()`
   * @throws whatever `fn` throws, less the Cancelled of this scope; a promise rejects with what comes later
   */
  begin(fn: () => unknown): ScopeOutcome<unknown> | Promise<ScopeOutcome<unknown>> {
    const { task, scope: outer } = currentContext();
    this.open(outer);
    let waits = false;
    try {
      const value = within({ task, scope: this }, fn);
      waits = isThenable(value);
      return waits ? this.#settled(value) : { kind: "done", value };
    } catch (error) {
      return this.absorb(error);
    } finally {
      if (!waits) this.close();
    }
  }

  async #settled(value: unknown): Promise<ScopeOutcome<unknown>> {
    try {
      return { kind: "done", value: await value };
    } catch (error) {
      return this.absorb(error);
    } finally {
      this.close();
    }
  }
}

/**
 * Runs `fn` for at most `ms` milliseconds, then cancels it and goes on.
 *
 * @returns `done` with the value, or `cancelled` with the reason when the time ran out or the signal aborted
 * @throws {UsageError} when `ms` is negative or NaN
 */
export async function moveOnAfter<T>(
  ms: number,
  fn: (scope: CancelScope) => T | Promise<T>,
  options: BoundOptions = {},
): Promise<ScopeOutcome<T>> {
  return await bounded(checked(ms, "moveOnAfter"), fn, { name: `moveOnAfter ${ms}ms`, ...options });
}

/**
 * Runs `fn` until `currentTime()` reaches `atMs`, then cancels it and goes on.
 *
 * @returns `done` with the value, or `cancelled` with the reason when the time ran out or the signal aborted
 * @throws {UsageError} when `atMs` is NaN
 */
export async function moveOnAt<T>(
  atMs: number,
  fn: (scope: CancelScope) => T | Promise<T>,
  options: BoundOptions = {},
): Promise<ScopeOutcome<T>> {
  return await bounded(atMs, fn, { name: "moveOnAt", ...options });
}

/**
 * Runs `fn` for at most `ms` milliseconds.
 *
 * @returns what `fn` returned
 * @throws {TooSlowError} when the time ran out and `fn` was cancelled for it
 * @throws the reason of the signal, when `fn` was cancelled for that
 * @throws {UsageError} when `ms` is negative or NaN
 */
export async function failAfter<T>(
  ms: number,
  fn: (scope: CancelScope) => T | Promise<T>,
  options: BoundOptions = {},
): Promise<T> {
  return await failing(checked(ms, "failAfter"), fn, { name: `failAfter ${ms}ms`, ...options });
}

/**
 * Runs `fn` until `currentTime()` reaches `atMs`.
 *
 * @returns what `fn` returned
 * @throws {TooSlowError} when the time ran out and `fn` was cancelled for it
 * @throws the reason of the signal, when `fn` was cancelled for that
 * @throws {UsageError} when `atMs` is NaN
 */
export async function failAt<T>(
  atMs: number,
  fn: (scope: CancelScope) => T | Promise<T>,
  options: BoundOptions = {},
): Promise<T> {
  return await failing(atMs, fn, { name: "failAt", ...options });
}

async function failing<T>(
  atMs: number,
  fn: (scope: CancelScope) => T | Promise<T>,
  options: BoundOptions & { readonly name: string },
): Promise<T> {
  const outcome = await bounded(atMs, fn, options);
  if (outcome.kind === "done") return outcome.value;
  const { signal } = options;
  if (signal?.aborted === true && outcome.reason.source !== "deadline") throw signal.reason;
  // The scope may have been cancelled by hand before its time: that is the caller's doing, and still no value.
  throw new TooSlowError(`${options.name}: ${outcome.reason.source} ended it`, {
    cause: new Cancelled(outcome.reason),
  });
}

function bounded<T>(
  atMs: number,
  fn: (scope: CancelScope) => T | Promise<T>,
  options: BoundOptions & { readonly name: string },
): Promise<ScopeOutcome<T>> {
  return new CancelScope({ ...options, deadline: atMs }).run(fn);
}

function checked(ms: number, what: string): number {
  if (!(ms >= 0)) throw new UsageError(`${what} takes a duration of at least 0 ms, got ${ms}`);
  return currentTime() + ms;
}
