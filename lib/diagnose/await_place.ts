/**
 * Where a task of main awaits a promise without a label, from the suspended functions that were found there.
 *
 * Invariant: a place is told only when it can be that of this task alone. A function that waits in the runtime stands at
 * a line that the dump names, so it is none of them.
 *
 * @module
 */

import type { SuspendedCall } from "../dump/suspended.ts";
import type { DumpedTask, Position } from "../model/dump.ts";
import type { Facts } from "./facts.ts";

/** The place; null where it is not known, or more than one is left. */
export function awaitPlace({ dump, awaits = [] }: Facts, id: string): Position | null {
  const tasks = (dump?.tasks ?? []).filter(({ actor }) => actor === "root");
  const task = tasks.find((each) => each.id === id);
  if (task === undefined) return null;
  const parked = new Set(tasks.flatMap(linesOf));
  const left = awaits.filter(({ at }) => !parked.has(lineOf(at)));
  const others = tasks.filter((each) => each !== task && isUnlabelled(each));
  const own = others.length === 0 ? left : left.filter(({ fn }) => fn === task.name);
  const [call, more] = own;
  return call === undefined || more !== undefined ? null : call.at;
}

function isUnlabelled({ parkedOn, parent }: DumpedTask): boolean {
  return parkedOn === null && parent !== null;
}

function linesOf({ site, alsoParkedOn = [] }: DumpedTask): string[] {
  return [site, ...alsoParkedOn.map((wait) => wait.site)].flatMap((at) =>
    at === null ? [] : [lineOf(at)]
  );
}

function lineOf({ file, line }: Position | SuspendedCall["at"]): string {
  return `${file}:${line}`;
}
