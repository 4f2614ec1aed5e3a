/**
 * The functions of `@std/async` that this project uses, under the same names and signatures. They stand on the web
 * built-ins (timers, `AbortSignal.timeout`, `AbortSignal.any`) and import nothing: `node:timers/promises` costs a
 * process about 7 ms of its start, and its timer fires at once beyond 2^31 ms, which the documented one does not.
 *
 * Invariant: code that is written against this file runs unchanged against `jsr:@std/async@^1`.
 *
 * @module
 */

/** The longest wait that one timer of the platform can hold, in milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Options of {@linkcode delay}. */
export interface DelayOptions {
  /** Ends the wait early: the promise is rejected with the signal's reason. */
  signal?: AbortSignal;
  /** Whether the wait keeps the process alive; true unless given. */
  persistent?: boolean;
}

/**
 * Resolves after `ms` milliseconds; a negative or missing number counts as 0, and any length is possible.
 *
 * @throws {AbortSignal["reason"]} when `options.signal` is aborted before that, or was already
 */
export function delay(ms: number, options: DelayOptions = {}): Promise<void> {
  const { signal, persistent = true } = options;
  if (signal?.aborted) return Promise.reject(signal.reason);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onAbort = () => {
    clearTimeout(timer);
    reject(signal?.reason);
  };
  const wait = (leftMs: number) => {
    const sliceMs = Math.min(leftMs, MAX_TIMER_MS);
    timer = setTimeout(() => {
      if (leftMs > sliceMs) return wait(leftMs - sliceMs);
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, sliceMs);
    // Not Deno.unrefTimer(id): on 2.9.6 it does nothing for the number of a timer, and the process stays.
    if (!persistent) timer.unref();
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  // Deno warns on stderr of a timer of less than nothing, or of NaN.
  wait(Math.max(0, ms || 0));
  return promise;
}

/** Options of {@linkcode deadline}. */
export interface DeadlineOptions {
  /** Ends the wait early: the promise is rejected with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Settles as `p` does, unless that takes longer than `ms` milliseconds. `p` itself goes on: nothing is cancelled.
 *
 * @param ms `Number.MAX_SAFE_INTEGER` or more means without end
 * @throws {DOMException} named `TimeoutError` when the time is up
 * @throws {AbortSignal["reason"]} when `options.signal` is aborted first
 */
export async function deadline<T>(
  p: Promise<T>,
  ms: number,
  options: DeadlineOptions = {},
): Promise<T> {
  const ends: AbortSignal[] = options.signal ? [options.signal] : [];
  if (ms < Number.MAX_SAFE_INTEGER) ends.unshift(AbortSignal.timeout(ms));
  return await abortable(p, AbortSignal.any(ends));
}

/**
 * Settles as `p` does, or is rejected with the signal's reason when that is aborted first.
 *
 * @throws {AbortSignal["reason"]} when the signal is aborted, also when it was before the call
 */
export function abortable<T>(p: Promise<T>, signal: AbortSignal): Promise<T>;
/**
 * Yields what `p` yields until the signal is aborted; then the source is closed and the loop over it throws.
 *
 * @throws {AbortSignal["reason"]} when the signal is aborted, also when it was before the first step
 */
export function abortable<T>(p: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T>;
export function abortable<T>(
  p: Promise<T> | AsyncIterable<T>,
  signal: AbortSignal,
): Promise<T> | AsyncGenerator<T> {
  return p instanceof Promise ? untilAborted(p, signal) : stepsUntilAborted(p, signal);
}

function untilAborted<T>(p: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    // Listening to `p` also when the signal was aborted before: its own rejection is then handled, and not the
    // process's end.
    p.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

async function* stepsUntilAborted<T>(p: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  signal.throwIfAborted();
  const steps = p[Symbol.asyncIterator]();
  let exhausted = false;
  try {
    while (true) {
      const step = await untilAborted(Promise.resolve(steps.next()), signal);
      if (step.done) {
        exhausted = true;
        return step.value;
      }
      yield step.value;
    }
  } finally {
    if (!exhausted) await steps.return?.();
  }
}
