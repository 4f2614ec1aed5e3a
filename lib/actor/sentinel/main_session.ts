/**
 * The sentinel's connection to main's inspector, open only while something is wrong: a connected client holds up the
 * start of workers and keeps a process from ending. `Runtime.evaluate` is answered by a main that blocks in
 * Atomics.wait, spins or goes from microtask to microtask, and runs on top of the very frames that keep it.
 *
 * A main that is stuck announces no worker to it. Their sessions have small numbers, and a client that sends to one is heard
 * (Deno 2.9.6), so all of them are asked at once. `spawn/inspector_session.ts` waits for announcements first: its main
 * is alive, and it has the time.
 *
 * @module
 */

import { CLOSE_KEY } from "../../protocol/control.ts";
import { openSocket } from "../../cdp/open_socket.ts";
import { LIFE_KEY } from "../life_lock.ts";

/** The parts of inspector messages that are read here. */
interface Answer {
  readonly id?: number;
  readonly result?: { readonly result?: { readonly value?: unknown } };
}

const CONNECT_MS = 1_000;
/** Numbers to try for sessions of workers. */
const GUESSES = 256;

/** An open connection. */
export class MainSession {
  readonly #socket: WebSocket;
  readonly #waiting: Map<number, (value: unknown) => void> = new Map();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    socket.onerror = () => {};
  }

  /** Connects; null when that is not possible, or not allowed. */
  static async open(url: string): Promise<MainSession | null> {
    const socket = await connect(url);
    return socket === null ? null : new MainSession(socket);
  }

  /** The value of an expression in main; undefined when none comes within `boundMs`: main is in a native call. */
  evaluate(expression: string, boundMs: number, sessionId?: string): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      const done = (value: unknown) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(value);
      };
      const timer = setTimeout(() => done(undefined), boundMs);
      this.#waiting.set(id, done);
      const params = { expression, returnByValue: true, silent: true, disableBreaks: true };
      this.#send({ id, method: "Runtime.evaluate", params, ...of(sessionId) });
    });
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
    this.#send({ id: 0, method: "Runtime.terminateExecution", ...of(session) });
    return true;
  }

  /** Calls the function under `Symbol.for(key)` in main. */
  call(key: string, boundMs: number): Promise<unknown> {
    const expression = `globalThis[Symbol.for(${JSON.stringify(key)})]?.()`;
    return this.evaluate(expression, boundMs);
  }

  /** Ends the connection. */
  close(): Promise<void> {
    return closed(this.#socket);
  }

  #take(message: Answer): void {
    if (message.id === undefined || message.id === 0) return;
    this.#waiting.get(message.id)?.(message.result?.result?.value);
    // The server leaves Nagle's algorithm on: without something that carries our acknowledgement of this answer, the
    // next one comes 40 ms late.
    this.#send({ id: 0, method: "Runtime.runIfWaitingForDebugger" });
  }

  #send(message: unknown): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}

function of(sessionId: string | undefined): { readonly sessionId?: string } {
  return sessionId === undefined ? {} : { sessionId };
}

/** Connects to an inspector; null when that is not possible, or not allowed. */
async function connect(url: string): Promise<WebSocket | null> {
  const permission = { name: "net", host: new URL(url).host } as const;
  if (Deno.permissions.querySync(permission).state !== "granted") return null;
  const socket = openSocket(url);
  const open = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), CONNECT_MS);
    const settle = (open: boolean) => {
      clearTimeout(timer);
      resolve(open);
    };
    socket.onopen = () => settle(true);
    socket.onerror = () => settle(false);
  });
  if (open) return socket;
  socket.close();
  return null;
}

/** Closes a connection, and waits until it is: what was said before has arrived then. */
async function closed(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return;
  const end = new Promise<void>((resolve) => {
    socket.addEventListener("close", () => resolve());
  });
  socket.close();
  await end;
}
