/**
 * Cancelling one task and nothing beside it, which the scopes do not offer: the innermost scope around a task is its
 * nursery's, and belongs to its siblings too. For somebody who acts on a hung program from outside; a program cancels
 * scopes.
 *
 * Invariant: siblings go on. A task that waits inside scopes of its own has the outermost of these cancelled; one that
 * has none gets a Cancelled thrown into its wait, once, and its nursery takes its end for an ordinary one.
 *
 * @module
 */

import { epochNow } from "../protocol/epoch.ts";
import type { CancelReason } from "../protocol/journal_event.ts";
import type { CancelScope } from "./cancel_scope.ts";
import { Cancelled, withoutCancelled } from "./errors.ts";
import { actorPath } from "./identity.ts";
import type { Park } from "./park.ts";
import type { Task } from "./task.ts";

const cancelled: WeakMap<Task, Cancelled> = new WeakMap();

/** Whether a task failed with nothing but the Cancelled that {@linkcode cancelTask} threw into it. */
export function wasCancelledAlone(task: Task, error: unknown): boolean {
  return cancelled.has(task) && withoutCancelled(error) === null;
}

/** Cancels a parked task. Answers how, in words; null when its wait cannot be left. */
export function cancelTask(task: Task, detail: string): string | null {
  const ways = task.parks.map((park) => cancelPark(task, park, detail));
  return ways.find((way) => way !== null) ?? null;
}

function cancelPark(task: Task, park: Park, detail: string): string | null {
  const own = ownScopes(task, park.scope);
  const outermost = own.at(-1);
  if (outermost === undefined) return throwInto(task, park, detail);
  outermost.cancel(detail);
  // A shield further in keeps that away, and is the task's own too.
  const shields = own.filter((scope) => scope.shield && scope !== outermost);
  for (const scope of shields.reverse()) scope.cancel(detail);
  const names = [outermost, ...shields].map(({ name }) => `"${name}"`);
  return `by its ${names.length === 1 ? "scope" : "scopes"} ${names.join(", ")}`;
}

/** The scopes around a wait that the task has entered itself, innermost first. */
function ownScopes(task: Task, innermost: CancelScope): CancelScope[] {
  const own: CancelScope[] = [];
  const home = task.scope.nearestOpen();
  for (let at: CancelScope | null = innermost; at !== null && at !== home; at = at.parent) {
    own.push(at);
  }
  return own;
}

function throwInto(task: Task, park: Park, detail: string): string | null {
  const scope = task.scope.name;
  const reason: CancelReason = {
    source: "explicit",
    detail,
    scope,
    byActor: actorPath(),
    atMs: epochNow(),
  };
  const error = new Cancelled(reason);
  cancelled.set(task, error);
  if (park.interrupt(error)) return "a Cancelled was thrown into its wait";
  cancelled.delete(task);
  return null;
}
