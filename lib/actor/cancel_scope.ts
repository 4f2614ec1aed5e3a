/**
 * Cancel scopes, with trio's semantics: they nest, cancellation is level-triggered, a shield keeps outer cancels out
 * but not the scope's own, and a Cancelled is absorbed by the outermost cancelled scope that it can see.
 *
 * Invariant: a scope is cancelled at most once and keeps the first cause. A wait that is registered in a scope is
 * interrupted when the scope, or one further out that no shield hides, is cancelled; no other code interrupts waits.
 *
 * Considered and rejected: handing a context object to every function (noise in all code), and AbortSignal as the
 * carrier (edge-triggered, no shields, no cause). Walks along the tree are loops: 5,000 nested scopes are legal.
 *
 * @module
 */

import type { CancelReason } from "../protocol/journal_event.ts";
import { epochNow } from "../protocol/epoch.ts";
import { type Alarm, checkedTime, clearAlarm, currentTime, setAlarm } from "./clock.ts";
import { Cancelled, UsageError, withoutCancelled } from "./errors.ts";
import { actorPath, observe } from "./identity.ts";
import type { Park } from "./park.ts";
import { ParkList } from "./park_list.ts";
import { currentContext, within } from "./task.ts";

/** How a scope was left. */
export type ScopeOutcome<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "cancelled"; readonly reason: CancelReason };

/** What a scope can be told when it is made. */
export interface CancelScopeOptions {
  /** For dumps and messages. */
  readonly name?: string;
  /** On the clock of `currentTime()`, in milliseconds; default never. */
  readonly deadline?: number;
  /** Keeps cancels from further out away. Default false. */
  readonly shield?: boolean;
}

/** A region of code that can be cancelled as one. */
export class CancelScope {
  /** For dumps and messages. */
  readonly name: string;
  /** True once the scope was left because its own cancel was absorbed. */
  cancelledCaught = false;
  #parent: CancelScope | null = null;
  #children: Set<CancelScope> | null = null;
  readonly #parks = new ParkList();
  #shield: boolean;
  #deadline: number;
  #alarm: Alarm | null = null;
  /** One for all whom the cancel reaches: it has no stack, so nothing in it differs from task to task. */
  #cancelled: Cancelled | null = null;
  #phase: "new" | "open" | "closed" = "new";

  /**
   * Makes a scope that is not entered yet; see {@linkcode run}.
   *
   * @throws {UsageError} when the deadline is NaN
   */
  constructor(options: CancelScopeOptions = {}) {
    this.name = options.name ?? "scope";
    this.#deadline = checkedTime(options.deadline ?? Infinity);
    this.#shield = options.shield ?? false;
  }

  /** Whether this scope was cancelled. A deadline that has passed counts, also before its alarm rang. */
  get cancelCalled(): boolean {
    this.#expire();
    return this.#cancelled !== null;
  }

  /** The first cause, or null. Only looks: a deadline that passed unnoticed does not count yet. */
  get reason(): CancelReason | null {
    return this.#cancelled === null ? null : this.#cancelled.reason;
  }

  /** The scope further out, null for the outermost. */
  get parent(): CancelScope | null {
    return this.#parent;
  }

  /** On the clock of `currentTime()`, in milliseconds. May be moved while the scope is open. */
  get deadline(): number {
    return this.#deadline;
  }

