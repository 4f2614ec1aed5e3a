/**
 * What an action freed: the tasks that were parked before it and have gone, or wait for something else.
 *
 * @module
 */

import { buildTaskTree } from "../dump/task_tree.ts";
import type { IsolateSnapshot } from "../protocol/snapshot.ts";
import type { DumpedTask } from "../report/result.ts";

/** What isolates said of themselves. */
export type Reports = readonly { readonly isolate: string; readonly snapshot: IsolateSnapshot }[];

/**
 * Names them, `<actor>#<number> name`, in the order of the first look.
 *
 * @param after the second look; `gone` when the subject has exited, and everything in it
 */
export function tasksLeft(before: Reports, after: Reports | "gone"): string[] {
  const then = buildTaskTree(before).tasks.filter(({ parkedOn }) => parkedOn !== null);
  if (after === "gone") return then.map(nameOf);
  const now = new Map(buildTaskTree(after).tasks.map((task) => [task.id, task]));
  // An isolate that did not answer this time says nothing of its tasks.
  const heard = new Set(after.map(({ snapshot }) => snapshot.actor));
  return then.filter((task) => {
    const later = now.get(task.id);
    if (later === undefined) return heard.has(task.actor) || !stillThere(task, before, after);
    return !sameWait(task, later);
  }).map(nameOf);
}

function nameOf({ id, name }: DumpedTask): string {
  return `${id} ${name}`;
}

/** Whether the isolate of a task is known to live on: it is not, when the others answer and it has no report. */
function stillThere(task: DumpedTask, before: Reports, after: Reports): boolean {
  const isolate = before.find(({ snapshot }) => snapshot.actor === task.actor)?.isolate;
  return after.every((report) => report.isolate !== isolate) && after.length === 0;
}

/** A name may tell how things stand (a state, a time that is left), and the wait is the same all the while. */
function sameWait(a: DumpedTask, b: DumpedTask): boolean {
  const plain = ({ parkedOn }: DumpedTask) =>
    parkedOn === null
      ? null
      : [parkedOn.kind, parkedOn.peer, parkedOn.resource.replace(/\d+|\([^)]*\)/g, "")].join("\n");
  return plain(a) === plain(b);
}
