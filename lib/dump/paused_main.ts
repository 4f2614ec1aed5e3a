/**
 * Asks whether a debugger holds the main isolate of a subject. One that is paused by any client tells so to the next
 * that switches its debugger on (measured on 2.9.6; a worker's session answers its first client only, so workers cannot
 * be asked). The debugger is switched off again before this returns, and a pause that another client asked for is left
 * alone.
 *
 * @module
 */

import { connectInspector } from "../cdp/inspector.ts";

/** What came of asking. */
export type MainHeld = "paused" | "runs" | "unknown";

/** Bound for each answer. */
const ANSWER_MS = 2_000;

/**
 * Asks.
 *
 * @param wsUrl the subject's inspector
 */
export async function mainIsHeld(wsUrl: string): Promise<MainHeld> {
  const connection = await connectInspector(wsUrl, { timeoutMs: ANSWER_MS });
  if (connection.kind === "failed") return "unknown";
  await using inspector = connection.inspector;
  let paused = false;
  inspector.on("Debugger.paused", (_, session) => paused ||= session === null);
  // The news of a pause comes before the answer.
  const { kind } = await inspector.send("Debugger.enable", {}, { timeoutMs: ANSWER_MS });
  await inspector.send("Debugger.disable", {}, { timeoutMs: ANSWER_MS });
  if (paused) return "paused";
  return kind === "ok" ? "runs" : "unknown";
}
