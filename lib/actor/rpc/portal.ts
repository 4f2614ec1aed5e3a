/** A handle on another actor: calls its functions, opens two-way calls, cancels it. @module */

import { Cancelled, causeOf, combine, KeyboardInterrupt } from "../errors.ts";
import type { Slot } from "../event.ts";
import { park, type ParkReason, type PeerRef, refusal } from "../park.ts";
import { captureSite, type SiteCapture } from "../site.ts";
import { currentContext } from "../context.ts";
import { moveOnAfter } from "../cancel_scope.ts";
import type { StreamWindow, WireValue } from "../wire/frame.ts";
import { RemoteActorError } from "../wire/remote_error.ts";
import { CallerContext, type ContextCall } from "./context.ts";
import type { Link } from "./link.ts";
import type { ContextArgs, ContextName, Returned, RunArgs, RunName } from "./portal_types.ts";
import type { Functions } from "./served.ts";
import { windowOf } from "./stream_window.ts";

/**
 * A handle on another actor. `Portal<typeof import("./worker.ts")>` checks names, arguments and results against the
 * module; a plain `Portal` takes any name, and its values are unknown. Only the compiler checks: what a function returns
 * arrives as structured clone gives it back, an instance of a class without its methods.
 */
export class Portal<M extends object = Functions> {
  readonly #link: Link;
  readonly #boundMs: number;
  readonly #cancelActor: (why: string, where: SiteCapture) => Promise<void>;

  /**
   * Supervisors make portals.
   *
   * @internal
   * @param boundMs how long a call that is cancelled, or a context that is left by an error, waits for its other side
   * @param cancelActor what {@linkcode cancelActor} does
   */
  constructor(
    link: Link,
    boundMs: number,
    cancelActor: (why: string, where: SiteCapture) => Promise<void>,
  ) {
    this.#link = link;
    this.#boundMs = boundMs;
    this.#cancelActor = cancelActor;
  }

  /** The actor behind it, and whether it lives. */
  get peer(): PeerRef {
    return this.#link.peer;
  }

  /**
   * Calls an exported function of the actor's module and waits for what it returns.
   *
   * @throws {RemoteActorError} when the function throws; it carries the actor's path, type, message, stack and cause
   * @throws {BrokenResourceError | ClosedResourceError} when the actor is lost or has ended
   * @throws {TypeError} when an argument cannot cross
   * @throws {Cancelled} when the caller's scope is or gets cancelled; the function is then cancelled too, and waited for
   * within the bound of a soft kill. What it throws while it cleans up is thrown here instead
   * @throws {UsageError} outside a run
   */
  run<K extends RunName<M>>(fn: K, ...args: RunArgs<M, K>): Promise<Returned<M, K>>;
  run(fn: string, ...args: WireValue[]): Promise<WireValue> {
    return this.#link.run(fn, args, this.run, this.#boundMs);
  }

  /**
   * Calls a function that talks back: waits until it says `started(first)`, then runs `body` beside it, then waits for
   * its end.
   *
   * The two sides hold each other: when the function fails or the actor is lost, `body` is cancelled; when `body`
   * fails, the function is cancelled and given a bounded time to end. When `body` returns, it reads no more: a function
   * that goes on sending gets BrokenResourceError, and may end with it.
   *
   * @param window how much may be on the way or unread in each direction; 256 values and 8 MiB unless told otherwise
   * @returns what `body` returned
   * @throws {RemoteActorError} when the function throws
   * @throws {BrokenResourceError | ClosedResourceError} when the actor is lost or has ended
   * @throws {TypeError} when an argument cannot cross
   * @throws {UsageError} when a bound of the window is no whole number above 0
   */
  async openContext<T, K extends ContextName<M>>(
    fn: K,
    args: ContextArgs<M, K>,
    body: (context: CallerContext<Returned<M, K>>, first: WireValue) => T | Promise<T>,
    window: Partial<StreamWindow> = {},
  ): Promise<T> {
    const site = captureSite(this.openContext);
    const refused = refusal(currentContext());
    if (refused !== null) throw refused;
    if (this.#link.channel.isOver) return await this.#link.refuse();
    const state = this.#link.openCall(fn, args, windowOf(window));
    try {
      const first = await this.#link.waitFor("started", state, site);
      const outcome = await state.bodyScope.run(() =>
        body(
          new CallerContext(state.stream, (where) => this.#link.waitFor("result", state, where)),
          first,
        )
      );
      if (outcome.kind === "cancelled") throw state.failure ?? new Cancelled(outcome.reason);
      state.stream.leave();
      await this.#link.waitFor("result", state, site);
      return outcome.value;
    } catch (error) {
      const end = state.result.filled ? null : await this.#cancelCall(state, error, site);
      throw end === null ? error : worse(error, end, fn);
    } finally {
      this.#link.forget(state);
    }
  }

  /** Asks the actor to cancel itself and waits until it has ended, with the same ladder as a nursery. */
  cancelActor(why = "cancelActor"): Promise<void> {
    return this.#cancelActor(why, captureSite(this.cancelActor));
  }

  /**
   * Cancels the other side of a call and waits, for a bounded time, until it has ended.
   *
   * @returns the error that it failed with while it ended; null when the cancel is all there is to it
   */
  async #cancelCall(
    state: ContextCall,
    error: unknown,
    site: SiteCapture,
  ): Promise<RemoteActorError | null> {
    const { name } = state.bodyScope;
    this.#link.cancelCall(state.call, causeOf(error, "the body", name));
    const outcome = await moveOnAfter(this.#boundMs, async () => {
      try {
        await this.#link.waitFor("result", state, site);
      } catch (end) {
        // A cancel or an interrupt of this side.
        if (end instanceof Cancelled || end instanceof KeyboardInterrupt) throw end;
        if (end instanceof RemoteActorError && end.reason === null && end !== error) return end;
      }
      return null;
    }, { shield: true, name: `end of the ${name}` });
    return outcome.kind === "done" ? outcome.value : null;
  }
}

/** A handle on an actor that was started for one call. */
export class ResultPortal<M extends object = Functions, R = WireValue> extends Portal<M> {
  readonly #result: Slot<R>;

  /**
   * Supervisors make portals.
   *
   * @internal
   */
  constructor(
    link: Link,
    boundMs: number,
    cancelActor: (why: string, where: SiteCapture) => Promise<void>,
    result: Slot<R>,
  ) {
    super(link, boundMs, cancelActor);
    this.#result = result;
  }

  /**
   * Waits for what the function of the call returned.
   *
   * @throws {RemoteActorError} when the function throws; the nursery of the actor then fails with it, too
   * @throws {BrokenResourceError | ClosedResourceError} when the actor is lost or has ended before
   * @throws {Cancelled} when the scope is or gets cancelled, or the call is
   */
  result(): Promise<R> {
    const reason: ParkReason = {
      kind: "rpc",
      resource: `result of ${this.peer.path}`,
      peer: this.peer,
    };
    return park<R>(reason, this.result, (self) => this.#result.attach(self));
  }
}

/** What comes out when both sides fail: as with tasks of a nursery, a cancel alone counts for nothing. */
function worse(error: unknown, end: RemoteActorError, fn: string): unknown {
  return error instanceof Cancelled ? end : combine([
    { error, who: "the body" },
    { error: end, who: `"${fn}"` },
  ], `context of ${fn}`);
}
