/**
 * Frees a main isolate that is blocked on a mutex in shared memory whose holder has been given up. It is the last
 * line of the starvation certificate: once main is free, the signal handler that was queued all the time must run.
 *
 * The runtime's recovery function is evaluated in the blocked isolate, which V8 does inside the wait itself. Nothing
 * is done to a main that is not ours, and the connection is closed before this returns, so it delays no one else.
 *
 * @module
 */

import { RECOVER_KEY } from "../protocol/snapshot.ts";
import { connectInspector } from "../cdp/inspector.ts";

/** What happened to main. */
export type FreeMainOutcome =
  /** Main was blocked on this many locks, and has been told that it holds them now. */
  | { readonly kind: "freed"; readonly locks: number; readonly tookMs: number }
  /** The runtime knows of no lock that could be recovered: something else blocks main. */
  | { readonly kind: "nothing-to-free"; readonly tookMs: number }
  /** No runtime of ours lives in main. */
  | { readonly kind: "not-ours" }
  /** Main answers nothing: it is blocked in native code. */
  | { readonly kind: "no-answer"; readonly afterMs: number }
  | { readonly kind: "failed"; readonly why: string };

const EXPRESSION = `(() => {
  const recover = globalThis[Symbol.for(${JSON.stringify(RECOVER_KEY)})];
  return typeof recover === "function" ? Number(recover()) : null;
})()`;

/**
 * Asks the runtime in main to recover the locks that main is blocked on.
 *
 * @param options `wsUrl`: the subject's inspector; `timeoutMs`: bound for the answer, default 2000
 */
export async function freeStarvedMain(
  options: { readonly wsUrl: string; readonly timeoutMs?: number },
): Promise<FreeMainOutcome> {
  const timeoutMs = options.timeoutMs ?? 2_000;
  const startedAt = performance.now();
  const connection = await connectInspector(options.wsUrl, { timeoutMs });
  if (connection.kind === "failed") return { kind: "failed", why: connection.why };
  await using inspector = connection.inspector;
  const outcome = await inspector.send("Runtime.evaluate", {
    expression: EXPRESSION,
    returnByValue: true,
    silent: true,
    disableBreaks: true,
  }, { timeoutMs });
  const tookMs = performance.now() - startedAt;
  if (outcome.kind === "timeout") return { kind: "no-answer", afterMs: outcome.afterMs };
  if (outcome.kind === "closed") return { kind: "failed", why: "the connection ended" };
  if (outcome.kind === "error") return { kind: "failed", why: outcome.message };
  const { result, exceptionDetails } = outcome.result;
  if (exceptionDetails !== undefined) return { kind: "failed", why: exceptionDetails.text };
  if (typeof result.value !== "number") return { kind: "not-ours" };
  return result.value > 0
    ? { kind: "freed", locks: result.value, tookMs }
    : { kind: "nothing-to-free", tookMs };
}
