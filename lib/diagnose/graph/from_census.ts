/** The wait-for graph as the journal tells it: the isolates that have written down that nothing moves in them. @module */

import type { WaitingTask } from "../../protocol/waits.ts";
import type { Census } from "../proof/census.ts";
import { type GraphTask, WaitGraph } from "./wait_graph.ts";

/** The graph. The journal holds no positions, so no task of it is known to be the program's. */
export function graphOfCensus({ actors }: Census): WaitGraph {
  return new WaitGraph(
    actors.flatMap(({ path, standing }) =>
      standing.kind === "quiet" ? standing.waits.tasks.map((task) => graphTask(path, task)) : []
    ),
    [],
  );
}

function graphTask(actor: string, { id, name, parent, serves, waits }: WaitingTask): GraphTask {
  return {
    key: `${actor}#${id}`,
    actor,
    title: `#${id} ${name}`,
    parent: parent === null ? null : `${actor}#${parent}`,
    serves,
    waits: waits.map(({ onTasks, otherEnd, ...wait }) => ({
      ...wait,
      onTasks: onTasks.map((on) => `${actor}#${on}`),
      ...{ otherEnd: otherEnd ?? null, deadlineInMs: null, at: null, isOwn: true, sinceMs: null },
    })),
    sleepsInARow: 0,
    spawnedAt: null,
    isOwn: true,
  };
}
