/**
 * Cancel scopes, with trio's semantics: they nest, cancellation is level-triggered, a shield keeps outer cancels out
 * but not the scope's own, and a Cancelled is absorbed by the outermost cancelled scope that it can see.
 *
 * Invariant: a scope is cancelled at most once and keeps the first cause. A wait that is registered in a scope is
 * interrupted when the scope, or one further out that no shield hides, is cancelled; no other code interrupts waits.
 *
 * Considered and rejected: handing a context object to every function (noise in all code), and AbortSignal as the
 * carrier (edge-triggered, no shields, no cause).
 *
 * @module
 */

import type { CancelReason } from "../protocol/journal_event.ts";
import { epochNow } from "../protocol/epoch.ts";
import { type Alarm, clearAlarm, currentTime, setAlarm } from "./clock.ts";
import { Cancelled, UsageError, withoutCancelled } from "./errors.ts";
import { actorPath, observe } from "./identity.ts";
import type { Park } from "./park.ts";
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
  readonly name: string;
  /** True once the scope was left because its own cancel was absorbed. */
  cancelledCaught = false;
  #parent: CancelScope | null = null;
  #children: Set<CancelScope> | null = null;
  #parks: Set<Park> | null = null;
  #shield: boolean;
  #deadline: number;
  #alarm: Alarm | null = null;
  #reason: CancelReason | null = null;
  #phase: "new" | "open" | "closed" = "new";

  constructor(options: CancelScopeOptions = {}) {
    this.name = options.name ?? "scope";
    this.#deadline = options.deadline ?? Infinity;
    this.#shield = options.shield ?? false;
  }

  /** Whether this scope was cancelled. A deadline that has passed counts, also before its alarm rang. */
  get cancelCalled(): boolean {
    this.#expire();
    return this.#reason !== null;
  }

  /** The first cause, or null. */
  get reason(): CancelReason | null {
    return this.#reason;
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
    if (Number.isNaN(atMs)) {
      throw new UsageError("a deadline must be a number of milliseconds, got NaN");
    }
    this.#deadline = atMs;
    if (this.#phase === "open") this.#setAlarm();
  }

  /** Whether cancels from further out are kept away. Dropping a shield lets them in at once. */
  get shield(): boolean {
    return this.#shield;
  }

  set shield(on: boolean) {
    this.#shield = on;
    if (on || this.#phase !== "open") return;
    const cause = this.effectiveReason();
    if (cause !== null) this.#deliver(cause);
  }

  /** Cancels the scope. The first cause wins; later calls change nothing. */
  cancel(detail: string | null = null, source: CancelReason["source"] = "explicit"): void {
    this.cancelBecause({
      source,
      detail,
      scope: this.name,
      byActor: actorPath(),
      atMs: epochNow(),
    });
  }

  /** Cancels the scope with a cause that began elsewhere. */
  cancelBecause(reason: CancelReason): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    if (this.#alarm !== null) clearAlarm(this.#alarm);
    // A cause that only spreads inward from a scope further out is no news.
    if (this.#parent?.effectiveReason() !== reason) observe({ kind: "cancel", reason });
    this.#deliver(reason);
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
    this.#attach(parent?.nearestOpen() ?? null);
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
    for (const park of this.#parks ?? []) park.moveTo(parent);
  }

  /** Moves an open scope under another parent, and lets in a cancel that is in force there. */
  moveUnder(parent: CancelScope): void {
    if (this.#parent !== null) this.#parent.#children?.delete(this);
    this.#attach(parent);
    const cause = this.effectiveReason();
    if (cause !== null) this.#deliver(cause);
  }

  /**
   * Decides what becomes of an error that leaves the scope: the Cancelled parts are absorbed if the cancel is this
   * scope's own (or seen only through it), everything else goes on.
   */
  absorb(error: unknown): { readonly kind: "cancelled"; readonly reason: CancelReason } {
    const reason = this.cancelCalled ? this.#reason : null;
    const outerSeen = !this.#shield && (this.#parent?.effectiveReason() ?? null) !== null;
    if (reason === null || outerSeen) throw error;
    const part = withoutCancelled(error);
    if (part === null || part.rest !== error) this.cancelledCaught = true;
    if (part !== null) throw part.rest;
    return { kind: "cancelled", reason };
  }

  /** The cause that a checkpoint in this scope would throw now, or null. */
  effectiveReason(): CancelReason | null {
    if (this.cancelCalled) return this.#reason;
    return this.#shield || this.#parent === null ? null : this.#parent.effectiveReason();
  }

  /** A cause further out that a shield keeps away from this scope, or null. */
  heldReason(): CancelReason | null {
    if (this.effectiveReason() !== null) return null;
    return this.#parent === null ? null : this.#parent.#outwardReason();
  }

  /** Whether a shield stands between this scope and the outermost. */
  isShielded(): boolean {
    return this.#shield || (this.#parent !== null && this.#parent.isShielded());
  }

  /** This scope, or the nearest one further out that is still open. */
  nearestOpen(): CancelScope {
    return this.#phase === "closed" && this.#parent !== null ? this.#parent.nearestOpen() : this;
  }

  /** Registers a wait. Only park() calls this. */
  addPark(park: Park): void {
    (this.#parks ??= new Set()).add(park);
  }

  /** Forgets a wait that has ended. Only park() calls this. */
  removePark(park: Park): void {
    this.#parks?.delete(park);
  }

  #outwardReason(): CancelReason | null {
    return this.#reason ?? (this.#parent === null ? null : this.#parent.#outwardReason());
  }

  #attach(parent: CancelScope | null): void {
    this.#parent = parent;
    if (parent !== null) (parent.#children ??= new Set()).add(this);
  }

  #deliver(reason: CancelReason): void {
    if (this.#parks !== null) {
      for (const park of [...this.#parks]) park.interrupt(new Cancelled(reason));
    }
    if (this.#children !== null) {
      for (const child of [...this.#children]) {
        // A child with a cause of its own has delivered it already.
        if (!child.#shield && child.#reason === null) child.#deliver(reason);
      }
    }
  }

  #setAlarm(): void {
    if (this.#alarm !== null) clearAlarm(this.#alarm);
    this.#alarm = this.#deadline === Infinity || this.#reason !== null
      ? null
      : setAlarm(this.#deadline, () => this.#expire());
  }

  #expire(): void {
    if (this.#reason !== null || this.#deadline === Infinity || this.#phase === "closed") return;
    if (currentTime() >= this.#deadline) this.cancel(null, "deadline");
  }
}
