/**
 * Ends the thread of a worker through its inspector session, which `terminate()` in its parent does not do.
 *
 * Invariant: nothing of this is evaluated anywhere but in a session that is proven to be a worker's, and checked there
 * once more, because `close()` and `Deno.exit()` in main would end the process, or panic.
 *
 * @module
 */

import { CLOSE_KEY } from "../protocol/control.ts";
import type { Evaluated, VisitedIsolate } from "./visit.ts";

/** How long a thread may take to go after it was told; it takes 4 to 7 ms on an idle machine. */
const FIRST_WORD_MS = 200;
const LAST_WORD_MS = 1_600;

/** Ends it, within two seconds or so. Answers whether it has gone. */
export async function endThread(isolate: VisitedIsolate): Promise<boolean> {
  if (!isolate.isWorker) return false;
  // The answer may never come: the isolate is gone then.
  const closing = isolate.evaluate(CLOSE);
  return await gone(isolate, FIRST_WORD_MS) || await insist(isolate, closing);
}

/** The answer when it was the platform's `close` that was called, whatever the program's own code has made of it. */
const OWN = "the platform's";
/** Only ever evaluated in a worker's session, as {@linkcode EXIT}, and checked there once more. */
const CLOSE = `(() => {
  if (!("WorkerGlobalScope" in globalThis)) return null;
  const own = globalThis[Symbol.for(${JSON.stringify(CLOSE_KEY)})];
  (own ?? globalThis.close).call(globalThis);
  return own === undefined ? null : ${JSON.stringify(OWN)};
})()`;
const EXIT = `"WorkerGlobalScope" in globalThis ? Deno.exit() : null`;

/** For a thread that is still there although it was told to close. */
async function insist(isolate: VisitedIsolate, closing: Promise<Evaluated>): Promise<boolean> {
  const closed = await closing;
  if (closed.kind !== "value" || closed.value !== OWN) {
    // close() may have been the program's, not the platform's.
    void isolate.evaluate(EXIT);
    return await gone(isolate, LAST_WORD_MS);
  }
  // One whose own supervisor is dead counts as terminated, so that close() does nothing any more. Alone this would
  // raise an error in a parent that lives, and end the process; after the platform's close() it does not. Nothing may
  // be evaluated behind it, which would take the termination upon itself.
  isolate.terminate();
  return await gone(isolate, LAST_WORD_MS);
}

async function gone(isolate: VisitedIsolate, boundMs: number): Promise<boolean> {
  const until = performance.now() + boundMs;
  while (!isolate.gone()) {
    if (performance.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return true;
}
