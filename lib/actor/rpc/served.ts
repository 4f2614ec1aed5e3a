/**
 * Calls that a peer has made and this actor serves: each is a task with its own cancel scope, and each is answered
 * exactly once, if anybody is left to hear it.
 *
 * @module
 */

import { thrownText } from "../../protocol/text.ts";
import type { CancelReason } from "../../protocol/terms.ts";
import { CancelScope, type ScopeOutcome } from "../cancel_scope.ts";
import { Cancelled, ClosedResourceError, UsageError } from "../errors.ts";
import { actorPath } from "../identity.ts";
import type { Nursery } from "../nursery.ts";
import type { Channel } from "../wire/channel.ts";
import { type Frame, ProtocolError, type WireValue } from "../wire/frame.ts";
import { captureSite, type SiteCapture } from "../site.ts";
import { addSnapshotSources } from "../snapshot.ts";
import { currentTask } from "../context.ts";
import type { Task } from "../task.ts";
import { toWire } from "../wire/remote_error.ts";
import { ServedContext } from "./context.ts";
import { Stream } from "./stream.ts";

/** Functions that a peer may call, by name. */
// deno-lint-ignore no-explicit-any -- parameters come over the wire; the function checks its own
export type Functions = Readonly<Record<string, ((...args: any[]) => unknown) | undefined>>;

/** The number under which a worker reports that it could not get ready; calls are numbered from 1. */
export const BOOT_CALL = 0;

type Start = Frame & { readonly kind: "start" };

/** Tasks that serve calls, begun or about to, and whose: for the wait-for graph. */
export const servedTasks: Map<Task, { readonly peer: string; readonly call: number }> = new Map();
addSnapshotSources({ serves: (task) => servedTasks.get(task) });

/** A function that is being served. */
interface ServedCall {
  readonly scope: CancelScope;
  readonly stream: Stream | null;
}

/** The calls of one peer. */
export class ServedCalls {
  readonly #channel: Channel;
  readonly #calls: Map<number, ServedCall> = new Map();
  #functions: Functions = {};
  /** Those of the runtime, by names that no function of the program has. */
  #own: Functions = {};
  #nursery: Nursery | null = null;
  /** Where the tasks of the calls are made. Captured once: it is the same place for all. */
  #site: SiteCapture | null = null;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** From now on the peer may call `functions`, and its runtime `own`; each call is a task of `nursery`. */
  serve(functions: Functions, nursery: Nursery, own: Functions = {}): void {
    this.#functions = functions;
    this.#own = own;
    this.#nursery = nursery;
  }

  streamOf(call: number): Stream | null | undefined {
    return this.#calls.get(call)?.stream;
  }

  /** The caller has cancelled a call. One that has ended by now is none of our business. */
  cancel(call: number, reason: CancelReason): void {
    const served = this.#calls.get(call);
    if (served === undefined) return;
    this.#channel.tell({ kind: "cancel-ack", call });
    served.scope.cancelBecause(reason);
  }

  cancelAll(why: Error): void {
    for (const { scope, stream } of this.#calls.values()) {
      stream?.onDown(why);
      scope.cancel(`${this.#channel.peer.path}, the caller, is gone`, "shutdown");
    }
  }

