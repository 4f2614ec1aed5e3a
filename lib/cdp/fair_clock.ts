/**
 * A clock for waiting on an answer from a process that may be starved, in a process that may be starved itself. It
 * stands still while the other side's threads were queued for a processor, and while this process could not have
 * noticed an answer. On a machine whose processors are taken, an isolate that needs a second to be scheduled must not
 * be reported as blocked in native code (seen at 14 runnable threads for 2 processors, with bounds in plain time).
 *
 * Invariant: it never stands still forever. It runs at no less than a fraction of real time, because a thread that
 * spins in native code is queued as well, again and again.
 *
 * @module
 */

/** Longest time between two readings that counts in full: a reader that asks every 20 ms was awake. */
const LONGEST_STEP_MS = 60;
/** Of real time, at least. */
const SLOWEST = 0.25;

/** Milliseconds that have passed fairly since the clock was made; to be read often. */
export type FairClock = () => number;

/**
 * Starts a clock.
 *
 * @param queuedMs how long those who must answer have been queued for a processor so far
 * @param now a monotonic time in milliseconds
 */
export function fairClock(
  queuedMs: () => number,
  now: () => number = () => performance.now(),
): FairClock {
  const startedAt = now();
  let lastAt = startedAt;
  let lastQueued = queuedMs();
  let passed = 0;
  return () => {
    const at = now();
    const queued = queuedMs();
    const awake = Math.min(at - lastAt, LONGEST_STEP_MS);
    passed += Math.max(0, awake - (queued - lastQueued));
    [lastAt, lastQueued] = [at, queued];
    passed = Math.max(passed, (at - startedAt) * SLOWEST);
    return passed;
  };
}
