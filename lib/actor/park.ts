/**
 * The one door: every wait of the runtime goes through {@linkcode park}. A parked task has written down what it waits
 * for, on whom, since when and where, so a dump is complete by construction: if it waits, it parked; if it parked, it
 * is in the dump. Cancellation is delivered here and nowhere else.
 *
 * Invariant: a Park settles exactly once, by `wake`, by `fail`, by `interrupt` or by `drop`, and is registered with its
 * task and its scope exactly while it is unsettled.
 *
 * @module
 */

import { nameText } from "../protocol/text.ts";
import { currentTime } from "./clock.ts";
import { Cancelled, type KeyboardInterrupt, UsageError } from "./errors.ts";
import { markActive, observe } from "./identity.ts";
import type { Interruptible, Scope } from "./scope.ts";
import { captureSite, type SiteCapture } from "./site.ts";
import { noteRefusal } from "./swallowed.ts";
import { currentContext } from "./context.ts";
import type { Context, ParkReason, Task, Wait } from "./task.ts";
import { goesOn } from "./teardown.ts";

export type { ParkReason, PeerRef } from "./task.ts";

/**
 * How a wait ends early. Called when a cancel or an interrupt reaches the wait, at most once for each of the two;
 * undoes its registration with the resource and answers `left`. `stays`: this wait cannot be left (a join), or not at
 * once (it will be woken or failed later). `absorbed`: it cannot, but the error has been taken in and will come out
 * later. When it throws, the wait fails with what it threw, so that one bad abort cannot keep a cancel from the others.
 */
export type Abort = (error: Cancelled | KeyboardInterrupt) => "left" | "stays" | "absorbed";

/** The abort of a wait that has nothing to undo. */
export const leave: Abort = () => "left";

let holds = 0;

/** How many waits for foreign promises there are, also of tasks that have ended and of code that is not awaited. */
export function holdCount(): number {
  return holds;
}

export class Park<T = unknown> implements Wait {
  readonly task: Task;
  /** Neighbours in the list of its scope. Only the scope touches them. */
  before: Interruptible | null = null;
  after: Interruptible | null = null;
  #scope: Scope;
  #abort: Abort | null;
  #cancelTried = false;
  #settled = false;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: unknown) => void;

  /**
   * @param reason changes when the wait is moved from one resource to another
   * @param sinceMs moves on when something came and the wait goes on for more
   */
  constructor(
    context: Context,
    public reason: ParkReason,
    readonly site: SiteCapture,
    public sinceMs: number,
    abort: Abort | null,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ) {
    this.task = context.task;
    this.#scope = context.scope.nearestOpen();
    this.#abort = abort;
    this.#resolve = resolve;
    this.#reject = reject;
    this.task.addPark(this);
    this.#scope.addWait(this);
    if (reason.kind === "hold") holds++;
    markActive();
  }

  get scope(): Scope {
    return this.#scope;
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** Says how to leave early; before this is called the wait cannot be interrupted. */
  arm(abort: Abort): void {
    this.#abort = abort;
  }

  /** Ends the wait with a value. Does nothing when it is over already. */
  wake(value: T): void {
    if (this.reason.endless === true) {
      return this.fail(new UsageError("woken while waiting forever"));
    }
    if (this.#settle()) this.#resolve(value);
  }

  /** Ends the wait with an error. Does nothing when it is over already. */
  fail(error: unknown): void {
    if (this.#settle()) this.#reject(error);
  }

  interrupt(error: Cancelled | KeyboardInterrupt): boolean {
    if (this.#settled || this.#abort === null) return false;
    if (error instanceof Cancelled) {
      if (this.#cancelTried) return false;
      this.#cancelTried = true;
    }
    try {
      const answer = this.#abort(error);
      if (answer === "left") this.fail(error);
      return answer !== "stays";
    } catch (broken) {
      this.fail(broken);
      return false;
    }
  }

  toldApart(cause: Cancelled): Cancelled {
    return this.task.hasSeveralParks ? new Cancelled(cause.reason, this.site) : cause;
  }

  drop(cause: Cancelled): void {
    if (!this.#settle()) return;
    try {
      this.#abort?.(cause);
    } catch {
      // The resource keeps a registration that will never be used; there is no task left to tell.
    }
  }

  moveTo(scope: Scope): void {
    if (this.#settled) return;
    this.#scope.removeWait(this);
    this.#scope = scope;
    scope.addWait(this);
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    if (this.reason.kind === "hold") holds--;
    markActive();
    this.#scope.removeWait(this);
    this.task.removePark(this);
    return true;
  }
}

/** Where a wait was entered: the public function to look below, or a position captured earlier. */
export type Where = ((...args: never[]) => unknown) | SiteCapture;

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
  let context: Context;
  try {
    context = currentContext();
  } catch (error) {
    return Promise.reject(error);
  }
  const refused = refusal(context);
  // It may be a call that was not awaited.
  if (refused instanceof Cancelled) {
    return Promise.reject(new Cancelled(refused.reason, siteOf(where)));
  }
  if (refused !== null) return Promise.reject(refused);
  return parkEvenIfCancelled(context, reason, where, arm);
}

function siteOf(where: Where): SiteCapture {
  return typeof where === "function" ? captureSite(where) : where;
}

/** The `arm` of a wait that stands in `queue` until it is woken. */
export function waitIn<T>(queue: Set<Park<T>>): (park: Park<T>) => Abort {
  return (park) => {
    queue.add(park);
    return () => {
      queue.delete(park);
      return "left";
    };
  };
}

/** {@linkcode park} for waits that must be entered whatever happens: the nursery's join. */
export function parkEvenIfCancelled<T>(
  context: Context,
  reason: ParkReason,
  where: Where,
  arm: (park: Park<T>) => Abort,
): Promise<T> {
  const site = siteOf(where);
  goesOn(context.task);
  return new Promise<T>((resolve, reject) => {
    const self = new Park<T>(context, reason, site, currentTime(), null, resolve, reject);
    try {
      self.arm(arm(self));
    } catch (error) {
      self.fail(error);
    }
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
  const cause = context.scope.effectiveCancel();
  if (cause !== null) noteRefusal(context.task, cause);
  return cause;
}

/**
 * Waits for a foreign promise, under a label that the dump shows. On cancel the wait ends; what the promise stands for
 * goes on, and its result is dropped.
 *
 * @param promise any promise that was not made by this runtime
 * @param label what it stands for, in words
 * @returns what the promise resolved to
 * @throws {Cancelled} when the scope is or gets cancelled
 * @throws whatever the promise was rejected with
 */
export function hold<T>(promise: PromiseLike<T>, label: string): Promise<T> {
  // A thenable that is no promise may do its work in `then`, a query: it is called once.
  const adopted = Promise.resolve(promise);
  // Whether or not the wait is entered or outlives it, the rejection must be handled, or the process dies of it.
  adopted.then(undefined, () => {});
  return park<T>({ kind: "hold", resource: nameText(label) }, hold, (self) => {
    adopted.then((value) => self.wake(value), (error) => self.fail(error));
    return leave;
  });
}