  /**
   * Begins to serve a call.
   *
   * @throws {ProtocolError} when the peer may not call yet, or the number is taken
   */
  start(frame: Start): void {
    const { path } = this.#channel.peer;
    const nursery = this.#nursery;
    if (nursery === null) throw new ProtocolError(path, "a call before the handshake");
    const { call, fn } = frame;
    if (call === BOOT_CALL) throw new ProtocolError(path, `a call with the number ${BOOT_CALL}`);
    if (this.#calls.has(call)) {
      throw new ProtocolError(path, `a second call ${call} while the first is under way`);
    }
    const stream = frame.window === null
      ? null
      : new Stream(call, "yours", this.#channel.peer, this.#channel, frame.window);
    const served: ServedCall = { scope: new CancelScope({ name: `call ${fn}` }), stream };
    try {
      this.#site ??= captureSite(this.start);
      const task = nursery.spawn(() => this.#run(frame, served), fn, this.#site);
      servedTasks.set(task, { peer: path, call });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      // The nursery is closed. The peer could not know that yet.
      const ending = new ClosedResourceError(`${actorPath()} is ending and takes no more calls`);
      this.#answer(frame, { kind: "error", call, error: toWire(ending) });
      return;
    }
    this.#calls.set(call, served);
  }

  /**
   * The task of a call. A function that returns without a promise is answered at once, for it has never waited; what it
   * ran in is no less its task and its scope.
   */
  #run(frame: Start, served: ServedCall): void | Promise<void> {
    const { scope, stream } = served;
    let outcome: ScopeOutcome<unknown> | Promise<ScopeOutcome<unknown>>;
    try {
      // Taken back before it began, or its caller is gone: of a flood of calls, hundreds may be queued by then.
      if (scope.reason !== null) throw new Cancelled(scope.reason);
      outcome = scope.begin(() => this.#callTarget(frame, stream));
    } catch (error) {
      return this.#failed(frame, served, error);
    }
    if (!(outcome instanceof Promise)) return this.#ended(frame, served, outcome);
    return outcome.then(
      (outcome) => this.#ended(frame, served, outcome),
      (error) => this.#failed(frame, served, error),
    );
  }

  #ended(frame: Start, served: ServedCall, outcome: ScopeOutcome<unknown>): void {
    if (outcome.kind === "cancelled") {
      return this.#failed(frame, served, new Cancelled(outcome.reason));
    }
    try {
      this.#answer(frame, { kind: "return", call: frame.call, value: outcome.value });
    } finally {
      this.#forget(frame, served);
    }
  }

  /** @throws a cancel that is not this call's own: it goes on to the scope it belongs to */
  #failed(frame: Start, served: ServedCall, error: unknown): void {
    const { call } = frame;
    const { scope, stream } = served;
    try {
      // A producer ends because its reader is gone.
      const end: Frame & { readonly kind: "return" | "error" } = stream?.isReaderGone(error)
        ? { kind: "return", call, value: null }
        : { kind: "error", call, error: toWire(hinted(error, frame)) };
      this.#answer(frame, end);
    } finally {
      this.#forget(frame, served);
    }
    if (error instanceof Cancelled && error.reason !== scope.reason) throw error;
  }

  #forget({ call }: Start, { stream }: ServedCall): void {
    this.#calls.delete(call);
    servedTasks.delete(currentTask());
    stream?.close();
  }

  #callTarget({ call, fn, args }: Start, stream: Stream | null): unknown {
    // Own properties only: every object has a "constructor" that can be called.
    const functions = Object.hasOwn(this.#own, fn) ? this.#own : this.#functions;
    const target = Object.hasOwn(functions, fn) ? functions[fn] : undefined;
    if (typeof target !== "function") {
      throw new TypeError(`there is no function "${fn}" to call in ${actorPath()}`);
    }
    // What cannot cross is found when it is sent.
    if (stream === null) return target(...args);
    this.#channel.send({ kind: "start-ack", call });
    const context = new ServedContext(
      stream,
      (value) => this.#channel.send({ kind: "started", call, value }),
    );
    return finished(fn, context, target(context, ...args));
  }

  /** Answers if anybody is there to hear it; an answer that cannot cross goes as the error that says so. */
  #answer({ call, fn }: Start, frame: Frame & { readonly kind: "return" | "error" }): void {
    if (this.#channel.isOver) return;
    // No other call is about to answer: nothing to gather with.
    const isAlone = this.#calls.size <= 1;
    try {
      this.#channel.send(frame, isAlone);
    } catch (cause) {
      const error = new TypeError(`what "${fn}" returned cannot cross: ${thrownText(cause)}`, {
        cause,
      });
      this.#channel.send({ kind: "error", call, error: toWire(error) }, isAlone);
    }
  }
}

/** A function for contexts that is called as another, or the other way round, fails with what tells nothing of that. */
function hinted(error: unknown, { fn, window }: Start): unknown {
  if (window !== null || !(error instanceof TypeError) || !/\bstarted\b/.test(error.message)) {
    return error;
  }
  return new UsageError(
    `"${fn}" seems to be a function for a context, whose first argument has started(): call it ` +
      "with openContext()",
    { cause: error },
  );
}

async function finished(fn: string, context: ServedContext, result: unknown): Promise<WireValue> {
  const value = await result;
  if (!context.hasStarted) throw new UsageError(`"${fn}" returned without calling started()`);
  return value;
}
