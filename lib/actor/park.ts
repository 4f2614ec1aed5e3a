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

import type { ParkKind } from "../protocol/snapshot.ts";
import { stir } from "./activity.ts";
import type { CancelScope } from "./cancel_scope.ts";
import { currentTime } from "./clock.ts";
import { Cancelled, type KeyboardInterrupt, UsageError } from "./errors.ts";
import { observe } from "./identity.ts";
import { captureSite, type SiteCapture } from "./site.ts";
import { noteRefusal } from "./swallowed.ts";
import { type Context, currentContext, type Task } from "./task.ts";

/** Another actor as a wait refers to it. The object is shared, so a dump sees the state as it is now. */
export interface PeerRef {
  /** Where it stands in the tree of actors: `root/child`. */
  readonly path: string;
  /** As far as is known here. */
  state: "alive" | "dead" | "abandoned";
}

/** What a task waits for. One object per resource, shared by all who wait for it. */
export interface ParkReason {
  readonly kind: ParkKind;
  /** Names the resource; a function when the name costs something to build. */
  readonly resource: string | (() => string);
  readonly peer?: PeerRef;
  /** Only an error can end this wait: waking it is a mistake, and fails it. */
  readonly endless?: boolean;
  /** The tasks that it is up to: the owner of a lock, the tasks that a nursery joins. */
  readonly onTasks?: () => readonly Task[];
  /** Number of the call at the peer whose answer a wait is for; undefined when it is over. */
  readonly callOf?: (park: Park) => number | undefined;
  /** What would have ended this wait and came when nobody waited: how often, and when last (as `currentTime()`). */
  readonly missed?: () => { readonly count: number; readonly lastMs: number } | null;
}

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

/** How many waits for foreign promises there are, also of tasks that have ended and of code that nobody awaits. */
export function holdCount(): number {
  return holds;
}

/** One wait of one task. */
export class Park<T = unknown> {
  readonly task: Task;
  /** Changes when the wait is moved from one resource to another. */
  reason: ParkReason;
  /** On the clock of `currentTime()`, in milliseconds. Moves on when something came and the wait goes on for more. */
  sinceMs: number;
  readonly site: SiteCapture;
  /** Neighbours in the list of its scope. Only ParkList touches them. */
  before: Park | null = null;
  after: Park | null = null;
  #scope: CancelScope;
  #abort: Abort | null;
  #cancelTried = false;
  #settled = false;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    context: Context,
    reason: ParkReason,
    site: SiteCapture,
    sinceMs: number,
    abort: Abort | null,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ) {
    this.task = context.task;
    this.reason = reason;
    this.sinceMs = sinceMs;
    this.site = site;
    this.#scope = context.scope.nearestOpen();
    this.#abort = abort;
    this.#resolve = resolve;
    this.#reject = reject;
    this.task.addPark(this as Park);
    this.#scope.addPark(this as Park);
    if (reason.kind === "hold") holds++;
    stir();
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
    if (this.reason.endless === true) {
      return this.fail(new UsageError("woken while waiting for ever"));
    }
    if (this.#settle()) this.#resolve(value);
  }

  /** Ends the wait with an error. Does nothing when it is over already. */
  fail(error: unknown): void {
    if (this.#settle()) this.#reject(error);
  }

  /** Delivers a cancel or an interrupt. Answers whether the error was taken. */
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

  /** Ends the wait without an answer, because nobody is left who could use one; whoever awaits it goes nowhere. */
  drop(cause: Cancelled): void {
    if (!this.#settle()) return;
    try {
      this.#abort?.(cause);
    } catch {
      // The resource keeps a registration that nobody will use; there is no task left to tell.
    }
  }

  /** The scope was closed under the wait: from now on `scope` decides about it. */
  moveTo(scope: CancelScope): void {
    this.#scope.removePark(this as Park);
    this.#scope = scope;
    scope.addPark(this as Park);
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    if (this.reason.kind === "hold") holds--;
    stir();
    this.#scope.removePark(this as Park);
    this.task.removePark(this as Park);
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
