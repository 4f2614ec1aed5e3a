/**
 * A clock and a timer that a test may replace under the runtime, which takes its own when it is loaded
 * (`lib/protocol/platform.ts`). To be imported before anything of the runtime.
 *
 * @module
 */

const { setTimeout } = globalThis;

/** What the runtime asks, through the functions that it found. */
export const platform: {
  now: () => number;
  onTimeout: (ms: number | undefined) => void;
} = { now: performance.now.bind(performance), onTimeout: () => {} };

Object.defineProperty(performance, "now", { value: () => platform.now(), configurable: true });
Object.assign(globalThis, {
  setTimeout: (fn: () => void, ms?: number) => {
    platform.onTimeout(ms);
    return setTimeout(fn, ms);
  },
});
