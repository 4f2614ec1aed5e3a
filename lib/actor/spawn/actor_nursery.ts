/**
 * Actor nurseries: the only way to start actors, and the place that tears them down and joins them.
 *
 * One supervisor task per child: spawn, handshake, a shielded wait for orders, the ladder, then the join of the child's
 * message loop. `cancel()` asks the children to end and leaves this side's own tasks alone, as tractor's does;
 * cancelling the scope around the nursery does both.
 *
 * @module
 */

import { nameText } from "../../protocol/text.ts";
import type { CancelReason } from "../../protocol/terms.ts";
import { type CancelScope, moveOnAfter } from "../cancel_scope.ts";
import { checkpointIfDue } from "../checkpoint.ts";
import { causeOf, newReason } from "../errors.ts";
import { Slot } from "../event.ts";
import { type Nursery, openNursery } from "../nursery.ts";
import { Portal, ResultPortal } from "../rpc/portal.ts";
import type { Returned, RunCall, RunName } from "../rpc/portal_types.ts";
import type { Functions } from "../rpc/served.ts";
import type { NurseryOptions } from "../scope_options.ts";
import { captureSite } from "../site.ts";
import { requestTeardown } from "../teardown.ts";
import type { WireValue } from "../wire/frame.ts";
import { type ActorEnd, type ActorOptions, Child } from "./child.ts";
import { tearDown } from "./ladder.ts";
import { awaitOrders, type MainCall } from "./orders.ts";
import { giveUpJoin } from "./remedies.ts";
import { REAP_FUNCTION, reapFor } from "./remote_reaper.ts";
import { type ActorRuntime, currentRuntime, EXTEND_FUNCTION } from "./runtime.ts";

let depth = 0;

/** A place that actors are started in. */
export class ActorNursery {
  readonly #nursery: Nursery;
  readonly #runtime: ActorRuntime;
  readonly #children: Set<Child> = new Set();
  readonly #outermost: boolean;
  readonly #atEnd: AtEnd;
  #cancelReason: CancelReason | null = null;
  #bodyIsOver = false;

  /**
   * Use {@linkcode openActorNursery}.
   *
   * @internal
   */
  constructor(nursery: Nursery, runtime: ActorRuntime, outermost: boolean, atEnd: AtEnd) {
    this.#atEnd = atEnd;
    this.#nursery = nursery;
    this.#runtime = runtime;
    this.#outermost = outermost;
  }

  /** Cancelling it cancels the body and tears the children down. */
  get cancelScope(): CancelScope {
    return this.#nursery.cancelScope;
  }

