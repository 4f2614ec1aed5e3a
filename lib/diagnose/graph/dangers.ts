/**
 * What else in the runtime could get at waits that hold each other. A cancel of a member comes from a task in whose
 * nursery it is, or from one beside it that fails; a supervisor may end the actor of a member. Callbacks of the platform
 * are not in the graph: what they could do, only a proof rules out.
 *
 * @module
 */

import { time } from "../../protocol/duration.ts";
import { endsByItself } from "./explain.ts";
import type { StuckWaits } from "./stuck.ts";
import {
  actorOf,
  type GraphTask,
  type GraphWait,
  isProgram,
  type Node,
  type WaitGraph,
} from "./wait_graph.ts";

/** A task that slept so many times in a row does something regularly, and is not waiting to do it once. */
const REGULARLY = 3;

/** What could end waits of these places, in words. */
export function dangers(graph: WaitGraph, stuck: StuckWaits, members: readonly Node[]): string[] {
  const tasks = members.flatMap((node) => node.kind === "task" ? [node.task] : []);
  const around = new Set(tasks.flatMap((task) => graph.ancestorsOf(task)));
  const found = new Set<string>();
  for (const task of around) {
    if (isProgram(task) && !stuck.has(task)) {
      found.add(`${nameOf(task)}, in whose nursery a task of it is, could still cancel it`);
    }
  }
  const keys = new Set([...around].map(({ key }) => key));
  for (const task of graph.tasks) {
    if (task.parent === null || !keys.has(task.parent) || around.has(task)) continue;
    const sleep = onceAsleep(task);
    if (sleep === undefined) continue;
    found.add(`${nameOf(task)} sleeps beside it (${sleep.resource}), and would end it by failing`);
  }
  const actors = new Set(members.map(actorOf));
  for (const task of graph.tasks) {
    if (isProgram(task)) continue;
    for (const { peer, deadlineInMs } of task.waits) {
      if (peer === null || deadlineInMs === null || !actors.has(peer)) continue;
      found.add(`${nameOf(task)} gives ${peer} ${time(deadlineInMs)} more`);
    }
  }
  return [...found];
}

/** The sleep of a task that waits to do something once. */
export function onceAsleep(task: GraphTask): GraphWait | undefined {
  return task.sleepsInARow < REGULARLY ? task.waits.find(endsByItself) : undefined;
}

function nameOf({ actor, title }: GraphTask): string {
  return `${actor} ${title}`;
}
