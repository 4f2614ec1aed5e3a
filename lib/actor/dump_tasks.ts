/** The own task tree, for a program that looks at itself. @module */

import { parseJson } from "../protocol/platform.ts";
import type { IsolateSnapshot, ParkSnapshot, TaskSnapshot } from "../protocol/snapshot.ts";
import { describeReason } from "./errors.ts";
import { snapshotText } from "./snapshot.ts";

/**
 * Everything that the runtime of this isolate knows of itself: its tasks with what they wait for, its channels, its
 * shared locks. Looking changes nothing. Positions that cost too much to read are null; a later call has more.
 *
 * @throws {Error} when it cannot be had
 */
export function snapshot(): IsolateSnapshot {
  const taken: IsolateSnapshot | { readonly error: string } = parseJson(snapshotText());
  if ("error" in taken) throw new Error(`no snapshot: ${taken.error}`);
  return taken;
}

/**
 * The task tree of this isolate as text, one task a line, each below its parent: what it waits for, for how many
 * milliseconds, and where. Empty outside `run()`.
 *
 * @throws {Error} when {@linkcode snapshot} cannot be had
 */
export function dumpTasks(): string {
  const { tasks, nowMs } = snapshot();
  const lines: string[] = [];
  const left = tasks.filter(({ parent }) => parent === null).map((task) => ({ task, depth: 0 }));
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const { task, depth } = next;
    lines.push(`${"  ".repeat(depth)}#${task.id} ${task.name}: ${stateOf(task, nowMs)}`);
    const below = tasks.filter(({ parent }) => parent === task.id);
    left.unshift(...below.map((task) => ({ task, depth: depth + 1 })));
  }
  return lines.join("\n");
}

function stateOf({ state, parkedOn, cancelled }: TaskSnapshot, nowMs: number): string {
  const waits = parkedOn.map((park) => waitText(park, nowMs)).join("; ");
  // `native` is the task that looks, too.
  const what = waits !== "" ? waits : state === "native" ? "runs, or awaits a promise" : state;
  return cancelled === null ? what : `${what} (${describeReason(cancelled)})`;
}

function waitText({ kind, resource, sinceMs, site }: ParkSnapshot, nowMs: number): string {
  const at = site === null ? "" : `, at ${site.file}:${site.line}:${site.column}`;
  return `${kind} ${resource}, ${Math.max(0, Math.round(nowMs - sinceMs))} ms${at}`;
}
