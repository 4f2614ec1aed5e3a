/**
 * What an action freed: the tasks that were parked before it and have gone, or wait for something else.
 *
 * @module
 */

import { buildTaskTree } from "../dump/task_tree.ts";
import type { IsolateSnapshot } from "../protocol/snapshot.ts";
import type { DumpedTask } from "../model/dump.ts";

/** What isolates said of themselves. */
export type Reports = readonly { readonly isolate: string; readonly snapshot: IsolateSnapshot }[];

/**
 * Names them, `<actor>#<number> name`, in the order of the first look.
 *
 * @param after the second look; `gone` when the subject has exited, and everything in it
 * @param silent isolates that live and did not answer the second time: nothing is known of their tasks
 */
export function tasksLeft(
  before: Reports,
  after: Reports | "gone",
  silent: readonly string[] = [],
): string[] {
  const known = before.filter(({ isolate }) => !silent.includes(isolate));
  const then = buildTaskTree(known).tasks.filter(({ parkedOn }) => parkedOn !== null);
  if (after === "gone") return then.map(nameOf);
  // No isolate could be asked.
  if (after.length === 0) return [];
  const now = new Map(buildTaskTree(after).tasks.map((task) => [task.id, task]));
  return then.filter((task) => {
    const later = now.get(task.id);
    return later === undefined || !sameWait(task, later);
  }).map(nameOf);
}

function nameOf({ id, name }: DumpedTask): string {
  return `${id} ${name}`;
}

/** A name may tell how things stand (a state, a time that is left), and the wait is the same all the while. */
function sameWait(a: DumpedTask, b: DumpedTask): boolean {
  const plain = ({ parkedOn }: DumpedTask) =>
    parkedOn === null
      ? null
      : [parkedOn.kind, parkedOn.peer, parkedOn.resource.replace(/\d+|\([^)]*\)/g, "")].join("\n");
  return plain(a) === plain(b);
}