  /**
   * Starts an actor and waits until it is ready. It serves until it is cancelled, ends itself, or the body of the nursery
   * has ended.
   *
   * `startActor<typeof import("./worker.ts")>(…)` gives a portal that checks names, arguments and results.
   *
   * @param name last part of its path
   * @throws {RemoteActorError} when its module cannot be loaded
   * @throws {BrokenResourceError} when it dies, or is told to end, before it is ready (with the remedy `boot-race`)
   * @throws {UsageError} when name, module or shared memory cannot be those of an actor
   */
  startActor<M extends object = Functions>(
    name: string,
    options: ActorOptions,
  ): Promise<Portal<M>> {
    const text = nameText(name);
    const site = captureSite(this.startActor);
    return this.#nursery.start<Child>(
      (started) => this.#supervise(text, options, null, started),
      `supervisor of ${text}`,
      site,
    ).then((child) => new Portal<M>(...this.#portalParts(child)));
  }

  /**
   * Starts an actor, calls one function of it, and ends it when the answer is in. The nursery waits for the answer and
   * fails with its error.
   *
   * `runInActor<typeof import("./worker.ts")>(…)` checks name and arguments; with the name as second type the result, too.
   *
   * @returns a portal, as soon as the actor is ready; its `result()` is the answer
   * @throws what {@linkcode startActor} throws
   */
  runInActor<M extends object = Functions, K extends RunName<M> = RunName<M>>(
    name: string,
    options: ActorOptions,
    ...call: RunCall<M, K>
  ): Promise<ResultPortal<M, Returned<M, K>>>;
  async runInActor(
    name: string,
    options: ActorOptions,
    fn: string,
    ...args: WireValue[]
  ): Promise<ResultPortal> {
    const text = nameText(name);
    const result = new Slot<WireValue>();
    const site = captureSite(this.runInActor);
    const child = await this.#nursery.start<Child>(
      (started) => this.#supervise(text, options, { fn, args, result, site }, started),
      `supervisor of ${text}`,
      site,
    );
    return new ResultPortal(...this.#portalParts(child), result);
  }

  /** Asks every child to end. The nursery then joins them; this side's own tasks go on. */
  cancel(why = "cancel()"): void {
    this.#end(this.#reason("explicit", why));
  }

  /**
   * The body is over: the children's shields come down. Only {@linkcode openActorNursery} calls this.
   *
   * @internal
   */
  bodyEnded(cause: CancelReason | null): void {
    this.#bodyIsOver = true;
    if (cause !== null) return this.#end(cause);
    this.#requestTeardown("the body has ended");
    for (const child of this.#children) this.#release(child);
  }

  #release(child: Child): void {
    // One that was started for a call ends with its answer.
    if (this.#atEnd === "wait" || child.isForCall) child.orders.set();
    else child.wantEnd(this.#reason("shutdown", "the body of the nursery has ended"));
  }

  #end(reason: CancelReason): void {
    this.#cancelReason ??= reason;
    this.#requestTeardown(`${reason.source}${reason.detail === null ? "" : `: ${reason.detail}`}`);
    for (const child of this.#children) child.wantEnd(reason);
  }

  #requestTeardown(why: string): void {
    if (!this.#outermost) return;
    requestTeardown(why);
    this.#runtime.wiring.onTeardown?.(true);
  }

  async #supervise(
    name: string,
    options: ActorOptions,
    main: MainCall | null,
    started: (child: Child) => void,
  ): Promise<void> {
    const runtime = this.#runtime;
    // A worker is too dear to be started for nothing.
    await checkpointIfDue();
    const child = new Child(name, options, runtime);
    child.isForCall = main !== null;
    this.#children.add(child);
    runtime.children.add(child);
    child.onCrash = (error) => this.#nursery.fail(error, `actor "${child.peer.path}"`);
    child.link.serve(options.expose ?? {}, runtime.service, {
      [REAP_FUNCTION]: (lifeLock: string) => reapFor(runtime, lifeLock),
      [EXTEND_FUNCTION]: (ms: unknown) => extendSoftKill(runtime, child, ms),
    });
    runtime.addLink(child.link);
    let end: ActorEnd | null = null;
    try {
      try {
        try {
          await child.handshake.wait();
        } finally {
          runtime.wiring.spares?.fillSoon();
        }
        // What was said to all while this one was not yet there, or not yet ready.
        if (this.#cancelReason !== null) child.wantEnd(this.#cancelReason);
        if (this.#bodyIsOver) this.#release(child);
        started(child);
        await awaitOrders(child, main, this.#nursery.name);
      } catch (error) {
        child.wantEnd(causeOf(error, "its supervisor", this.#nursery.name));
        throw error;
      } finally {
        end = await tearDown(child, child.endReason, runtime);
      }
    } finally {
      this.#children.delete(child);
      runtime.children.delete(child);
      child.life.stop();
      if (end !== null) await options.onEnd?.(end);
      child.settled.set();
    }
    await this.#joinLoop(child);
  }

  /** The loop of a child that is gone ends when it is told that nothing is left to read. */
  async #joinLoop(child: Child): Promise<void> {
    const { remedies, joinMs } = this.#runtime.options;
    if (!remedies.has("bounded-join")) return await child.link.done.wait();
    const outcome = await moveOnAfter(joinMs, () => child.link.done.wait(), {
      name: "bounded join of the loop",
    });
    if (outcome.kind === "done") return;
    giveUpJoin(child.link, ` after ${joinMs} ms`);
  }

  #reason(source: CancelReason["source"], detail: string): CancelReason {
    return newReason(source, detail, this.#nursery.name);
  }

  #portalParts(child: Child): ConstructorParameters<typeof Portal> {
    const { softKillMs } = child.bounds;
    return [child.link, softKillMs, async (why, where) => {
      child.wantEnd(this.#reason("explicit", why));
      await child.settled.waitAt(where);
    }];
  }
}

/** What becomes of the actors of `startActor` when the body has ended. */
export type AtEnd = "cancel" | "wait";

/** Options of {@linkcode openActorNursery}. */
export interface ActorNurseryOptions extends Pick<NurseryOptions, "name" | "signal"> {
  /** What becomes of the actors of `startActor` when the body has ended. Default `cancel`. */
  readonly atEnd?: AtEnd;
}

/**
 * Opens an actor nursery, runs `body` in it, and joins its actors before it returns. When the body has ended, the actors
 * of `runInActor` are waited for until their answers are in, and those of `startActor` are asked to end: they would
 * serve for ever. With `atEnd: "wait"` they go on until they end by themselves, or are cancelled by other code, as
 * tractor's do.
 *
 * @returns what `body` returned, or undefined when the nursery's own scope was cancelled
 * @throws {UsageError} outside `runActors()` and outside an actor
 * @throws the error of the body, of a supervisor or of a `runInActor` call; an AggregateError when there are several
 */
export async function openActorNursery<T>(
  body: (nursery: ActorNursery) => T | Promise<T>,
  options: ActorNurseryOptions = {},
): Promise<T | undefined> {
  const site = captureSite(openActorNursery);
  const runtime = currentRuntime();
  const outermost = depth === 0 && runtime.isRoot;
  depth++;
  try {
    return await openNursery(
      (nursery) =>
        runBody(
          new ActorNursery(nursery, runtime, outermost, options.atEnd ?? "cancel"),
          nursery,
          body,
        ),
      { name: options.name ?? "actors", site, signal: options.signal },
    );
  } finally {
    depth--;
    if (outermost) runtime.wiring.onTeardown?.(false);
  }
}

async function runBody<T>(
  actors: ActorNursery,
  nursery: Nursery,
  body: (nursery: ActorNursery) => T | Promise<T>,
): Promise<T> {
  try {
    const value = await body(actors);
    actors.bodyEnded(null);
    return value;
  } catch (error) {
    actors.bodyEnded(causeOf(error, "the body", nursery.name));
    throw error;
  }
}

/** Gives a child more time for its soft kill; what it is granted here takes time above, too. */
async function extendSoftKill(runtime: ActorRuntime, child: Child, ms: unknown): Promise<void> {
  const granted = child.softKillBound.extend(ms);
  if (granted > 0) await runtime.askForTime(granted + child.bounds.hardKillMs);
}
