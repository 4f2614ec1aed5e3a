/**
 * Closes an inspector again that was opened in a process for a dump, as its own `node:inspector` can, in Deno too (2.9.6,
 * where a later SIGUSR1 opens it anew). It happens in a timer of the target, once we have gone: closed from within a
 * session it would wait for that session to end.
 *
 * @module
 */

import { connectInspector } from "../../cdp/inspector.ts";
import { portsOf } from "../../os/listeners.ts";

const CLOSE = `(() => {
  const inspector = process.getBuiltinModule?.("node:inspector");
  if (inspector === undefined) return false;
  setTimeout(() => inspector.close(), 20).unref();
  return true;
})()`;
const ANSWER_MS = 1_000;
/** A main that turns closes it within 50 ms; one that is blocked does so when it turns again. */
const GONE_MS = 500;
const LOOK_MS = 20;

/** Whether the port is closed by the time this returns. */
export async function closeInspector(wsUrl: string, pid: number, port: number): Promise<boolean> {
  const connection = await connectInspector(wsUrl, { timeoutMs: ANSWER_MS });
  if (connection.kind === "failed") return false;
  {
    await using inspector = connection.inspector;
    const answer = await inspector.send("Runtime.evaluate", {
      expression: CLOSE,
      returnByValue: true,
      silent: true,
    }, { timeoutMs: ANSWER_MS });
    if (answer.kind !== "ok" || answer.result.result.value !== true) return false;
  }
  const startedAt = performance.now();
  while (performance.now() - startedAt < GONE_MS) {
    if (!portsOf(pid).includes(port)) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return false;
}
