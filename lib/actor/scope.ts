/**
 * The tree of cancel scopes, with trio's semantics: they nest, cancellation is level-triggered, a shield keeps outer
 * cancels out but not the scope's own, and a Cancelled is absorbed by the outermost cancelled scope that it can see.
 *
 * Invariant: a scope is cancelled at most once and keeps the first cause. A wait that is registered in a scope is
 * interrupted when the scope, or one further out that no shield hides, is cancelled; no other code interrupts waits.
 *
 * Considered and rejected: handing a context object to every function (noise in all code), and AbortSignal as the
 * carrier (edge-triggered, no shields, no cause). Walks along the tree are loops: 5,000 nested scopes are legal.
 *
 * This file knows neither tasks nor parking, so that both can build on it: `cancel_scope.ts` enters a scope, `park.ts`
 * registers waits in it.
 *
 * @module
 */

import { AbortController } from "../protocol/platform.ts";
import { nameText } from "../protocol/text.ts";
import type { CancelReason } from "../protocol/terms.ts";
import { type Alarm, checkedTime, clearAlarm, currentTime, setAlarm } from "./clock.ts";
import { Cancelled, newReason, UsageError, withoutCancelled } from "./errors.ts";
import { markActive, observe } from "./identity.ts";
import { OutsideSignal } from "./outside_signal.ts";
import type { CancelScopeOptions } from "./scope_options.ts";
import { type Linked, WaitList } from "./wait_list.ts";

/** A wait as its scope knows it. The links to its neighbours are in the wait: see {@linkcode WaitList}. */
export interface Interruptible extends Linked<Interruptible> {
  /** Delivers a cancel. Answers whether the error was taken. */
  interrupt(error: Cancelled): boolean;
  /** The cancel as it is thrown to this wait: one with its line where its task waits elsewhere, too, perhaps unawaited. */
  toldApart(cause: Cancelled): Cancelled;
  /** Ends the wait without an answer: no code is left that could use one. */
  drop(cause: Cancelled): void;
  /** The scope was closed under the wait: `scope` decides about it from now on. */
  moveTo(scope: Scope): void;
}

/** A node of the tree of scopes. Code enters it as a {@linkcode CancelScope}, a nursery opens it for its tasks. */
export class Scope {
  /** For dumps and messages. */
  readonly name: string;
  /** True once the scope was left because its own cancel was absorbed. */
  cancelledCaught = false;
  #parent: Scope | null = null;
  #children: Set<Scope> | null = null;
  readonly #waits = new WaitList<Interruptible>();
  #shield: boolean;
  #deadline: number;
  #alarm: Alarm | null = null;
  /** One for all whom the cancel reaches: it has no stack, so nothing in it differs from task to task. */
  #cancelled: Cancelled | null = null;
  readonly #outside: OutsideSignal | null;
  #aborter: AbortController | null = null;
  #phase: "new" | "open" | "closed" = "new";

