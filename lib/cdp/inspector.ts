/**
 * One connection to a subject's inspector (Chrome DevTools Protocol, flattened sessions) over the built-in WebSocket.
 *
 * Invariant: no call hangs and none throws for what the subject does. Every `send` ends as ok, error, timeout or
 * closed, because an isolate that is blocked in native code answers nothing at all. `close` returns only when the
 * socket is closed on both sides: an open one keeps the subject from exiting and so would cause the very hang that
 * we look for.
 *
 * @module
 */

import { openSocket } from "./open_socket.ts";
import type { Command, CommandParams, CommandResult, EventName, Events } from "./commands.ts";
import {
  type IncomingMessage,
  isRecord,
  PART,
  RECEIVED,
  withSession,
  wrappedMessage,
} from "./messages.ts";
import { errorMessage } from "../protocol/error_message.ts";

/** How a command ended. */
export type SendOutcome<T> =
  | { readonly kind: "ok"; readonly result: T }
  /** The isolate refused it. */
  | { readonly kind: "error"; readonly code: number; readonly message: string }
  /** No answer in time: blocked in native code, or no such session. A late answer is dropped. */
  | { readonly kind: "timeout"; readonly afterMs: number }
  /** The connection ended first. */
  | { readonly kind: "closed" };

/** Where a command goes and how long its answer may take. */
export interface SendOptions {
  /** Session of a worker's isolate; absent for main. */
  readonly sessionId?: string;
  /** Default 1000. */
  readonly timeoutMs?: number;
}

/** Handles an event; `sessionId` is null for main. */
export type EventHandler<E extends EventName> = (
  params: Events[E],
  sessionId: string | null,
) => void;

/** How a connection attempt ended. */
export type ConnectOutcome =
  | { readonly kind: "ok"; readonly inspector: Inspector }
  | { readonly kind: "failed"; readonly why: string };

interface Pending {
  readonly settle: (outcome: SendOutcome<unknown>) => void;
  /** What its result has to have. */
  readonly part: string | null;
}

const DEFAULT_TIMEOUT_MS = 1_000;
/** Longer than any close handshake with a live process; a dead one resets the socket at once. */
const CLOSE_TIMEOUT_MS = 2_000;
const SCRIPT_PARSED = '{"method":"Debugger.scriptParsed"';
/**
 * A frame for a session that does not exist, which the subject drops without an answer. Small writes of both sides
 * run into Nagle's algorithm and delayed acknowledgements (measured: one stall of 40 ms for 32 pipelined commands,
 * and neither end lets us switch it off). Any frame that we send carries the acknowledgement that the other side
 * waits for, so one is sent on each arrival while answers are outstanding: 52 ms became 10 to 16 ms.
 */
const NUDGE = '{"id":0,"method":"Runtime.disable","sessionId":"0"}';

