/**
 * The one door: every wait of the runtime goes through {@linkcode park}. A parked task has written down what it waits
 * for, on whom, since when and where, so a dump is complete by construction: if it waits, it parked; if it parked, it
 * is in the dump. Cancellation is delivered here and nowhere else.
 *
 * Invariant: a Park settles exactly once, by `wake`, by `fail` or by `interrupt`, and is registered with its task and
 * its scope exactly while it is unsettled.
 *
 * @module
 */

import type { ParkKind } from "../protocol/snapshot.ts";
import type { CancelScope } from "./cancel_scope.ts";
import { currentTime } from "./clock.ts";
import { Cancelled, type KeyboardInterrupt } from "./errors.ts";
import { observe } from "./identity.ts";
import { captureSite, type SiteCapture } from "./site.ts";
import { type Context, currentContext, type Task } from "./task.ts";

/** Another actor as a wait refers to it. The object is shared, so a dump sees the state as it is now. */
export interface PeerRef {
  readonly path: string;
  state: "alive" | "dead" | "abandoned";
}

/** What a task waits for. One object per resource, shared by all who wait for it. */
export interface ParkReason {
  readonly kind: ParkKind;
  /** Names the resource; a function when the name costs something to build. */
  readonly resource: string | (() => string);
  readonly peer?: PeerRef;
}

/**
 * How a wait ends early. Called when a cancel or an interrupt reaches the wait; undoes its registration with the
 * resource and answers `left`. `stays`: this wait cannot be left (a join). `absorbed`: it cannot, but the error has
 * been taken in and will come out later.
 */
export type Abort = (error: Cancelled | KeyboardInterrupt) => "left" | "stays" | "absorbed";

/** One wait of one task. */
export class Park<T = unknown> {
  readonly task: Task;
  readonly reason: ParkReason;
  /** On the clock of `currentTime()`, in milliseconds. */
  readonly sinceMs: number = currentTime();
  readonly site: SiteCapture;
  #scope: CancelScope;
  #abort: Abort | null = null;
  #settled = false;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    context: Context,
    reason: ParkReason,
    site: SiteCapture,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ) {
    this.task = context.task;
    this.reason = reason;
    this.site = site;
    this.#scope = context.scope.nearestOpen();
    this.#resolve = resolve;
    this.#reject = reject;
    this.task.parks.push(this as Park);
    this.#scope.addPark(this as Park);
  }

  /** The scope whose cancels reach this wait. */
  get scope(): CancelScope {
    return this.#scope;
  }

  /** Whether the wait is over. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Says how to leave early; before this is called the wait cannot be interrupted. */
  arm(abort: Abort): void {
    this.#abort = abort;
  }

  /** Ends the wait with a value. Does nothing when it is over already. */
  wake(value: T): void {
    if (this.#settle()) this.#resolve(value);
  }

  /** Ends the wait with an error. Does nothing when it is over already. */
  fail(error: unknown): void {
    if (this.#settle()) this.#reject(error);
  }

  /** Delivers a cancel or an interrupt. Answers whether the error was taken. */
  interrupt(error: Cancelled | KeyboardInterrupt): boolean {
    if (this.#settled || this.#abort === null) return false;
    const answer = this.#abort(error);
    if (answer === "left") this.fail(error);
    return answer !== "stays";
  }

  /** The scope was closed under the wait: from now on `scope` decides about it. */
  moveTo(scope: CancelScope): void {
    this.#scope = scope;
    scope.addPark(this as Park);
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#scope.removePark(this as Park);
    const parks = this.task.parks;
    if (parks[parks.length - 1] === this) parks.pop();
    else parks.splice(parks.indexOf(this as Park), 1);
    return true;
  }
}

/** Where a wait was entered: the public function to look below, or a position captured earlier. */
// deno-lint-ignore no-explicit-any -- only a marker for captureStackTrace, never called
export type Where = ((...args: any[]) => unknown) | SiteCapture;

/**
 * Parks the current task until `arm` has its Park woken.
 *
 * @param reason what for
 * @param where the public function whose caller the dump should name, or a captured position
 * @param arm registers the wait with the resource and returns how to undo that
 * @returns what the wait was woken with
 * @throws {Cancelled} when the scope is or gets cancelled
 * @throws {KeyboardInterrupt} in a root task, on SIGINT
 * @throws {UsageError} outside `run()`
 */
export function park<T>(
  reason: ParkReason,
  where: Where,
  arm: (park: Park<T>) => Abort,
): Promise<T> {
  const context = currentContext();
  const refused = refusal(context);
  if (refused !== null) return Promise.reject(refused);
  return parkEvenIfCancelled(context, reason, where, arm);
}

/** The same for waits that must be entered whatever happens: the nursery's join. */
export function parkEvenIfCancelled<T>(
  context: Context,
  reason: ParkReason,
  where: Where,
  arm: (park: Park<T>) => Abort,
): Promise<T> {
  const site = typeof where === "function" ? captureSite(where) : where;
  return new Promise<T>((resolve, reject) => {
    const self = new Park<T>(context, reason, site, resolve, reject);
    self.arm(arm(self));
  });
}

/** What a checkpoint in `context` would throw now, or null. A pending interrupt is taken. */
export function refusal(context: Context): Cancelled | KeyboardInterrupt | null {
  const interrupt = context.task.pendingInterrupt;
  if (interrupt !== null) {
    context.task.pendingInterrupt = null;
    observe({ kind: "signal-acted", signal: "SIGINT" });
    return interrupt;
  }
  const cause = context.scope.effectiveReason();
  return cause === null ? null : new Cancelled(cause);
}
