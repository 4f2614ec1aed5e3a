/**
 * What a nursery makes of the errors of its tasks: the cause with which it cancels the others, and the one error that
 * comes out in the end.
 *
 * @module
 */

import { epochNow } from "../protocol/epoch.ts";
import type { CancelReason } from "../protocol/journal_event.ts";
import { Cancelled, KeyboardInterrupt } from "./errors.ts";
import { actorPath } from "./identity.ts";

/**
 * Why `scope` is cancelled when `who` has failed with `error`. A Cancelled passes its own cause on: the first wins.
 */
export function causeOf(error: unknown, who: string, scope: string): CancelReason {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  if (first instanceof Cancelled) return first.reason;
  const base = { scope, byActor: actorPath(), atMs: epochNow() };
  if (first instanceof KeyboardInterrupt) {
    return { source: "keyboard-interrupt", detail: null, ...base };
  }
  const what = first instanceof Error ? `${first.name}: ${first.message}` : String(first);
  return { source: "sibling-failure", detail: `${who} failed: ${what}`, ...base };
}

/**
 * The one error for several. A single one stays what it is; Cancelled counts only where there is nothing else, and
 * stays in the group otherwise: the scope that it belongs to takes it out.
 */
export function combine(errors: readonly unknown[], nursery: string): unknown {
  const [first] = errors;
  if (errors.length === 1 || errors.every((error) => error instanceof Cancelled)) return first;
  return new AggregateError(errors, `${errors.length} tasks of nursery "${nursery}" failed`);
}
