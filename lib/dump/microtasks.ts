/**
 * Asks a busy isolate whether it goes from microtask to microtask or is in one long run of synchronous code. The
 * snapshot that was taken of it before has queued a microtask, so the answer is whether that one has run by now.
 *
 * @module
 */

import { MICROTASKS_KEY } from "../protocol/snapshot.ts";
import type { Inspector } from "../cdp/inspector.ts";
import { type Reply, route, type Session } from "../cdp/sessions.ts";

/** `run`: the isolate's microtasks run. `stand`: they do not. Null: it cannot be told. */
export type Microtasks = "run" | "stand" | null;

/** A busy isolate has answered other questions by now, in milliseconds. */
const ANSWER_MS = 1_000;
const COUNT = `Number(globalThis[Symbol.for(${JSON.stringify(MICROTASKS_KEY)})] ?? 0)`;

/** Asks; to be called when the isolate has been looked at long enough for a microtask to have its turn. */
export async function askMicrotasks(
  inspector: Inspector,
  session: Session,
  reply: Reply,
): Promise<Microtasks> {
  // A runtime that is not ours queues nothing.
  if (reply.kind !== "answered" || reply.snapshot === null) return null;
  const outcome = await inspector.send("Runtime.evaluate", {
    expression: COUNT,
    returnByValue: true,
    silent: true,
    disableBreaks: true,
  }, { ...route(session.id), timeoutMs: ANSWER_MS });
  const count: unknown = outcome.kind === "ok" ? outcome.result.result.value : null;
  if (typeof count !== "number") return null;
  return count > reply.microtasks ? "run" : "stand";
}
