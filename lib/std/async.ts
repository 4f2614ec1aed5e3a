/**
 * The function of `@std/async` that this project uses, under the same name and signature. For tests only.
 *
 * Invariant: code that is written against this file runs unchanged against `jsr:@std/async@^1`.
 *
 * @module
 */

import { setTimeout as after } from "node:timers/promises";

/** Options of {@linkcode delay}. */
export interface DelayOptions {
  /** Ends the wait early: the promise is rejected with the signal's reason. */
  signal?: AbortSignal;
  /** Whether the wait keeps the process alive; true unless given. */
  persistent?: boolean;
}

/**
 * Resolves after `ms` milliseconds; a negative or missing number counts as 0.
 *
 * @throws {AbortSignal["reason"]} when `options.signal` is aborted before that, or was already
 */
export async function delay(ms: number, options: DelayOptions = {}): Promise<void> {
  const { signal, persistent = true } = options;
  try {
    await after(Math.max(0, ms || 0), undefined, { ref: persistent, ...signal ? { signal } : {} });
  } catch (error) {
    throw signal?.aborted === true ? signal.reason : error;
  }
}
