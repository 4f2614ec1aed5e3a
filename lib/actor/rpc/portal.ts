/** A handle on another actor: calls its functions, opens two-way calls, cancels it. @module */

import { Cancelled, causeOf, KeyboardInterrupt } from "../errors.ts";
import { type PeerRef, refusal } from "../park.ts";
import { captureSite, type SiteCapture } from "../site.ts";
import { currentContext } from "../context.ts";
import { moveOnAfter } from "../cancel_scope.ts";
import type { StreamWindow, WireValue } from "../wire/frame.ts";
import { CallerContext, type ContextCall } from "./context.ts";
import type { Link } from "./link.ts";
import { windowOf } from "./stream_window.ts";

/** A handle on another actor. */
export class Portal {
  readonly #link: Link;
  readonly #boundMs: number;
  readonly #cancelActor: (why: string, where: SiteCapture) => Promise<void>;

  /**
   * Supervisors make portals.
   *
   * @internal
   * @param boundMs how long a context that is left by an error waits for its other side
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
   * @throws {Cancelled} when the caller's scope is or gets cancelled; the function is then cancelled too
   */
  run(fn: string, ...args: WireValue[]): Promise<WireValue> {
    return this.#link.run(fn, args, this.run);
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
  async openContext<T>(
    fn: string,
    args: readonly WireValue[],
    body: (context: CallerContext, first: WireValue) => T | Promise<T>,
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
      if (!state.result.filled) await this.#cancelCall(state, error, site);
      throw error;
    } finally {
      this.#link.forget(state);
    }
  }

  /** Asks the actor to cancel itself and waits until it has ended, with the same ladder as a nursery. */
  cancelActor(why = "cancelActor"): Promise<void> {
    return this.#cancelActor(why, captureSite(this.cancelActor));
  }

  /** Cancels the other side of a call and waits, for a bounded time, until it has ended. */
  async #cancelCall(state: ContextCall, error: unknown, site: SiteCapture): Promise<void> {
    const { name } = state.bodyScope;
    this.#link.cancelCall(state.call, causeOf(error, "the body", name));
    await moveOnAfter(this.#boundMs, async () => {
      try {
        await this.#link.waitFor("result", state, site);
      } catch (end) {
        // How the other side ends no longer matters here; a cancel or an interrupt of this one does.
        if (end instanceof Cancelled || end instanceof KeyboardInterrupt) throw end;
      }
    }, { shield: true, name: `end of the ${name}` });
  }
}
