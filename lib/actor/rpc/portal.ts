/** A handle on another actor: calls its functions, opens two-way calls, cancels it. @module */

import { epochNow } from "../../protocol/epoch.ts";
import { Cancelled } from "../errors.ts";
import { actorPath } from "../identity.ts";
import type { PeerRef } from "../park.ts";
import { captureSite } from "../site.ts";
import { moveOnAfter } from "../timeouts.ts";
import type { WireValue } from "../wire/frame.ts";
import type { ContextCall } from "./calls.ts";
import type { StreamSide } from "./context.ts";
import type { Link } from "./link.ts";

/** The caller's side of a two-way call. */
export class CallerContext implements StreamSide {
  readonly #link: Link;
  readonly #state: ContextCall;

  constructor(link: Link, state: ContextCall) {
    this.#link = link;
    this.#state = state;
  }

  /** See {@linkcode StreamSide.send}. */
  send(value: WireValue): Promise<void> {
    return this.#state.stream.send(value, this.send);
  }

  /** See {@linkcode StreamSide.receive}. */
  receive(): Promise<WireValue> {
    return this.#state.stream.receive(this.receive);
  }

  /** See {@linkcode StreamSide.stop}. */
  stop(): void {
    this.#state.stream.stop();
  }

  /**
   * What the peer's function returned.
   *
   * @throws {RemoteActorError} when it threw
   */
  result(): Promise<WireValue> {
    return this.#link.waitFor("result", this.#state, this.result);
  }

  [Symbol.asyncIterator](): AsyncGenerator<WireValue, void, undefined> {
    return this.#state.stream[Symbol.asyncIterator]();
  }
}

/** A handle on another actor. */
export class Portal {
  readonly #link: Link;
  readonly #boundMs: number;
  readonly #cancelActor: (why: string) => Promise<void>;

  /**
   * @param boundMs how long a context that is left by an error waits for its other side
   * @param cancelActor what {@linkcode cancelActor} does
   */
  constructor(link: Link, boundMs: number, cancelActor: (why: string) => Promise<void>) {
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
   * @throws {Cancelled} when the caller's scope is or gets cancelled; the function is then cancelled too
   */
  run(fn: string, ...args: WireValue[]): Promise<WireValue> {
    return this.#link.run(fn, args, this.run);
  }

  /**
   * Calls a function that talks back: waits until it says `started(first)`, then runs `body` beside it, then waits for
   * its end. When `body` fails, the function is cancelled and given a bounded time to end.
   *
   * @returns what `body` returned
   * @throws {RemoteActorError} when the function throws
   */
  async openContext<T>(
    fn: string,
    args: readonly WireValue[],
    body: (context: CallerContext, first: WireValue) => T | Promise<T>,
  ): Promise<T> {
    const site = captureSite(this.openContext);
    const { call, state } = this.#link.openCall(fn, args);
    try {
      const first = await this.#link.waitFor("started", state, site);
      const value = await body(new CallerContext(this.#link, state), first);
      state.stream.stop();
      await this.#link.waitFor("result", state, site);
      return value;
    } catch (error) {
      if (!state.result.filled) {
        this.#link.cancelCall(call, reasonFor(error));
        await moveOnAfter(
          this.#boundMs,
          () => this.#link.waitFor("result", state, site).catch(rethrowCancelled),
          {
            shield: true,
            name: `end of ${fn}`,
          },
        );
      }
      throw error;
    }
  }

  /** Asks the actor to cancel itself and waits until it has ended, with the same ladder as a nursery. */
  cancelActor(why = "cancelActor"): Promise<void> {
    return this.#cancelActor(why);
  }
}

function reasonFor(error: unknown): Cancelled["reason"] {
  if (error instanceof Cancelled) return error.reason;
  return {
    source: "sibling-failure",
    detail: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    scope: "context",
    byActor: actorPath(),
    atMs: epochNow(),
  };
}

/** The outcome of the other side no longer matters here; a cancel still does. */
function rethrowCancelled(error: unknown): null {
  if (error instanceof Cancelled) throw error;
  return null;
}
