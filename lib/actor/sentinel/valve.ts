/**
 * A valve for an isolate that goes from microtask to microtask and so never comes to a turn of its loop: while it is
 * open, code that awaits a promise, calls `then` or queues a microtask goes on only after a turn of the loop.
 *
 * No exception is thrown and no wait is lost: an await may always take longer. So opening it by mistake does no harm,
 * which is why this was chosen. What was tried before (Deno 2.9.6, V8 15.0): `Runtime.terminateExecution` does bring
 * the loop to turn again, but with it all microtasks that were queued are lost, of every task, and the code that
 * stormed is never gone on with; after a timer it ends the process with exit code 1. An exception cannot be thrown
 * into a running frame.
 *
 * How it gets in: an await asks a promise for its `constructor`, and takes the promise as it is when that is Promise;
 * otherwise it calls its `then`. The first gives a stand-in while the valve is open, the second waits for a turn. An
 * await of something that is no promise (`await null`) asks nothing, and there is no valve for it.
 *
 * Once it has been open, V8 looks both properties up for as long as the isolate lives; that is felt in loops of nothing
 * but awaits.
 *
 * @module
 */

import { clearTimeout, setMicrotaskQueue, setTimeout } from "../../protocol/platform.ts";

/** Key (for `Symbol.for`) of `globalThis[Symbol.for(VALVE_KEY)](ms?: number): void`: opens the valve of an isolate. */
export const VALVE_KEY = "unwedge.valve";

/** How long one opening lasts, in milliseconds: some hundred turns of the loop. */
const OPEN_MS = 250;

type Reaction = ((value: unknown) => unknown) | null | undefined;
type Then = (this: unknown, onFulfilled?: Reaction, onRejected?: Reaction) => Promise<unknown>;

/** Closes the valve that is open, null when none is. */
let close: (() => void) | null = null;
let closing: ReturnType<typeof setTimeout> | undefined;

/** Whether the valve is open. */
export function valveIsOpen(): boolean {
  return close !== null;
}

/** Puts {@linkcode openValve} where an inspector finds it. */
export function installValve(): void {
  Reflect.set(globalThis, Symbol.for(VALVE_KEY), openValve);
}

/**
 * Opens the valve of this isolate, or keeps it open for longer. It closes by itself, in a turn of the loop.
 *
 * @param ms for how long
 */
export function openValve(ms: number = OPEN_MS): void {
  close ??= open();
  clearTimeout(closing);
  closing = setTimeout(closeValve, ms);
}

/** Closes it now. */
export function closeValve(): void {
  clearTimeout(closing);
  close?.();
  close = null;
}

function open(): () => void {
  const proto = Promise.prototype;
  // The library's type has it called on a promise, by methods alone.
  const then = proto.then as Then;
  const before = {
    constructor: Object.getOwnPropertyDescriptor(proto, "constructor"),
    then: Object.getOwnPropertyDescriptor(proto, "then"),
    queueMicrotask: Object.getOwnPropertyDescriptor(globalThis, "queueMicrotask"),
  };
  // Promises of subclasses go their own way: what they add to `then` must not be lost.
  const isPlain = (it: unknown) =>
    typeof it === "object" && it !== null && it !== proto && Object.getPrototypeOf(it) === proto;
  const StandIn = standIn();
  let passing = false;
  const pass = <T>(body: () => T): T => {
    const was = passing;
    passing = true;
    try {
      return body();
    } finally {
      passing = was;
    }
  };

  Object.defineProperty(proto, "constructor", {
    configurable: true,
    get(this: unknown) {
      return !passing && isPlain(this) ? StandIn : Promise;
    },
    set(this: unknown, value: unknown) {
      const property = { value, configurable: true, enumerable: true, writable: true };
      Object.defineProperty(this, "constructor", property);
    },
  });
  const late: Then = function (onFulfilled, onRejected) {
    if (passing || !isPlain(this)) return pass(() => then.call(this, onFulfilled, onRejected));
    return pass(() => {
      // A rejection that is not handled by the end of this turn would end the process.
      then.call(this, undefined, () => {});
      return new Promise((resolve, reject) =>
        setTimeout(
          () => pass(() => then.call(then.call(this, onFulfilled, onRejected), resolve, reject)),
          0,
        )
      );
    });
  };
  Object.defineProperty(proto, "then", { configurable: true, writable: true, value: late });
  const lateTask = (task: () => void) => void setTimeout(task, 0);
  const property = { configurable: true, enumerable: true, writable: true, value: lateTask };
  Object.defineProperty(globalThis, "queueMicrotask", property);
  setMicrotaskQueue(lateTask);

  return () => {
    restore(proto, "constructor", before.constructor);
    restore(proto, "then", before.then);
    restore(globalThis, "queueMicrotask", before.queueMicrotask);
    setMicrotaskQueue(null);
  };
}

/** Something that is not Promise, and that code which looks at a promise's constructor can take for it. */
function standIn(): unknown {
  const Sham = function (executor: ConstructorParameters<typeof Promise>[0]) {
    return new Promise(executor);
  };
  Object.setPrototypeOf(Sham, Promise);
  Object.defineProperties(Sham, {
    name: { value: "Promise", configurable: true },
    prototype: { value: Promise.prototype },
    [Symbol.species]: { value: Promise },
  });
  return Sham;
}

function restore(on: object, name: string, property: PropertyDescriptor | undefined): void {
  if (property !== undefined) Object.defineProperty(on, name, property);
}
