/**
 * What somebody outside may have done to this isolate while it hangs, as `lib/protocol/control.ts` describes it. The
 * function is called through the inspector, also while the isolate is blocked or spins: it is synchronous, asks for no
 * permission and never throws.
 *
 * Invariant: what is done is written to the journal, marked as done by hand, before anything can come of it; and when
 * there is nothing to do, nothing is written and nothing changes.
 *
 * @module
 */

import { type Control, CONTROL_KEY, type ControlReply, NO_ACTOR } from "../protocol/control.ts";
import { stir } from "./activity.ts";
import { cancelTask } from "./cancel_task.ts";
import { observe } from "./identity.ts";
import { rootTasks, type Task } from "./task.ts";

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
  return JSON.stringify(control(text));
}

/** Writes down, before it happens, that something is done by hand. */
export function observeByHand(remedy: string, peer: string | null, did: string): void {
  // The record alone would say that this isolate moves, and nobody would say when it rests again.
  stir();
  observe({ kind: "remedy", remedy, peer, did, by: "operator" });
}

function control(text: string): ControlReply {
  try {
    const request: Control = JSON.parse(text);
    switch (request.do) {
      case "cancel-root":
        return cancelRoot();
      case "cancel-task":
        return cancelOne(request.task);
      default:
        return controller(request) ??
          { kind: "nothing-to-do", why: NO_ACTOR };
    }
  } catch (error) {
    return { kind: "failed", why: String(error) };
  }
}

function cancelRoot(): ControlReply {
  const [root] = rootTasks;
  if (root === undefined) return { kind: "nothing-to-do", why: "no task runs in this isolate" };
  if (root.scope.reason !== null) {
    return { kind: "nothing-to-do", why: "its root scope is cancelled already" };
  }
  const did = `cancelled the root scope of task #${root.id} ${root.name}`;
  observeByHand("cancel-root", null, did);
  root.scope.cancel("somebody outside asked for it");
  return { kind: "applied", did: [did] };
}

function cancelOne(id: number): ControlReply {
  const task = findTask(id);
  if (task === null) return { kind: "nothing-to-do", why: `there is no task #${id} any more` };
  if (task.parks.length === 0) {
    const why = `task #${id} ${task.name} is not parked: it runs, or awaits something unlabelled`;
    return { kind: "nothing-to-do", why };
  }
  observeByHand("cancel-task", null, `cancels task #${id} ${task.name}`);
  const how = cancelTask(task, "somebody outside asked for it");
  return how === null
    ? { kind: "failed", why: `what task #${id} ${task.name} waits for cannot be left` }
    : { kind: "applied", did: [`cancelled task #${id} ${task.name}: ${how}`] };
}

function findTask(id: number): Task | null {
  const left: Task[] = [...rootTasks];
  for (let task = left.pop(); task !== undefined; task = left.pop()) {
    if (task.id === id) return task;
    left.push(...task.children);
  }
  return null;
}
