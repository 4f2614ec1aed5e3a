/**
 * One connection to the inspector of this process, for one purpose: to find the sessions of workers by their life locks
 * and to have a worker closed. It pauses nothing.
 *
 * @module
 */

import { CLOSE_KEY, LIFE_KEY } from "./life.ts";

/** How long to look for the session of a worker, in milliseconds; a live one answers within 50 of them. */
const SEARCH_MS = 400;

/** The parts of inspector messages that are read here. */
interface InspectorMessage {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly sessionId?: string };
  readonly result?: { readonly result?: { readonly value?: unknown } };
}

/** An open connection. */
export class InspectorSession {
  readonly #socket: WebSocket;
  /** Life lock to the session of the worker that holds it. */
  readonly #sessions: Map<string, string> = new Map();
  /** Number of the question to the session that was asked who it is. */
  readonly #asked: Map<number, string> = new Map();
  readonly #probed: Set<string> = new Set();
  #lastId = 0;
  #changed: (() => void)[] = [];

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = (event) => this.#take(JSON.parse(event.data));
    socket.onclose = () => this.#wake();
    socket.onerror = () => {};
    this.#send("Target.setAutoAttach", {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: true,
    });
  }

  /** The session of the worker that holds `lifeLock`; undefined when none says so in time. */
  async find(lifeLock: string): Promise<string | undefined> {
    const until = performance.now() + SEARCH_MS;
    while (!this.#sessions.has(lifeLock)) {
      const left = until - performance.now();
      if (left <= 0 || this.#socket.readyState !== WebSocket.OPEN) break;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#changed.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    return this.#sessions.get(lifeLock);
  }

  /** Has the worker behind a session close. The answer never comes: the isolate is gone. */
  closeWorker(session: string): void {
    const expression = `globalThis[Symbol.for(${JSON.stringify(CLOSE_KEY)})]()`;
    this.#send("Runtime.evaluate", { expression }, session);
  }

  /** Closes the connection. */
  close(): void {
    this.#socket.close();
  }

  #probe(session: string): void {
    if (this.#probed.has(session)) return;
    this.#probed.add(session);
    // Both, or a worker that starts while we are connected is held up by 500 ms.
    this.#send("Debugger.enable", {}, session);
    this.#send("Runtime.runIfWaitingForDebugger", {}, session);
    this.#send("Debugger.disable", {}, session);
    const expression = `globalThis[Symbol.for(${JSON.stringify(LIFE_KEY)})]`;
    this.#asked.set(
      this.#send("Runtime.evaluate", { expression, returnByValue: true }, session),
      session,
    );
  }

  #send(method: string, params: unknown, sessionId?: string): number {
    const id = ++this.#lastId;
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(
        JSON.stringify(
          sessionId === undefined ? { id, method, params } : { id, method, params, sessionId },
        ),
      );
    }
    return id;
  }

  #take(message: InspectorMessage): void {
    if (message.method === "Target.attachedToTarget" && message.params?.sessionId !== undefined) {
      this.#probe(message.params.sessionId);
      return;
    }
    const session = message.id === undefined ? undefined : this.#asked.get(message.id);
    const lifeLock = message.result?.result?.value;
    if (session === undefined || typeof lifeLock !== "string") return;
    this.#sessions.set(lifeLock, session);
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#changed;
    this.#changed = [];
    for (const wake of waiting) wake();
  }
}
