/**
 * The remedy `reap`: ends the thread of a stuck worker for good, which `terminate()` does not do on Deno 2.9. The way
 * is the V8 inspector of our own process: `self.close()` evaluated in the worker's session ends a worker that blocks in
 * Atomics.wait, spins, or loops over microtasks, in 2-7 ms, without an `error` event in the parent
 * (`Runtime.terminateExecution` raises one and kills the process). A worker in a native call is beyond it.
 *
 * The inspector is opened when it is first needed and the connection lasts only as long as somebody is to be reaped: a
 * connected client delays the start of workers and keeps the process from ending.
 *
 * @module
 */

import { ACTOR_KEY } from "../../protocol/snapshot.ts";
import { hold } from "../hold.ts";

/** What came of one attempt. */
export type ReapOutcome =
  | { readonly kind: "asked" }
  | { readonly kind: "failed"; readonly why: string };

/** How long to look for the sessions of the workers. */
const SEARCH_MS = 400;

/** A connection to the inspector of this process, shared by all actors that need reaping at the moment. */
class Inspector {
  readonly #socket: WebSocket;
  readonly #close: () => void;
  /** Actor path to inspector session. */
  readonly #sessions: Map<string, string> = new Map();
  readonly #asked: Map<number, string> = new Map();
  readonly #probed: Set<string> = new Set();
  #lastId = 0;
  #changed: (() => void)[] = [];

  constructor(socket: WebSocket, close: () => void) {
    this.#socket = socket;
    this.#close = close;
    socket.onmessage = (event) => this.#take(JSON.parse(event.data));
  }

  /** Finds the sessions of all workers: asks for them to be announced, and asks each who it is. */
  search(): void {
    this.#send("Target.setAutoAttach", {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: true,
    });
  }

  /** Waits until the session of `actor` is known; answers undefined when it stays unknown. */
  async sessionOf(actor: string): Promise<string | undefined> {
    const until = performance.now() + SEARCH_MS;
    while (!this.#sessions.has(actor)) {
      const left = until - performance.now();
      if (left <= 0) break;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#changed.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    return this.#sessions.get(actor);
  }

  /** Closes the worker behind a session. The answer never comes: the isolate is gone. */
  closeWorker(session: string): void {
    this.#send("Runtime.evaluate", { expression: "self.close()" }, session);
  }

  close(): void {
    this.#socket.close();
    this.#close();
  }

  #probe(session: string): void {
    if (this.#probed.has(session)) return;
    this.#probed.add(session);
    // Both, or a worker that starts while we are connected is held up by 500 ms.
    this.#send("Debugger.enable", {}, session);
    this.#send("Runtime.runIfWaitingForDebugger", {}, session);
    this.#send("Debugger.disable", {}, session);
    const expression = `globalThis[Symbol.for(${JSON.stringify(ACTOR_KEY)})]`;
    this.#asked.set(
      this.#send("Runtime.evaluate", { expression, returnByValue: true }, session),
      session,
    );
  }

  #send(method: string, params: unknown, sessionId?: string): number {
    const id = ++this.#lastId;
    this.#socket.send(
      JSON.stringify(
        sessionId === undefined ? { id, method, params } : { id, method, params, sessionId },
      ),
    );
    return id;
  }

  #take(message: InspectorMessage): void {
    if (message.method === "Target.attachedToTarget" && message.params?.sessionId !== undefined) {
      this.#probe(message.params.sessionId);
      return;
    }
    const session = message.id === undefined ? undefined : this.#asked.get(message.id);
    const actor = message.result?.result?.value;
    if (session === undefined || typeof actor !== "string") return;
    this.#sessions.set(actor, session);
    const waiting = this.#changed;
    this.#changed = [];
    for (const wake of waiting) wake();
  }
}

interface InspectorMessage {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly sessionId?: string };
  readonly result?: { readonly result?: { readonly value?: unknown } };
}

let users = 0;
let opening: Promise<Inspector> | null = null;

/** A claim on the shared connection. Take one when a soft kill is late, so that reaping later is a matter of 2 ms. */
export class Reaper {
  #claimed = false;

  /** Connects, if nobody has, and looks for the workers. Safe to call twice; a failure shows when reaping. */
  async arm(): Promise<void> {
    await hold(this.#connection().catch(() => {}), "inspector of this process");
  }

  /** Asks the worker of `actor` to close, through its inspector session. Its life lock tells whether it did. */
  async reap(actor: string): Promise<ReapOutcome> {
    try {
      const inspector = await hold(this.#connection(), "inspector of this process");
      const session = await hold(inspector.sessionOf(actor), `inspector session of ${actor}`);
      if (session === undefined) {
        return {
          kind: "failed",
          why: "its inspector session does not answer (native call, or another debugger)",
        };
      }
      inspector.closeWorker(session);
      return { kind: "asked" };
    } catch (error) {
      if (error instanceof InspectorUnavailable) return { kind: "failed", why: error.message };
      throw error;
    }
  }

  /** Gives the claim back; the last one closes the connection. */
  release(): void {
    if (!this.#claimed) return;
    this.#claimed = false;
    if (--users > 0) return;
    const last = opening;
    opening = null;
    last?.then((inspector) => inspector.close(), () => {});
  }

  #connection(): Promise<Inspector> {
    if (!this.#claimed) {
      this.#claimed = true;
      users++;
    }
    return opening ??= connect();
  }
}

/** The inspector of this process could not be opened or reached. */
class InspectorUnavailable extends Error {
  override readonly name = "InspectorUnavailable";
}

async function connect(): Promise<Inspector> {
  // Loaded only here: node:inspector is of no use to a tree that tears down well.
  const { default: inspector } = await import("node:inspector");
  let openedHere = false;
  try {
    if (inspector.url() === undefined) {
      inspector.open(0, "127.0.0.1");
      openedHere = true;
    }
    const url = inspector.url();
    if (url === undefined) throw new Error("it has no address");
    const socket = new WebSocket(url);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Error(`no connection to ${url}`));
    });
    const connection = new Inspector(socket, () => {
      if (openedHere) inspector.close();
    });
    connection.search();
    return connection;
  } catch (cause) {
    if (openedHere) inspector.close();
    throw new InspectorUnavailable(
      `the inspector of this process cannot be used: ${String(cause)}`,
      { cause },
    );
  }
}
