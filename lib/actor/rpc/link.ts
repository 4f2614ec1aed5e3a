/**
 * The conversation with one peer: one task reads the channel and hands every frame on, to a call that waits here or to
 * a function that is served here. The loop lives in the service nursery of its actor, outside every actor nursery, as
 * tractor's process_messages does: cancelling a nursery does not cancel the loops of its children.
 *
 * Invariant: when the loop has ended, for whatever reason, no call of this link waits any more.
 *
 * @module
 */

import type { CancelReason } from "../../protocol/journal_event.ts";
import { CancelScope } from "../cancel_scope.ts";
import { BrokenResourceError, Cancelled, ClosedResourceError } from "../errors.ts";
import { Event } from "../event.ts";
import type { Nursery } from "../nursery.ts";
import { type Park, park, type ParkReason, type PeerRef, type Where } from "../park.ts";
import type { Channel } from "../wire/channel.ts";
import { type Frame, ProtocolError, type WireValue } from "../wire/frame.ts";
import { RemoteActorError, toWire } from "../wire/remote_error.ts";
import { ContextCall, type RunCall } from "./calls.ts";
import { ServedContext } from "./context.ts";
import { Stream } from "./stream.ts";

/** Functions that a peer may call, by name. */
// deno-lint-ignore no-explicit-any -- parameters come over the wire; the function checks its own
export type Functions = Readonly<Record<string, ((...args: any[]) => unknown) | undefined>>;

/** The number under which a worker reports that it could not get ready; calls are numbered from 1. */
export const BOOT_CALL = 0;

/** What a link tells its owner. */
export interface LinkOwner {
  /** The peer asks this whole actor to cancel itself. */
  onActorCancel?(reason: CancelReason): void;
  /** The peer has acknowledged that it cancels itself. */
  onActorCancelAck?(): void;
  /** The peer says that it is ready. */
  onHandshake?(path: string): void;
  /** The peer could not get ready, and why. */
  onBootError?(error: RemoteActorError): void;
  /** The conversation is over: goodbye, break or cancel. */
  onDone?(): void;
}

/** A function that is being served. */
interface ServedCall {
  readonly scope: CancelScope;
  readonly stream: Stream | null;
}

/** The conversation with one peer. */
export class Link {
  readonly channel: Channel;
  /** Set once the loop has ended. */
  readonly done: Event;
  /** Cancelling it ends the loop: what `cancel-peer-tasks` does. */
  readonly loopScope: CancelScope;
  readonly #owner: LinkOwner;
  readonly #rpcReason: ParkReason;
  readonly #calls: Map<number, RunCall | ContextCall> = new Map();
  readonly #served: Map<number, ServedCall> = new Map();
  #functions: Functions = {};
  #serveIn: Nursery | null = null;
  #lastCall = 0;

