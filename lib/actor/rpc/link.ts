/**
 * The conversation with one peer: one task reads the channel and hands every frame on, to a call that waits here or to
 * a function that is served here. The loop lives in the service nursery of its actor, outside every actor nursery, as
 * tractor's process_messages does: cancelling a nursery does not cancel the loops of its children.
 *
 * Invariant: when the loop has ended, for whatever reason, no call of this link waits any more.
 *
 * @module
 */

import { textOf } from "../../protocol/text.ts";
import type { CancelReason } from "../../protocol/terms.ts";
import { CancelScope } from "../cancel_scope.ts";
import { checkpointIfDue } from "../checkpoint.ts";
import { BrokenResourceError, Cancelled, causeOf, ClosedResourceError } from "../errors.ts";
import type { Context } from "../task.ts";
import { type Event, peerEvent } from "../event.ts";
import type { Nursery } from "../nursery.ts";
import {
  park,
  parkEvenIfCancelled,
  type ParkReason,
  type PeerRef,
  refusal,
  type Where,
} from "../park.ts";
import { currentContext } from "../context.ts";
import type { Channel } from "../wire/channel.ts";
import { type Frame, ProtocolError, type StreamWindow, type WireValue } from "../wire/frame.ts";
import { clippedReason, RemoteActorError } from "../wire/remote_error.ts";
import { ContextCall } from "./context.ts";
import { PendingCalls } from "./pending_calls.ts";
import { BOOT_CALL, type Functions, ServedCalls } from "./served.ts";
import { Stream } from "./stream.ts";

export { BOOT_CALL, type Functions } from "./served.ts";

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
  /** The peer is about to die of an error that none of its tasks caught. */
  onCrash?(error: RemoteActorError): void;
  /** The conversation is over: goodbye, break or cancel. */
  onDone?(): void;
}

export class Link {
  /** Set once the loop has ended. */
  readonly done: Event;
  /** Cancelling it ends the loop: what `cancel-peer-tasks` does. */
  readonly loopScope: CancelScope;
  /** Why this conversation is lost: the peer was ended by force, or given up. Null while it is not. */
  lost: string | null = null;
  readonly #answer: string;
  readonly #calls: PendingCalls;
  readonly #served: ServedCalls;
  #lastCall = BOOT_CALL;

  constructor(readonly channel: Channel, readonly owner: LinkOwner) {
    this.done = peerEvent(`loop of ${channel.id} ended`, channel.peer);
    this.loopScope = new CancelScope({ name: `loop of ${channel.id}` });
    this.#answer = `answer on ${channel.id}`;
    this.#served = new ServedCalls(channel);
    this.#calls = new PendingCalls(channel.peer.path);
    // Not when the loop hears of it: calls of the peer may be queued before it, and their callers wait no more.
    channel.onBroken = (why) => this.#failAll(why);
  }

  get peer(): PeerRef {
    return this.channel.peer;
  }

  /** See {@linkcode ServedCalls.serve}. */
  serve(functions: Functions, nursery: Nursery, own: Functions = {}): void {
    this.#served.serve(functions, nursery, own);
  }

  /**
   * Reads the channel until it closes, breaks or the peer says goodbye. Returns in all these cases.
   *
   * @throws {Cancelled} when cancelled from further out than {@linkcode loopScope}
   */
  async processMessages(): Promise<void> {
    let why: Error = new ClosedResourceError(`${this.peer.path} has said goodbye`);
    try {
      const outcome = await this.loopScope.run(() =>
        this.channel.pump((frame) => {
          if (frame.kind === "bye") return "last";
          this.#dispatch(frame);
          return "more";
        })
      );
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
      why = error instanceof Error ? error : new Error(textOf(error));
      this.channel.abort(why);
    } finally {
      this.#failAll(why);
      this.done.set();
      this.owner.onDone?.();
    }
  }

