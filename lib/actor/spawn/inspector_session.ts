/**
 * One connection to the inspector of this process, for one purpose: to find the sessions of workers by their life locks
 * and to have a worker closed. It pauses nothing.
 *
 * Four facts of Deno 2.9.6 shape it, all measured. A worker is announced to the first client that asks for it, and to
 * no later one, yet its session, a small number that is never used again, can be spoken to by any. A worker that is
 * stuck answers `Runtime.evaluate` at once, while `Debugger.enable` has it send tens of kilobytes. A worker that starts
 * while a client is connected is held up by 500 ms, unless its debugger is enabled *and stays so*. The server leaves
 * Nagle's algorithm on, so a second answer waits 40 ms for our acknowledgement of the first, unless we send something
 * that carries it.
 *
 * @module
 */

import {
  clearTimeout,
  monotonicNow,
  parseJson,
  setTimeout,
  toJson,
  WebSocket,
} from "../../protocol/platform.ts";
import { CLOSE_KEY } from "../../protocol/control.ts";
import { LIFE_KEY } from "../life_lock.ts";

/** How long to look for the session of a worker, in milliseconds; a live one answers within 60 of them. */
const SEARCH_MS = 400;
/** How often to ask those again who did not know who they are: they were booting. */
const ASK_AGAIN_MS = 50;

/** Numbers to try for sessions that were announced to another client, a debugger perhaps. The rest do not answer. */
const GUESSES = 256;

/** What earlier connections have learnt. */
const sessions: Map<string, string> = new Map();
/** Sessions that have not said who they are. */
const unknown: Set<string> = new Set();

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
  /** Sessions whose debugger is on, for they may belong to workers that are starting. */
  readonly #enabled: Set<string> = new Set();
  /** Number of the question to the session that was asked who it is. */
  readonly #asked: Map<number, string> = new Map();
  #lastId = 0;
  #changed: (() => void)[] = [];

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = (event) => this.#take(parseJson(event.data));
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
    const until = monotonicNow() + SEARCH_MS;
    for (let round = 0; !sessions.has(lifeLock); round++) {
      const left = until - monotonicNow();
      if (left <= 0 || this.#socket.readyState !== WebSocket.OPEN) break;
      await this.#change(Math.min(left, ASK_AGAIN_MS));
      if (sessions.has(lifeLock)) break;
      for (const session of unknown) this.#ask(session);
      if (round === 1) this.#guess();
    }
    return sessions.get(lifeLock);
  }

  /** Has the worker behind a session close. The answer never comes: the isolate is gone. */
  closeWorker(session: string): void {
    const expression = `globalThis[Symbol.for(${toJson(CLOSE_KEY)})]()`;
    this.#send("Runtime.evaluate", { expression }, session);
    // For one whose own parent worker is dead: it counts as terminated, so that close() does nothing any more. Alone,
    // this would raise an error event in a parent that lives; after close() it does not.
    this.#send("Runtime.terminateExecution", {}, session);
  }

  /** Closes the connection, once everything that was said has arrived. */
  async close(): Promise<void> {
    for (const session of this.#enabled) this.#send("Debugger.disable", {}, session);
    const closed = new Promise<void>((resolve) => {
      this.#socket.addEventListener("close", () => resolve());
    });
    this.#socket.close();
    if (this.#socket.readyState !== WebSocket.CLOSED) await closed;
  }

  #change(boundMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, boundMs);
      this.#changed.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #wake(): void {
    const waiting = this.#changed;
    this.#changed = [];
    for (const wake of waiting) wake();
  }

  #ask(session: string): void {
    const expression = `globalThis[Symbol.for(${toJson(LIFE_KEY)})]`;
    const id = this.#send("Runtime.evaluate", { expression, returnByValue: true }, session);
    this.#asked.set(id, session);
  }

  #guess(): void {
    const known = new Set(sessions.values());
    for (let id = 1; id <= GUESSES; id++) {
      const session = String(id);
      if (!known.has(session) && !unknown.has(session)) this.#ask(session);
    }
  }

  #take(message: InspectorMessage): void {
    if (message.method === "Target.attachedToTarget") {
      const session = message.params?.sessionId;
      if (session === undefined) return;
      unknown.add(session);
      this.#ask(session);
      return;
    }
    const session = message.id === undefined ? undefined : this.#asked.get(message.id);
    if (session !== undefined) this.#answered(session, message.result?.result?.value);
  }

  #answered(session: string, lifeLock: unknown): void {
    if (typeof lifeLock === "string") {
      unknown.delete(session);
      sessions.set(lifeLock, session);
      this.#wake();
    } else if (!this.#enabled.has(session)) {
      this.#enabled.add(session);
      this.#send("Debugger.enable", {}, session);
      this.#send("Runtime.runIfWaitingForDebugger", {}, session);
    }
    // Carries the acknowledgement that the next answer waits for; the answer to this one does not matter.
    this.#send("Runtime.runIfWaitingForDebugger", {});
  }

  #send(method: string, params: unknown, sessionId?: string): number {
    const id = ++this.#lastId;
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(
        toJson(
          sessionId === undefined ? { id, method, params } : { id, method, params, sessionId },
        ),
      );
    }
    return id;
  }
}