  constructor(channel: Channel, owner: LinkOwner) {
    this.channel = channel;
    this.#owner = owner;
    this.done = new Event(`loop of ${channel.id} ended`, channel.peer);
    this.loopScope = new CancelScope({ name: `loop of ${channel.id}` });
    this.#rpcReason = {
      kind: "rpc",
      resource: () => `answer on ${channel.id}`,
      peer: channel.peer,
    };
  }

  /** The peer. */
  get peer(): PeerRef {
    return this.channel.peer;
  }

  /** From now on the peer may call `functions`; each call is a task of `nursery`. */
  serve(functions: Functions, nursery: Nursery): void {
    this.#functions = functions;
    this.#serveIn = nursery;
  }

  /**
   * Reads the channel until it closes, breaks or the peer says goodbye. Returns in all these cases.
   *
   * @throws {Cancelled} when cancelled from further out than {@linkcode loopScope}
   */
  async processMessages(): Promise<void> {
    let why: Error = new ClosedResourceError(`${this.peer.path} has said goodbye`);
    try {
      const outcome = await this.loopScope.run(async () => {
        for (;;) {
          const frame = this.channel.take() ?? await this.channel.recv();
          if (frame.kind === "bye") return;
          this.#dispatch(frame);
        }
      });
      if (outcome.kind === "cancelled") {
        why = new BrokenResourceError(
          `the tasks of ${this.peer.path} were cancelled: ${outcome.reason.detail}`,
        );
      }
      this.channel.close(outcome.kind === "done" ? "goodbye" : why.message);
    } catch (error) {
      if (error instanceof Cancelled) {
        why = new BrokenResourceError(`the loop of ${this.peer.path} was cancelled`, {
          cause: error,
        });
        this.channel.close(why.message);
        throw error;
      }
      why = error instanceof Error ? error : new Error(String(error));
      this.channel.abort(why);
    } finally {
      this.#failAll(why);
      this.done.set();
      this.#owner.onDone?.();
    }
  }

  /**
   * Calls `fn` of the peer and waits for its answer.
   *
   * @throws {RemoteActorError} when it throws over there
   * @throws {BrokenResourceError | ClosedResourceError} when the peer is or gets lost
   * @throws {Cancelled} when the scope is or gets cancelled; the peer is told
   */
  run(fn: string, args: readonly WireValue[], where: Where = this.run): Promise<WireValue> {
    const call = ++this.#lastCall;
    return park<WireValue>(this.#rpcReason, where, (self) => {
      this.#begin(call, { shape: "run", park: self }, () => {
        this.channel.send({ kind: "start", call, shape: "run", fn, args });
      });
      return (error) => {
        this.#calls.delete(call);
        if (error instanceof Cancelled) this.cancelCall(call, error.reason);
        return "left";
      };
    });
  }

  /** Begins a two-way call. */
  openCall(
    fn: string,
    args: readonly WireValue[],
  ): { readonly call: number; readonly state: ContextCall } {
    const call = ++this.#lastCall;
    const state = new ContextCall(
      new Stream(call, "mine", this.peer, (frame) => this.channel.send(frame)),
    );
    this.#begin(call, state, () => {
      this.channel.send({ kind: "start", call, shape: "context", fn, args });
    });
    return { call, state };
  }

  /** Waits for a part of a two-way call. */
  waitFor(
    part: "started" | "result",
    state: ContextCall,
    where: Where = this.waitFor,
  ): Promise<WireValue> {
    return park<WireValue>(this.#rpcReason, where, (self) => {
      const withdraw = state[part].attach(self);
      return () => {
        withdraw();
        return "left";
      };
    });
  }

  /** Tells the peer to cancel a call. Never throws: the channel may be gone. */
  cancelCall(call: number | null, reason: CancelReason): void {
    if (this.channel.state === "broken" || this.channel.state === "closed") return;
    this.channel.send({ kind: "cancel", call, reason });
  }

  #begin(call: number, entry: RunCall | ContextCall, send: () => void): void {
    this.#calls.set(call, entry);
    try {
      if (this.done.isSet) {
        throw new BrokenResourceError(`the conversation with ${this.peer.path} is over`);
      }
      send();
    } catch (error) {
      this.#finish(
        call,
        (waiting) => waiting.fail(error instanceof Error ? error : new Error(String(error))),
      );
    }
  }

  #finish(call: number, end: (waiting: Park<WireValue> | ContextCall) => void): void {
    const entry = this.#calls.get(call);
    this.#calls.delete(call);
    if (entry !== undefined) end(entry.shape === "run" ? entry.park : entry);
  }

  #failAll(why: Error): void {
    for (const call of [...this.#calls.keys()]) this.#finish(call, (waiting) => waiting.fail(why));
    for (const { scope, stream } of this.#served.values()) {
      stream?.onDown(why);
      scope.cancel(`${this.peer.path}, who had called, is gone`, "shutdown");
    }
  }

  #dispatch(frame: Frame): void {
    switch (frame.kind) {
      case "handshake":
        return this.#owner.onHandshake?.(frame.path);
      case "spawn-spec":
        throw new ProtocolError(this.peer.path, "a spawn spec in the middle of a conversation");
      case "start":
        return this.#serveCall(frame);
      case "start-ack":
      case "bye":
        return;
      case "started":
        return this.#contextCall(frame.call)?.started.fill(frame.value);
      case "yield":
        return this.#streamOf(frame)?.onYield(frame.value);
      case "credit":
        return this.#streamOf(frame)?.onCredit(frame.count);
      case "stop":
        return this.#streamOf(frame)?.onStop();
      case "return":
        return this.#onReturn(frame.call, frame.value);
      case "error":
        if (frame.call === BOOT_CALL) {
          return this.#owner.onBootError?.(new RemoteActorError(frame.error));
        }
        return this.#finish(
          frame.call,
          (waiting) => waiting.fail(new RemoteActorError(frame.error)),
        );
      case "cancel":
        if (frame.call === null) return this.#owner.onActorCancel?.(frame.reason);
        return this.#served.get(frame.call)?.scope.cancelBecause(frame.reason);
      case "cancel-ack":
        return this.#owner.onActorCancelAck?.();
    }
  }

  #onReturn(call: number, value: WireValue): void {
    this.#finish(call, (waiting) => {
      if (!(waiting instanceof ContextCall)) return waiting.wake(value);
      if (!waiting.started.filled) {
        waiting.started.fail(
          new ProtocolError(this.peer.path, `call ${call} returned before it said started`),
        );
      }
      waiting.result.fill(value);
      waiting.stream.onStop();
    });
  }

  #contextCall(call: number): ContextCall | undefined {
    const entry = this.#calls.get(call);
    return entry?.shape === "context" ? entry : undefined;
  }

  #streamOf(
    frame: Frame & { readonly call: number; readonly side: "mine" | "yours" },
  ): Stream | null | undefined {
    return frame.side === "mine"
      ? this.#contextCall(frame.call)?.stream
      : this.#served.get(frame.call)?.stream;
  }

  #serveCall(frame: Frame & { readonly kind: "start" }): void {
    const nursery = this.#serveIn;
    if (nursery === null) throw new ProtocolError(this.peer.path, "a call before the handshake");
    const { call, fn } = frame;
    const stream = frame.shape === "context"
      ? new Stream(call, "yours", this.peer, (out) => this.channel.send(out))
      : null;
    const served: ServedCall = { scope: new CancelScope({ name: `call ${fn}` }), stream };
    this.#served.set(call, served);
    nursery.spawn(() => this.#runServed(frame, served), fn);
  }

  async #runServed(
    frame: Frame & { readonly kind: "start" },
    { scope, stream }: ServedCall,
  ): Promise<void> {
    const { call } = frame;
    try {
      const target = this.#functions[frame.fn];
      if (typeof target !== "function") {
        throw new TypeError(
          `there is no function "${frame.fn}" to call in ${this.channel.id.split("<->")[0]}`,
        );
      }
      const outcome = await scope.run(() => {
        if (stream === null) return target(...frame.args);
        this.channel.send({ kind: "start-ack", call });
        const context = new ServedContext(
          stream,
          (value) => this.channel.send({ kind: "started", call, value }),
        );
        return target(context, ...frame.args);
      });
      if (outcome.kind === "cancelled") throw new Cancelled(outcome.reason);
      this.#answer({ kind: "return", call, value: outcome.value as WireValue });
    } catch (error) {
      this.#answer({ kind: "error", call, error: toWire(error) });
      // A cancel that is not this call's own goes on to the scope it belongs to.
      if (error instanceof Cancelled && error.reason !== scope.reason) throw error;
    } finally {
      this.#served.delete(call);
    }
  }

  /** Answers if anybody is there to hear it; an answer that cannot be sent as it is goes as the error it caused. */
  #answer(frame: Frame & { readonly kind: "return" | "error" }): void {
    if (this.channel.state === "broken" || this.channel.state === "closed") return;
    try {
      this.channel.send(frame);
    } catch (error) {
      this.channel.send({ kind: "error", call: frame.call, error: toWire(error) });
    }
  }
}