  set deadline(atMs: number) {
    this.#deadline = checkedTime(atMs);
    if (this.#phase === "open") this.#setAlarm();
  }

  /** Whether cancels from further out are kept away. Dropping a shield lets them in at once. */
  get shield(): boolean {
    return this.#shield;
  }

  set shield(on: boolean) {
    this.#shield = on;
    if (!on && this.#phase === "open") this.#letIn();
  }

  /** Cancels the scope. The first cause wins; later calls change nothing. */
  cancel(detail: string | null = null, source: CancelReason["source"] = "explicit"): void {
    if (this.#cancelled !== null) return;
    const atMs = epochNow();
    this.cancelBecause({ source, detail, scope: this.name, byActor: actorPath(), atMs });
  }

  /** Cancels the scope with a cause that began elsewhere. */
  cancelBecause(reason: CancelReason): void {
    if (this.#cancelled !== null) return;
    this.#cancelled = new Cancelled(reason);
    if (this.#alarm !== null) clearAlarm(this.#alarm);
    const parent = this.#parent;
    // A cause that only spreads inward from a scope further out is no news.
    if (parent === null || parent.effectiveCancel()?.reason !== reason) {
      observe({ kind: "cancel", reason });
    }
    this.#deliver(this.#cancelled);
  }

  /**
   * Runs `fn` inside the scope.
   *
   * @throws {UsageError} when the scope was entered before, or outside `run()`
   * @throws whatever `fn` throws, less the Cancelled of this scope
   */
  async run<T>(fn: (scope: CancelScope) => T | Promise<T>): Promise<ScopeOutcome<T>> {
    const { task, scope: outer } = currentContext();
    this.open(outer);
    try {
      return { kind: "done", value: await within({ task, scope: this }, () => fn(this)) };
    } catch (error) {
      return this.absorb(error);
    } finally {
      this.close();
    }
  }

  /**
   * Puts the scope under `parent`. Used by `run` and by the nursery.
   *
   * @throws {UsageError} when it was opened before
   */
  open(parent: CancelScope | null): void {
    if (this.#phase !== "new") {
      throw new UsageError(`cancel scope "${this.name}" was entered before: make a new one`);
    }
    this.#phase = "open";
    this.#attach(parent === null ? null : parent.nearestOpen());
    this.#setAlarm();
  }

  /** Takes the scope out of the tree. What still waits in it belongs to the next scope out from now on. */
  close(): void {
    this.#phase = "closed";
    if (this.#alarm !== null) clearAlarm(this.#alarm);
    const parent = this.#parent;
    if (parent === null) return;
    parent.#children?.delete(this);
    for (const child of this.#children ?? []) child.moveUnder(parent);
    const cause = parent.effectiveCancel();
    for (const park of this.#parks.toArray()) {
      park.moveTo(parent);
      if (cause !== null) park.interrupt(cause);
    }
  }

  /** Moves an open scope under another parent, and lets in a cancel that is in force there. */
  moveUnder(parent: CancelScope): void {
    if (this.#parent !== null) this.#parent.#children?.delete(this);
    this.#attach(parent);
    this.#letIn();
  }

  /**
   * Decides what becomes of an error that leaves the scope: the Cancelled parts are absorbed if the cancel is this
   * scope's own (or seen only through it), everything else goes on.
   */
  absorb(error: unknown): { readonly kind: "cancelled"; readonly reason: CancelReason } {
    const own = this.cancelCalled ? this.#cancelled : null;
    const outerSeen = !this.#shield && this.#parent !== null &&
      this.#parent.effectiveCancel() !== null;
    if (own === null || outerSeen) throw error;
    const part = withoutCancelled(error);
    if (part === null || part.rest !== error) this.cancelledCaught = true;
    if (part !== null) throw part.rest;
    return { kind: "cancelled", reason: own.reason };
  }

  /** What a checkpoint in this scope would throw now, or null. Notices deadlines that have passed. */
  effectiveCancel(): Cancelled | null {
    if (this.cancelCalled) return this.#cancelled;
    let hidden = this.#shield;
    for (let scope = this.#parent; scope !== null && !hidden; scope = scope.#parent) {
      if (scope.cancelCalled) return scope.#cancelled;
      hidden = scope.#shield;
    }
    return null;
  }

  /** This scope, or the nearest one further out that is still open; the outermost when none is. */
  nearestOpen(): CancelScope {
    if (this.#phase !== "closed" || this.#parent === null) return this;
    let scope = this.#parent;
    while (scope.#phase === "closed" && scope.#parent !== null) scope = scope.#parent;
    return scope;
  }

  /**
   * Registers a wait. Only Park calls this.
   *
   * @internal
   */
  addPark(park: Park): void {
    this.#parks.add(park);
  }

  /**
   * Forgets a wait that has ended or moved. Only Park calls this.
   *
   * @internal
   */
  removePark(park: Park): void {
    this.#parks.remove(park);
  }

  /** Drops every wait that is left in this scope or further in: nobody is there any more to wait. */
  dropParks(cause: CancelReason): void {
    const error = new Cancelled(cause);
    const left: CancelScope[] = [this];
    for (let scope = left.pop(); scope !== undefined; scope = left.pop()) {
      for (const park of scope.#parks.toArray()) park.drop(error);
      left.push(...scope.#children ?? []);
    }
  }

  #letIn(): void {
    const cause = this.effectiveCancel();
    if (cause !== null) this.#deliver(cause);
  }

  #attach(parent: CancelScope | null): void {
    this.#parent = parent;
    if (parent !== null) (parent.#children ??= new Set()).add(this);
  }

  #deliver(cause: Cancelled): void {
    const reached: CancelScope[] = [this];
    for (let scope = reached.pop(); scope !== undefined; scope = reached.pop()) {
      for (const park of scope.#parks.toArray()) park.interrupt(cause);
      for (const child of scope.#children ?? []) {
        // A child with a cause of its own has delivered it already.
        if (!child.#shield && child.#cancelled === null) reached.push(child);
      }
    }
  }

  #setAlarm(): void {
    if (this.#alarm !== null) clearAlarm(this.#alarm);
    this.#alarm = this.#deadline === Infinity || this.#cancelled !== null
      ? null
      : setAlarm(this.#deadline, () => this.#expire());
  }

  #expire(): void {
    if (this.#cancelled !== null || this.#deadline === Infinity || this.#phase === "closed") return;
    if (currentTime() >= this.#deadline) this.cancel(null, "deadline");
  }
}
