/**
 * What keeps a hang: from the task at the top to a cycle of waits, or to the wait that explains most.
 *
 * @module
 */

import { type Held, type StuckWaits, stuckWaits } from "./stuck.ts";
import { type GraphWait, type Node, taskNode, type WaitGraph } from "./wait_graph.ts";

/** What keeps a hang, and how it is reached from the top. */
export type Explanation =
  /** Each of `cycle` waits for the next, and the last for the first. */
  | { readonly kind: "cycle"; readonly lead: readonly Held[]; readonly cycle: readonly Held[] }
  | { readonly kind: "dead-end"; readonly lead: readonly Held[]; readonly end: End | null };

/** A place whose wait leads nowhere; the wait is null where the runtime knows of none. */
export interface End {
  readonly node: Node;
  readonly wait: GraphWait | null;
}

/** A graph with what it shows. */
export interface Explained {
  readonly graph: WaitGraph;
  readonly stuck: StuckWaits;
  readonly explanation: Explanation;
  /** Keys of the places that the top waits for, at any remove. */
  readonly awaited: ReadonlySet<string>;
}

/** A place, and how it was reached. */
interface Visit {
  readonly node: Node;
  readonly from: { readonly visit: Visit; readonly by: GraphWait } | null;
}

/**
 * Explains a graph; null when nothing is known of the task at the top.
 *
 * @param proven whether it is proven that nothing can move any more
 */
export function explain(graph: WaitGraph, proven: boolean): Explained | null {
  const { top } = graph;
  if (top === null) return null;
  const visits = walk(graph, top);
  const stuck = stuckWaits(graph, [...graph.tasks.map(taskNode), ...graph.isolates], proven);
  const awaited = awaitedIn(graph, top);
  const explanation = nearestCycle(visits, stuck) ?? bestEnd(graph, visits, awaited);
  return { graph, stuck, explanation, awaited };
}

/** Keys of the places that the top waits for, at any remove. */
function awaitedIn(graph: WaitGraph, top: Node): ReadonlySet<string> {
  const nodes = new Map([[top.key, top]]);
  // Grows while it is walked.
  for (const node of nodes.values()) {
    for (const wait of graph.waitsOf(node)) {
      for (const next of graph.stepsFrom(node, wait)) nodes.set(next.key, next);
    }
  }
  return new Set(nodes.keys());
}

/** Every place that is reached, also through tasks that are to be joined later, the nearest first. */
function walk(graph: WaitGraph, top: Node): Visit[] {
  const seen = new Set([top.key]);
  const visits: Visit[] = [{ node: top, from: null }];
  const reach = (nodes: readonly Node[], from: Visit["from"]) => {
    for (const node of nodes) {
      if (seen.has(node.key)) continue;
      seen.add(node.key);
      visits.push({ node, from });
    }
  };
  // Grows while it is walked.
  for (const visit of visits) {
    const { node } = visit;
    const waits = graph.waitsOf(node);
    for (const by of waits) reach(graph.stepsFrom(node, by), { visit, by });
    const [by] = waits;
    if (by !== undefined) reach(graph.toBeJoined(node), { visit, by });
  }
  return visits;
}

function nearestCycle(visits: readonly Visit[], stuck: StuckWaits): Explanation | null {
  for (const visit of visits) {
    const cycle = stuck.cycleThrough(visit.node);
    if (cycle !== null) return { kind: "cycle", lead: leadTo(visit), cycle };
  }
  return null;
}

function bestEnd(
  graph: WaitGraph,
  visits: readonly Visit[],
  awaited: ReadonlySet<string>,
): Explanation {
  const ends = visits.flatMap((visit): { readonly visit: Visit; readonly end: End }[] => {
    const { node } = visit;
    const waits = graph.waitsOf(node);
    if (waits.length === 0) return [{ visit, end: { node, wait: null } }];
    return waits.flatMap((wait) =>
      isBounded(wait) || graph.stepsFrom(node, wait).length === 0
        ? [{ visit, end: { node, wait } }]
        : []
    );
  });
  const [best] = ends.toSorted((a, b) => rankOf(b.end, awaited) - rankOf(a.end, awaited));
  // Waits that lead in a circle out of which something could still find the way.
  if (best === undefined) return { kind: "dead-end", lead: leadTo(visits.at(-1)), end: null };
  return { kind: "dead-end", lead: leadTo(best.visit), end: best.end };
}

function leadTo(visit: Visit | undefined): Held[] {
  const lead: Held[] = [];
  for (let from = visit?.from ?? null; from !== null; { from } = from.visit) {
    lead.push({ node: from.visit.node, wait: from.by });
  }
  return lead.reverse();
}

/**
 * How well an end explains the hang. The program's tasks come before unwedge's own, and who waits for an actor that is
 * gone, or stands in code, before others; a loop that listens to a living actor says nothing.
 */
function rankOf({ node, wait }: End, awaited: ReadonlySet<string>): number {
  const isProgram = wait === null
    ? node.kind === "task" && node.task.spawnedAt !== null
    : wait.at !== null;
  const tells = wait === null ? 3 : tellingOf(wait);
  // What is only to be joined later may be idle until then.
  if (tells === 0 || (tells < 3 && !awaited.has(node.key))) return 0;
  return (isProgram ? PROGRAM : INTERNAL)[tells];
}

type Telling = 0 | 1 | 2 | 3;
const PROGRAM: Readonly<Record<Telling, number>> = { 0: 0, 1: 3, 2: 5, 3: 6 };
const INTERNAL: Readonly<Record<Telling, number>> = { 0: 0, 1: 1, 2: 2, 3: 4 };

function tellingOf(wait: GraphWait): Telling {
  const { kind, peer, peerState } = wait;
  if (kind === "code" || peerState === "dead" || peerState === "abandoned") return 3;
  if (peer !== null && kind === "recv") return 0;
  if (isBounded(wait)) return 1;
  return kind === "checkpoint" || endsByItself(wait) ? 1 : 2;
}

/** How a sleep without an end is named. */
const FOREVER = "forever";

/** Whether a deadline ends a wait; a join has it around those that are joined. */
export function isBounded({ kind, deadlineInMs }: GraphWait): boolean {
  return deadlineInMs !== null && kind !== "join";
}

/** Whether a wait is a sleep that has an end. */
export function endsByItself({ kind, resource }: GraphWait): boolean {
  return kind === "sleep" && resource !== FOREVER;
}