  /**
   * Calls `fn` of the peer and waits for its answer.
   *
   * @throws {RemoteActorError} when it throws over there
   * @throws {BrokenResourceError | ClosedResourceError} when the peer is or gets lost
   * A call that is cancelled tells the peer, and waits for its function to end: an error of its cleanup comes out here,
   * and nothing of it goes on behind the caller's back. After `boundMs` it waits no longer.
   *
   * @throws {TypeError} when an argument cannot cross
   * @throws {Cancelled} when the scope is or gets cancelled
   * @throws {UsageError} outside a run
   */
  run(
    fn: string,
    args: readonly WireValue[],
    where: Where = this.run,
    boundMs: number = 0,
  ): Promise<WireValue> {
    if (this.channel.isOver) return this.refuse();
    let context: Context;
    try {
      context = currentContext();
    } catch (error) {
      return Promise.reject(error);
    }
    const refused = refusal(context);
    if (refused !== null) return Promise.reject(refused);
    const call = ++this.#lastCall;
    try {
      // A call that is alone has nothing to gather with: the peer works on it while this side writes down that it waits.
      const isAlone = this.#calls.size === 0;
      this.channel.send({ kind: "start", call, fn, args, window: null }, isAlone);
    } catch (error) {
      return Promise.reject(error);
    }
    return parkEvenIfCancelled<WireValue>(
      context,
      this.#answerTo(call),
      where,
      (park) =>
        this.#calls.addRun(
          call,
          fn,
          park,
          boundMs,
          (why) => this.cancelCall(call, causeOf(why, "its caller", `call of ${fn}`)),
        ),
    );
  }

  /** Begins a two-way call. The caller must {@linkcode forget} it in the end. */
  openCall(fn: string, args: readonly WireValue[], window: StreamWindow): ContextCall {
    const call = ++this.#lastCall;
    const stream = new Stream(call, "mine", this.peer, this.channel, window);
    const state = new ContextCall(call, fn, stream);
    this.#calls.addContext(state);
    try {
      this.channel.send({ kind: "start", call, fn, args, window });
    } catch (error) {
      this.#calls.fail(call, error instanceof Error ? error : new Error(textOf(error)));
    }
    return state;
  }

  /**
   * Throws what a call throws when the conversation is over. A checkpoint, so that a program that tries again and again
   * does not starve its own loop.
   */
  async refuse(): Promise<never> {
    const due = checkpointIfDue();
    if (due !== null) await due;
    throw this.channel.over ?? new ClosedResourceError(`${this.peer.path} is not there any more`);
  }

  waitFor(
    part: "started" | "result",
    state: ContextCall,
    where: Where = this.waitFor,
  ): Promise<WireValue> {
    return park<WireValue>(
      this.#answerTo(state.call),
      where,
      (self) => state[part].attach(self),
    );
  }

  /** Ends this side of a two-way call. What the peer still says about it is ignored from now on. */
  forget(state: ContextCall): void {
    this.#calls.end(state.call);
    state.stream.leave();
  }

  /** Tells the peer to cancel a call, or the whole actor. Never throws: the channel may be gone. */
  cancelCall(call: number | null, reason: CancelReason): void {
    this.channel.tell({ kind: "cancel", call, reason: clippedReason(reason) });
  }

  #answerTo(call: number): ParkReason {
    return { kind: "rpc", resource: this.#answer, peer: this.peer, call };
  }

  #failAll(why: Error): void {
    this.#calls.failAll(why);
    this.#served.cancelAll(why);
  }

  #dispatch(frame: Frame): void {
    switch (frame.kind) {
      case "handshake":
        return this.#onHandshake(frame.path);
      case "start":
        return this.#served.start(frame);
      case "start-ack":
      case "bye":
        return;
      case "started":
        return this.#calls.context(frame.call)?.started.fill(frame.value);
      case "yield":
        return this.#streamOf(frame)?.onYield(frame.value, frame.bytes);
      case "credit":
        return this.#streamOf(frame)?.onCredit(frame.count);
      case "stop":
        return this.#streamOf(frame)?.onStop(frame.reads);
      case "return":
        return this.#calls.onReturn(frame.call, frame.value);
      case "error":
        if (frame.call !== BOOT_CALL) return this.#calls.onError(frame.call, frame.error);
        return this.owner.onBootError?.(new RemoteActorError(frame.error));
      case "crash":
        return this.owner.onCrash?.(new RemoteActorError(frame.error));
      case "cancel":
        if (frame.call === null) return this.owner.onActorCancel?.(frame.reason);
        return this.#served.cancel(frame.call, frame.reason);
      case "cancel-ack":
        if (frame.call === null) return this.owner.onActorCancelAck?.();
        return this.#calls.onCancelAck(frame.call);
    }
  }

  #onHandshake(path: string): void {
    if (path !== this.peer.path) {
      throw new ProtocolError(this.peer.path, `a handshake in the name of ${path}`);
    }
    this.owner.onHandshake?.(path);
  }

  #streamOf(
    frame: Frame & { readonly call: number; readonly side: "mine" | "yours" },
  ): Stream | null | undefined {
    return frame.side === "mine"
      ? this.#calls.context(frame.call)?.stream
      : this.#served.streamOf(frame.call);
  }
}