/** An open connection. Obtained from {@linkcode connectInspector}. */
export class Inspector implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  readonly #handlers = new Map<string, Set<(params: unknown, sessionId: string | null) => void>>();
  readonly #rawHandlers = new Set<(message: string) => void>();
  readonly #closed: Promise<void>;
  /**
   * A worker's session outlives its connections, and an answer that comes late goes to the client that is connected
   * then. So each connection numbers its commands from a place of its own (measured: with numbers from 1, the answer to
   * the last connection's `Debugger.disable` was taken for the one to this connection's first question).
   */
  #lastId = Math.floor(Math.random() * 2 ** 16) * 2 ** 14;
  /** Sessions of Node's workers, whose messages are wrapped into messages of main's session. */
  readonly #wrapped = new Set<string>();
  #nudgedAt = 0;
  #heardAt = performance.now();
  #heard = false;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#closed = promise;
    socket.onmessage = (event) => this.#receive(String(event.data));
    socket.onclose = () => {
      for (const { settle } of this.#pending.values()) settle({ kind: "closed" });
      resolve();
    };
    // What went wrong is followed by `close`, which is where it is handled.
    socket.onerror = () => {};
  }

  /** False once the connection has ended or is ending. */
  get open(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /**
   * For how long nothing has arrived, from whichever isolate. The answers of all come through main's thread and one
   * socket, so as long as something arrives the silence of one isolate may be that of a queue.
   */
  get quietMs(): number {
    return performance.now() - this.#heardAt;
  }

  /** Whether anything has ever arrived. */
  get heard(): boolean {
    return this.#heard;
  }

  /**
   * Sends one command. Commands are not held back for each other's answers, so several sends in a row are pipelined,
   * and one session receives them in order.
   */
  send<C extends Command>(
    method: C,
    params: CommandParams<C>,
    options: SendOptions = {},
  ): Promise<SendOutcome<CommandResult<C>>> {
    if (!this.open) return Promise.resolve({ kind: "closed" });
    const id = ++this.#lastId;
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const { promise, resolve } = Promise.withResolvers<SendOutcome<CommandResult<C>>>();
    const settle = (outcome: SendOutcome<unknown>): void => {
      clearTimeout(timer);
      this.#pending.delete(id);
      // The protocol pairs the answer with the command by its id; there is no other witness of its type.
      resolve(outcome as SendOutcome<CommandResult<C>>);
    };
    const timer = setTimeout(() => settle({ kind: "timeout", afterMs: timeoutMs }), timeoutMs);
    this.#pending.set(id, { settle, part: PART[method] ?? null });
    const { sessionId } = options;
    if (sessionId !== undefined && this.#wrapped.has(sessionId)) {
      const message = JSON.stringify({ id, method, params });
      const wrapped = { method: "NodeWorker.sendMessageToWorker", params: { sessionId, message } };
      this.#socket.send(JSON.stringify({ id: ++this.#lastId, ...wrapped }));
    } else {
      this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    }
    return promise;
  }

  /** Wraps what is sent to a session, as Node wants it for its workers; what comes from it is unwrapped in any case. */
  wrap(sessionId: string): void {
    this.#wrapped.add(sessionId);
  }

  /** Calls `handler` for each event of that name from any session, until the returned function is called. */
  on<E extends EventName>(event: E, handler: EventHandler<E>): () => void {
    // The protocol pairs an event's name with its parameters; there is no other witness of their type.
    const stored = (params: unknown, sessionId: string | null): void =>
      handler(params as Events[E], sessionId);
    const handlers = this.#handlers.get(event) ?? new Set();
    this.#handlers.set(event, handlers.add(stored));
    return () => void handlers.delete(stored);
  }

  /**
   * Calls `handler` with the text of each `Debugger.scriptParsed`. One `Debugger.enable` brings one of these for each
   * script of the isolate, most with a source map inside, and a dump needs the few that its frames point into: they
   * are handed over unparsed. The returned function ends it.
   */
  onScriptParsed(handler: (message: string) => void): () => void {
    this.#rawHandlers.add(handler);
    return () => void this.#rawHandlers.delete(handler);
  }

  /** Ends the connection and returns when it is closed. */
  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    this.#socket.close();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const bound = new Promise<void>((resolve) => timer = setTimeout(resolve, CLOSE_TIMEOUT_MS));
    await Promise.race([this.#closed, bound]);
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #receive(text: string): void {
    this.#heardAt = performance.now();
    this.#heard = true;
    try {
      this.#dispatch(text);
    } catch (error) {
      // What is listened to need be no inspector: whatever else speaks there is left alone.
      if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
      this.#socket.close();
    }
    this.#nudge();
  }

  #dispatch(text: string, wrappedIn: string | null = null): void {
    if (text.startsWith(SCRIPT_PARSED)) {
      const announced = wrappedIn === null ? text : withSession(text, wrappedIn);
      for (const handler of this.#rawHandlers) handler(announced);
    } else {
      const parsed: IncomingMessage = JSON.parse(text);
      const message = wrappedIn === null ? parsed : { ...parsed, sessionId: wrappedIn };
      if (message.method === RECEIVED) {
        const { sessionId, message: inner } = wrappedMessage(message.params);
        this.#dispatch(inner, sessionId);
      } else if (message.id !== undefined) this.#answer(message.id, message);
      else if (message.method !== undefined) this.#emit(message.method, message);
    }
  }

  #answer(id: number, { error, result }: IncomingMessage): void {
    const { settle, part } = this.#pending.get(id) ?? {};
    if (error !== undefined && error !== null) {
      settle?.({ kind: "error", code: Number(error.code), message: String(error.message) });
    } else if (
      isRecord(result) && (part === null || part === undefined || isRecord(result[part]))
    ) {
      settle?.({ kind: "ok", result });
    } else settle?.({ kind: "error", code: 0, message: "its answer has no result" });
  }

  #emit(method: string, { params, sessionId }: IncomingMessage): void {
    for (const handler of this.#handlers.get(method) ?? []) {
      handler(params, sessionId ?? null);
    }
  }

  #nudge(): void {
    if (this.#pending.size === 0 || !this.open) return;
    const now = performance.now();
    if (now - this.#nudgedAt < 0.5) return;
    this.#nudgedAt = now;
    this.#socket.send(NUDGE);
  }
}

/**
 * Connects to an inspector.
 *
 * @param wsUrl the URL that the subject printed (`ws://127.0.0.1:PORT/UUID`)
 * @param options `timeoutMs`: bound for the connection, default 2000
 */
export async function connectInspector(
  wsUrl: string,
  options: { readonly timeoutMs?: number } = {},
): Promise<ConnectOutcome> {
  const timeoutMs = options.timeoutMs ?? 2_000;
  let socket: WebSocket;
  try {
    socket = openSocket(wsUrl);
  } catch (error) {
    return { kind: "failed", why: errorMessage(error) };
  }
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const timer = setTimeout(() => resolve(`no answer within ${timeoutMs} ms`), timeoutMs);
  socket.onopen = () => resolve(null);
  socket.onerror = (event) =>
    resolve(event instanceof ErrorEvent && event.message !== "" ? event.message : "refused");
  const why = await promise;
  clearTimeout(timer);
  const inspector = new Inspector(socket);
  if (why === null) return { kind: "ok", inspector };
  await inspector.close();
  // Without the rest of the address: anybody who knows it can run code in the subject.
  return { kind: "failed", why: `cannot connect to ${new URL(wsUrl).host}: ${why}` };
}
