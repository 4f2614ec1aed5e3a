/**
 * Which of the program's tasks may still move: those that sleep, await something that the runtime does not know, or wait
 * for one that may still move.
 *
 * @module
 */

import { endsByItself } from "./explain.ts";
import type { StuckWaits } from "./stuck.ts";
import {
  type GraphTask,
  type GraphWait,
  isProgram,
  taskNode,
  type WaitGraph,
} from "./wait_graph.ts";

/** Waits that last until another task of the isolate ends them. */
const PASSIVE = ["event", "lock", "join", "send", "recv", "sleep"];

/** Their names; the tasks that are stuck, and those that wait for something that only a mover could bring, excepted. */
export function movers(graph: WaitGraph, stuck: StuckWaits): string[] {
  const tasks = graph.tasks.filter((task) => isProgram(task) && !stuck.has(task));
  const moving = tasks.filter((task) => !isAtRest(task, graph)).map(nameOf);
  return [...moving, ...graph.isolates.filter((node) => !stuck.has(node)).map(({ key }) => key)];
}

/** In every place where it waits it can be woken by other tasks of the isolate alone. */
function isAtRest(task: GraphTask, graph: WaitGraph): boolean {
  const node = taskNode(task);
  return task.waits.length > 0 &&
    task.waits.every((wait) =>
      isPassive(wait) || goneFor(wait) || graph.targetsOf(node, wait).length > 0
    );
}

function isPassive(wait: GraphWait): boolean {
  return wait.peer === null && wait.deadlineInMs === null && PASSIVE.includes(wait.kind) &&
    !endsByItself(wait);
}

/** A peer that is dead brings nothing any more. */
function goneFor({ peerState, deadlineInMs }: GraphWait): boolean {
  return peerState === "dead" && deadlineInMs === null;
}

function nameOf({ actor, title }: GraphTask): string {
  return `${actor} ${title}`;
}
