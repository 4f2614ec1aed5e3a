/**
 * What is about to move beside waits that hold each other, and could end them: a task that sleeps until it does
 * something once may cancel, fail or call whatever it has a hold on. What ticks regularly is taken to go on ticking, and
 * a promise without a label to weaken what waits for it and nothing else.
 *
 * @module
 */

import { time } from "../../protocol/duration.ts";
import { endsByItself } from "./explain.ts";
import type { StuckWaits } from "./stuck.ts";
import { actorOf, type GraphTask, isProgram, type Node, type WaitGraph } from "./wait_graph.ts";

/** A task that slept so many times in a row does something regularly, and is not waiting to do it once. */
const REGULARLY = 3;

/** What could end waits of these places, in words. */
export function dangers(graph: WaitGraph, stuck: StuckWaits, members: readonly Node[]): string[] {
  const tasks = members.flatMap((node) => node.kind === "task" ? [node.task] : []);
  const around = new Set(tasks.flatMap((task) => graph.ancestorsOf(task)));
  const actors = new Set(members.map(actorOf));
  return graph.tasks.flatMap((task) => {
    if (stuck.has(task)) return [];
    if (!isProgram(task)) return giving(task, actors);
    const once = actsOnce(task);
    if (once !== null) return [`${nameOf(task)} ${once}, and may then end it`];
    return around.has(task)
      ? [`${nameOf(task)}, in whose nursery a part of it is, could still cancel it`]
      : [];
  });
}

/** A task of unwedge's own that gives an actor a bounded time, and will then end it. */
function giving({ waits, ...task }: GraphTask, actors: ReadonlySet<string>): string[] {
  return waits.flatMap(({ peer, deadlineInMs }) =>
    peer !== null && deadlineInMs !== null && actors.has(peer)
      ? [`${nameOf(task)} gives ${peer} ${time(deadlineInMs)} more`]
      : []
  );
}

/** In words, what a task waits for that comes by itself, and once; null when there is no such thing. */
export function actsOnce({ waits, sleepsInARow }: GraphTask): string | null {
  const sleep = sleepsInARow < REGULARLY ? waits.find(endsByItself) : undefined;
  if (sleep !== undefined) return `sleeps (${sleep.resource})`;
  if (waits.some(({ kind }) => kind === "checkpoint")) return "is at work";
  const [first] = waits.flatMap(({ deadlineInMs }) => deadlineInMs ?? []);
  return first === undefined ? null : `goes on after its deadline in ${time(first)}`;
}

function nameOf({ actor, title }: Pick<GraphTask, "actor" | "title">): string {
  return `${actor} ${title}`;
}