  /**
   * Makes a scope that is not entered yet; see {@linkcode CancelScope}.
   *
   * @throws {UsageError} when the deadline is NaN
   */
  constructor(options: CancelScopeOptions = {}) {
    this.name = nameText(options.name ?? "scope");
    this.#deadline = checkedTime(options.deadline ?? Infinity);
    this.#shield = options.shield ?? false;
    this.#outside = options.signal === undefined ? null : new OutsideSignal(options.signal);
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
  get parent(): Scope | null {
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

  /**
   * For what takes an AbortSignal: aborts, with the {@linkcode Cancelled} as its reason, when a cancel reaches the scope.
   * Once the scope is left it stays as it is, so read the body of a response inside, too.
   */
  get signal(): AbortSignal {
    if (this.#aborter === null) {
      this.#aborter = new AbortController();
      const cause = this.effectiveCancel();
      if (cause !== null) this.#aborter.abort(cause);
    }
    return this.#aborter.signal;
  }

  /** Cancels the scope. The first cause wins; later calls change nothing. */
  cancel(detail: string | null = null, source: CancelReason["source"] = "explicit"): void {
    if (this.#cancelled !== null) return;
    this.cancelBecause(newReason(source, detail, this.name));
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
   * Puts the scope under `parent`. Used by `run` and by the nursery.
   *
   * @internal
   * @throws {UsageError} when it was opened before
   */
  open(parent: Scope | null): void {
    if (this.#phase !== "new") {
      throw new UsageError(`cancel scope "${this.name}" was entered before: make a new one`);
    }
    this.#phase = "open";
    this.#attach(parent === null ? null : parent.nearestOpen());
    this.#setAlarm();
    this.#outside?.listen(this);
    if (this.#aborter !== null) this.#letIn();
  }

  /**
   * Takes the scope out of the tree. The code in it is over, so whatever still waits in it is awaited by no code that
   * goes on: it is cancelled. What cannot be left, is shielded, or begins later, in a timer that the code has set, belongs
   * to the next scope out.
   *
   * @internal
   */
  close(): void {
    this.#phase = "closed";
    this.#outside?.stop();
    if (this.#alarm !== null) clearAlarm(this.#alarm);
    const parent = this.#parent;
    if (parent === null) return;
    parent.#children?.delete(this);
    const waits = this.#waits.toArray();
    const children = [...this.#children ?? []];
    if (waits.length + children.length === 0) return;
    this.#deliver(
      this.effectiveCancel() ??
        new Cancelled(newReason("shutdown", "its code has ended", this.name)),
    );
    for (const wait of waits) wait.moveTo(parent);
    for (const child of children) {
      if (child.#phase === "open") child.moveUnder(parent);
    }
  }

  /**
   * Moves an open scope under another parent, and lets in a cancel that is in force there.
   *
   * @internal
   */
  moveUnder(parent: Scope): void {
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
  nearestOpen(): Scope {
    if (this.#phase !== "closed" || this.#parent === null) return this;
    let scope = this.#parent;
    while (scope.#phase === "closed" && scope.#parent !== null) scope = scope.#parent;
    return scope;
  }

  /** @internal Registers a wait. Only Park calls this. */
  addWait(wait: Interruptible): void {
    this.#waits.add(wait);
  }

  /** @internal Forgets a wait that has ended or moved. Only Park calls this. */
  removeWait(wait: Interruptible): void {
    this.#waits.remove(wait);
  }

  /**
   * Drops every wait that is left in this scope or further in: the run is over.
   *
   * @internal
   */
  dropWaits(cause: CancelReason): void {
    const error = new Cancelled(cause);
    const left: Scope[] = [this];
    for (let scope = left.pop(); scope !== undefined; scope = left.pop()) {
      for (const wait of scope.#waits.toArray()) wait.drop(error);
      left.push(...scope.#children ?? []);
    }
  }

  #letIn(): void {
    const cause = this.effectiveCancel();
    if (cause !== null) this.#deliver(cause);
  }

  #attach(parent: Scope | null): void {
    this.#parent = parent;
    if (parent !== null) (parent.#children ??= new Set()).add(this);
  }

  #deliver(cause: Cancelled): void {
    const reached: Scope[] = [this];
    const aborted: AbortController[] = [];
    for (let scope = reached.pop(); scope !== undefined; scope = reached.pop()) {
      if (scope.#aborter !== null) aborted.push(scope.#aborter);
      const waits = scope.#waits.toArray();
      // All before the first of them has ended.
      const causes = waits.map((wait) => wait.toldApart(cause));
      for (const [at, wait] of waits.entries()) wait.interrupt(causes[at] ?? cause);
      for (const child of scope.#children ?? []) {
        // A child that was cancelled itself has delivered its cause already.
        if (!child.#shield && child.#cancelled === null) reached.push(child);
      }
    }
    // Last: a listener is code of the program, which may cancel or leave scopes.
    if (aborted.length > 0) markActive();
    for (const aborter of aborted) aborter.abort(cause);
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
