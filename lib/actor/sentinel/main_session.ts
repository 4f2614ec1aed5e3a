/**
 * The sentinel's connection to main's inspector, open only while something is wrong: a connected client holds up the
 * start of workers and keeps a process from ending. `Runtime.evaluate` is answered by a main that blocks in
 * Atomics.wait, spins or goes from microtask to microtask, and runs on top of the very frames that keep it.
 *
 * A main that is stuck announces no worker to it. Their sessions have small numbers, and a client that sends to one is
 * heard (Deno 2.9.6), so all of them are asked at once. `spawn/inspector_session.ts` waits for announcements first: its
 * main is alive, and it has the time.
 *
 * @module
 */

import { connectInspector, type Inspector } from "../../cdp/inspector.ts";
import { CLOSE_KEY } from "../../protocol/control.ts";
import { LIFE_KEY } from "../life_lock.ts";

const CONNECT_MS = 1_000;
/** Numbers to try for sessions of workers. */
const GUESSES = 256;

/** An open connection. */
export class MainSession {
  readonly #inspector: Inspector;

  private constructor(inspector: Inspector) {
    this.#inspector = inspector;
  }

  /** Connects; null when that is not possible, or not allowed. */
  static async open(url: string): Promise<MainSession | null> {
    const permission = { name: "net", host: new URL(url).host } as const;
    if (Deno.permissions.querySync(permission).state !== "granted") return null;
    const outcome = await connectInspector(url, { timeoutMs: CONNECT_MS });
    return outcome.kind === "ok" ? new MainSession(outcome.inspector) : null;
  }

  /** The value of an expression in main; undefined when none comes within `boundMs`: main is in a native call. */
  async evaluate(expression: string, boundMs: number, sessionId?: string): Promise<unknown> {
    const outcome = await this.#inspector.send("Runtime.evaluate", {
      expression,
      returnByValue: true,
      silent: true,
      disableBreaks: true,
    }, { timeoutMs: boundMs, ...sessionId === undefined ? {} : { sessionId } });
    return outcome.kind === "ok" ? outcome.result.result.value : undefined;
  }

  /** Has the worker with this life lock close; false when none says within `boundMs` that the lock is its own. */
  async closeWorker(lifeLock: string, boundMs: number): Promise<boolean> {
    const who = `globalThis[Symbol.for(${JSON.stringify(LIFE_KEY)})]`;
    const asked = Array.from({ length: GUESSES }, async (_, i) => {
      const session = String(i + 1);
      if (await this.evaluate(who, boundMs, session) === lifeLock) return session;
      throw new Error(`session ${session} is not that of ${lifeLock}`);
    });
    let session: string;
    try {
      session = await Promise.any(asked);
    } catch {
      return false;
    }
    // The answer never comes: the isolate is gone. The second is for a worker whose own parent is dead: it counts as
    // terminated, so that close() does nothing any more.
    void this.evaluate(`globalThis[Symbol.for(${JSON.stringify(CLOSE_KEY)})]()`, boundMs, session);
    void this.#inspector.send("Runtime.terminateExecution", {}, { sessionId: session });
    return true;
  }

  /** Calls the function under `Symbol.for(key)` in main. */
  call(key: string, boundMs: number): Promise<unknown> {
    const expression = `globalThis[Symbol.for(${JSON.stringify(key)})]?.()`;
    return this.evaluate(expression, boundMs);
  }

  /** Ends the connection. */
  close(): Promise<void> {
    return this.#inspector.close();
  }
}
