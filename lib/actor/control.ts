/**
 * What an operator may have done to this isolate while it hangs, as `lib/protocol/control.ts` describes it. The
 * function is called through the inspector, also while the isolate is blocked or spins: it is synchronous, asks for no
 * permission and never throws.
 *
 * Invariant: what is done is written to the journal, marked as done by hand, before anything can come of it; and when
 * there is nothing to do, nothing is written and nothing changes.
 *
 * @module
 */

import { textOf } from "../protocol/text.ts";
import { parseJson, toJson } from "../protocol/platform.ts";
import { type Control, CONTROL_KEY, type ControlReply, NO_ACTOR } from "../protocol/control.ts";
import { Cancelled, newReason, withoutCancelled } from "./errors.ts";
import { markActive, observeRemedy } from "./identity.ts";
import type { Scope } from "./scope.ts";
import { rootTasks, type Task, type Wait } from "./task.ts";

/** Answers the requests that it knows; null for others. */
export type Controller = (control: Control) => ControlReply | null;

let controller: Controller = () => null;

/** The actor layer answers what the tasks alone cannot. */
export function setController(more: Controller): void {
  controller = more;
}

/** Puts the control function where the harness looks for it. */
export function installControl(): void {
  Reflect.set(globalThis, Symbol.for(CONTROL_KEY), controlText);
}

/** The function behind {@linkcode CONTROL_KEY}. */
export function controlText(text: string): string {
  return toJson(control(text));
}

/** Writes down, before it happens, that something is done by hand. */
export function observeByHand(remedy: string, peer: string | null, did: string): void {
  // The record alone would say that this isolate moves, and no record would say when it rests again.
  markActive();
  observeRemedy(remedy, peer, did, "operator");
}

/** The reply about what was done, or, when that is nothing, about why. */
export function replyOf(did: readonly string[], why: string = ""): ControlReply {
  return did.length > 0 ? { kind: "applied", did } : { kind: "nothing-to-do", why };
}

function control(text: string): ControlReply {
  try {
    const request: Control = parseJson(text);
    switch (request.do) {
      case "cancel-root":
        return cancelRoot();
      case "cancel-task":
        return cancelOne(request.task);
      default:
        return controller(request) ?? replyOf([], NO_ACTOR);
    }
  } catch (error) {
    return { kind: "failed", why: textOf(error) };
  }
}

function cancelRoot(): ControlReply {
  const [root] = rootTasks;
  if (root === undefined) return replyOf([], "no task runs in this isolate");
  if (root.scope.reason !== null) return replyOf([], "its root scope is cancelled already");
  const did = `cancelled the root scope of task #${root.id} ${root.name}`;
  observeByHand("cancel-root", null, did);
  root.scope.cancel("an operator asked for it");
  return replyOf([did]);
}

function cancelOne(id: number): ControlReply {
  const task = findTask(id);
  if (task === null) return replyOf([], `there is no task #${id} any more`);
  if (task.parks.length === 0) {
    const why = `task #${id} ${task.name} is not parked: it runs, or awaits something unlabelled`;
    return replyOf([], why);
  }
  observeByHand("cancel-task", null, `cancels task #${id} ${task.name}`);
  const how = cancelTask(task, "an operator asked for it");
  return how === null
    ? { kind: "failed", why: `what task #${id} ${task.name} waits for cannot be left` }
    : replyOf([`cancelled task #${id} ${task.name}: ${how}`]);
}

function findTask(id: number): Task | null {
  const left: Task[] = [...rootTasks];
  for (let task = left.pop(); task !== undefined; task = left.pop()) {
    if (task.id === id) return task;
    left.push(...task.children);
  }
  return null;
}

const cancelled: WeakMap<Task, Cancelled> = new WeakMap();

/** Whether a task failed with nothing but the Cancelled that {@linkcode cancelTask} threw into it. */
export function wasCancelledAlone(task: Task, error: unknown): boolean {
  return cancelled.has(task) && withoutCancelled(error) === null;
}

/**
 * Cancels one parked task and nothing beside it, which the scopes do not offer: the innermost scope around a task is
 * its nursery's, and belongs to its siblings too. For an operator; a program cancels scopes.
 *
 * Invariant: siblings go on. A task that waits inside scopes that it has entered itself has the outermost of these
 * cancelled; one that has entered none gets a Cancelled thrown into its wait, once, and its nursery takes its end for
 * an ordinary one.
 *
 * Answers how, in words; null when its wait cannot be left.
 */
export function cancelTask(task: Task, detail: string): string | null {
  const ways = task.parks.map((park) => cancelPark(task, park, detail));
  return ways.find((way) => way !== null) ?? null;
}

function cancelPark(task: Task, park: Wait, detail: string): string | null {
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
function ownScopes(task: Task, innermost: Scope): Scope[] {
  const own: Scope[] = [];
  const home = task.scope.nearestOpen();
  for (let at: Scope | null = innermost; at !== null && at !== home; at = at.parent) {
    own.push(at);
  }
  return own;
}

function throwInto(task: Task, park: Wait, detail: string): string | null {
  const error = new Cancelled(newReason("explicit", detail, task.scope.name));
  cancelled.set(task, error);
  if (park.interrupt(error)) return "a Cancelled was thrown into its wait";
  cancelled.delete(task);
  return null;
}
