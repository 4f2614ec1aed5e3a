/**
 * The errors of the runtime. The names are trio's; each says what was attempted and carries its cause. Control flow
 * uses exactly two of them: {@linkcode Cancelled} unwinds a cancelled task, {@linkcode KeyboardInterrupt} the root.
 *
 * @module
 */

import { PlatformError } from "../protocol/platform.ts";
import { textOf, thrownText } from "../protocol/text.ts";
import { epochNow } from "../protocol/epoch.ts";
import type { CancelReason } from "../protocol/terms.ts";
import { actorPath } from "./identity.ts";
import type { SiteCapture } from "./site.ts";

/**
 * Thrown by every checkpoint of a task whose scope is cancelled, again and again until the scope is left. Never catch
 * it to go on: clean up and rethrow.
 */
export class Cancelled extends Error {
  /** Always `Cancelled`. */
  override readonly name = "Cancelled";
  /** Who cancelled, why and when: the first cause. */
  readonly reason: CancelReason;
  /**
   * The wait that it ended, for a call that was not awaited.
   *
   * @internal
   */
  readonly site: SiteCapture | null;

  /** Made by the runtime when it delivers a cancel. */
  constructor(reason: CancelReason, site: SiteCapture | null = null) {
    // A stack would show the canceller, not the cancelled task, and costs more than the rest of a delivery.
    const limit = PlatformError.stackTraceLimit;
    PlatformError.stackTraceLimit = 0;
    super(describeReason(reason));
    PlatformError.stackTraceLimit = limit;
    this.reason = reason;
    this.site = site;
    // A program that prints the error wants the reason, and no unread stack.
    Object.defineProperty(this, "site", { enumerable: false });
  }
}

/** One line about a cancel: `deadline of scope "failAfter 2s" in root`. */
export function describeReason(reason: CancelReason): string {
  const detail = reason.detail === null ? "" : `: ${reason.detail}`;
  return `cancelled by ${reason.source} of scope "${reason.scope}" in ${reason.byActor}${detail}`;
}

/** Thrown by `failAfter` and `failAt` when the time ran out. */
export class TooSlowError extends Error {
  /** Always `TooSlowError`. */
  override readonly name = "TooSlowError";
}

/** Raised in the root task when SIGINT arrives. */
export class KeyboardInterrupt extends Error {
  /** Always `KeyboardInterrupt`. */
  override readonly name = "KeyboardInterrupt";
  /** Made by the runtime when the signal comes. */
  constructor(message = "interrupted by SIGINT") {
    super(message);
  }
}

/** The other end is gone: what was sent cannot arrive, what is awaited cannot come. */
export class BrokenResourceError extends Error {
  /** Always `BrokenResourceError`. */
  override readonly name = "BrokenResourceError";
}

/** This end was closed, by us, before or during the operation. */
export class ClosedResourceError extends Error {
  /** Always `ClosedResourceError`. */
  override readonly name = "ClosedResourceError";
}

/** The sender closed in order: nothing more will come. */
export class EndOfChannel extends Error {
  /** Always `EndOfChannel`. */
  override readonly name = "EndOfChannel";
}

/** A `…Nowait` operation would have had to wait. */
export class WouldBlock extends Error {
  /** Always `WouldBlock`. */
  override readonly name = "WouldBlock";
}

/** The runtime was used in a way that cannot work: outside `run()`, a scope entered twice, a lock not held. */
export class UsageError extends Error {
  /** Always `UsageError`. */
  override readonly name = "UsageError";
}

/**
 * The part of `error` that is not {@linkcode Cancelled}, looking into AggregateErrors: null when nothing is left.
 * A scope absorbs the rest when the cancel is its own.
 */
export function withoutCancelled(error: unknown): { readonly rest: unknown } | null {
  if (error instanceof Cancelled) return null;
  if (!(error instanceof AggregateError)) return { rest: error };
  const kept: unknown[] = [];
  let changed = false;
  for (const inner of error.errors) {
    const part = withoutCancelled(inner);
    if (part === null || part.rest !== inner) changed = true;
    if (part !== null) kept.push(part.rest);
  }
  if (!changed) return { rest: error };
  if (kept.length === 0) return null;
  if (kept.length === 1) return { rest: kept[0] };
  const options = Object.hasOwn(error, "cause") ? { cause: error.cause } : undefined;
  return { rest: new AggregateError(kept, error.message, options) };
}

/** The reason of a cancel of the scope with this name that begins here and now. */
export function newReason(
  source: CancelReason["source"],
  detail: string | null,
  scope: string,
): CancelReason {
  const text = detail === null ? null : textOf(detail);
  return { source, detail: text, scope, byActor: actorPath(), atMs: epochNow() };
}

/**
 * Why `scope` is cancelled when `who` has failed with `error`. A Cancelled passes its own cause on: the first wins.
 */
export function causeOf(error: unknown, who: string, scope: string): CancelReason {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  if (first instanceof Cancelled) return first.reason;
  if (first instanceof KeyboardInterrupt) return newReason("keyboard-interrupt", null, scope);
  return newReason("sibling-failure", `${who} failed: ${thrownText(first)}`, scope);
}

/** An error, and what failed with it: `task "reader"`, `the body`. */
export interface Failed {
  readonly error: unknown;
  readonly who: string;
}

/** Failures that the message of a group tells one by one. */
const MOST_TOLD = 5;
/** Characters of each. */
const MOST_TEXT = 200;

/**
 * The one error for several. A single one stays what it is; Cancelled counts only where there is nothing else, and
 * stays in the group otherwise: the scope that it belongs to takes it out.
 */
export function combine(all: readonly Failed[], nursery: string): unknown {
  const seen = new Set<unknown>();
  // A body that waits for the result of a task throws the error of the task again.
  const failed = all.filter(({ error }) => {
    if (!(error instanceof Error) || error instanceof Cancelled) return true;
    return !seen.has(error) && seen.add(error);
  });
  const [first] = failed;
  if (failed.length === 1 || failed.every(({ error }) => error instanceof Cancelled)) {
    return first?.error;
  }
  const told = failed.filter(({ error }) => !(error instanceof Cancelled)).slice(0, MOST_TOLD)
    .map(({ who, error }) => `${who}: ${firstLine(thrownText(error)).slice(0, MOST_TEXT)}`);
  const left = failed.length - told.length;
  if (left > 0) told.push(`and ${left} more`);
  return new AggregateError(
    failed.map(({ error }) => error),
    `${failed.length} failures in nursery "${nursery}": ${told.join("; ")}`,
  );
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
