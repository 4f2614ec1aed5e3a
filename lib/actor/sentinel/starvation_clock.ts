/**
 * Clocks for a main that does not turn its loop. Both stand still while the sentinel itself did not run (a stopped
 * process, a suspended machine), when main could not be seen to turn. For a person who waits for Ctrl-C nothing else
 * counts. Where nobody waits, main gets more patience: the other clock also stands still while main was queued for a
 * processor.
 *
 * Invariant: the latter runs at no less than {@linkcode SLOWEST} of the former, so that a bound stays a bound on a
 * machine whose processors are taken: main is queued again and again there, however it spins.
 *
 * @module
 */

/** Longest time between two readings that counts in full. */
const LONGEST_STEP_MS = 100;
/** Of the time awake, at least. */
const SLOWEST = 0.5;

/** Milliseconds that have passed since the clock was made; to be read often. */
export type StarvationClock = () => number;

/** Starts a clock of the time for which the sentinel was awake. */
export function awakeClock(now: () => number = () => performance.now()): StarvationClock {
  return starvationClock(() => 0, now);
}

/**
 * Starts a clock of the time in which main could have turned.
 *
 * @param queuedMs for how long main has been queued for a processor so far
 * @param now a monotonic time in milliseconds
 */
export function starvationClock(
  queuedMs: () => number,
  now: () => number = () => performance.now(),
): StarvationClock {
  let lastAt = now();
  let lastQueued = queuedMs();
  let awake = 0;
  let able = 0;
  return () => {
    const at = now();
    const queued = queuedMs();
    const step = Math.min(at - lastAt, LONGEST_STEP_MS);
    awake += step;
    able += Math.max(0, step - Math.max(0, queued - lastQueued));
    [lastAt, lastQueued] = [at, queued];
    return Math.max(able, awake * SLOWEST);
  };
}
