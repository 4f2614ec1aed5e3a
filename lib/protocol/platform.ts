/**
 * The clocks, timers and other functions of the platform that the runtime works with, as they were before the program
 * was loaded. Libraries for tests replace them (`Date`, `setTimeout`, `performance.now`, `queueMicrotask`), and a
 * runtime that asked the replacements would sleep, beat and write times by a clock that the test holds still.
 *
 * Invariant: loaded in every isolate before code of the program is. The runtime, the journal and the heartbeat use
 * these names and never the globals (`tests/structure_test.ts`).
 *
 * @module
 */

export const {
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  setImmediate,
  MessageChannel,
  Worker,
  WebSocket,
  AbortController,
  structuredClone,
  Error: PlatformError,
  JSON: { parse: parseJson, stringify: toJson },
}: Pick<
  typeof globalThis,
  | "setTimeout"
  | "clearTimeout"
  | "setInterval"
  | "clearInterval"
  | "setImmediate"
  | "MessageChannel"
  | "Worker"
  | "WebSocket"
  | "AbortController"
  | "structuredClone"
  | "Error"
  | "JSON"
> = globalThis;

export const { unrefTimer, addSignalListener, removeSignalListener, exit }: Pick<
  typeof Deno,
  "unrefTimer" | "addSignalListener" | "removeSignalListener" | "exit"
> = Deno;

/** Key (for `Symbol.for`) of the platform's timers, for an observer that makes one to see what all are made of. */
export const TIMERS_KEY = "unwedge.timers";
Object.defineProperty(globalThis, Symbol.for(TIMERS_KEY), { value: { setTimeout, clearTimeout } });

/** Epoch milliseconds at which the monotonic clock of this isolate was 0. */
export const { timeOrigin } = performance;

/** Milliseconds of the monotonic clock, with a fraction. */
export const monotonicNow: () => number = performance.now.bind(performance);

/** Epoch milliseconds of the system's clock, which may be set back; a tenth of the cost of the monotonic one. */
export const wallNow: () => number = Date.now;

/** A name that no other has. */
export const randomUUID: () => string = crypto.randomUUID.bind(crypto);

const { queueMicrotask: platformQueue } = globalThis;
let queue: (task: () => void) => void = platformQueue;

/** Runs `task` in a microtask, or as {@linkcode setMicrotaskQueue} says. */
export function queueMicrotask(task: () => void): void {
  queue(task);
}

/** Has the microtasks of the runtime queued elsewhere; null: by the platform. */
export function setMicrotaskQueue(to: ((task: () => void) => void) | null): void {
  queue = to ?? platformQueue;
}
