/**
 * Which waits hold each other: the largest set of tasks each of which waits, in every place where it waits, for tasks
 * of the set. It does not depend on what else goes on beside it.
 *
 * A join needs all of its tasks, so one that is stuck keeps it; every other wait is over as soon as one of those that
 * could end it gets on, or its deadline comes. A wait of which it is not known who could end it is not stuck, unless it
 * is proven that nothing moves any more.
 *
 * @module
 */

import type { GraphWait, Node, WaitGraph } from "./wait_graph.ts";

/** A place in one of its waits. */
export interface Held {
  readonly node: Node;
  readonly wait: GraphWait;
}

/** What holds each other. */
export interface StuckWaits {
  /** Whether a place will not get on unless something that the graph does not show ends one of its waits. */
  has(node: { readonly key: string }): boolean;
  /** Whether a wait of a place is up to stuck places alone. */
  holds(node: Node, wait: GraphWait): boolean;
  /** The fewest waits that lead from a stuck place back to itself; null when there are none. */
  cycleThrough(node: Node): readonly Held[] | null;
}

/**
 * Computes it.
 *
 * @param nodes every place that may be asked about, and all that they wait for
 * @param proven whether it is proven that nothing can move any more
 */
export function stuckWaits(graph: WaitGraph, nodes: readonly Node[], proven: boolean): StuckWaits {
  const stuck = new Map(nodes.map((node) => [node.key, node]));
  const has = ({ key }: { readonly key: string }) => stuck.has(key);
  const holds = (node: Node, wait: GraphWait): boolean => {
    if (proven) return true;
    const { kind, otherEnd, onTasks, deadlineInMs } = wait;
    const targets = graph.targetsOf(node, wait);
    // The tasks that are joined have the deadline around them themselves.
    if (kind === "join") return targets.some(has);
    if (deadlineInMs !== null || otherEnd?.outside === true) return false;
    if (targets.length > 0) return targets.every(has);
    return otherEnd !== null && (otherEnd.ended || onTasks.includes(node.key));
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const node of stuck.values()) {
      const waits = graph.waitsOf(node);
      if (proven || (waits.length > 0 && waits.every((wait) => holds(node, wait)))) continue;
      stuck.delete(node.key);
      changed = true;
    }
  }
  const steps = (node: Node): { wait: GraphWait; next: Node }[] =>
    graph.waitsOf(node).flatMap((wait) =>
      graph.stepsFrom(node, wait).filter(has).map((next) => ({ wait, next }))
    );
  return { has, holds, cycleThrough: (start) => has(start) ? roundTrip(start, steps) : null };
}

/** Breadth first, so that the shortest way comes first. */
function roundTrip(
  start: Node,
  steps: (node: Node) => readonly { readonly wait: GraphWait; readonly next: Node }[],
): readonly Held[] | null {
  const seen = new Set<string>();
  const ways: { readonly node: Node; readonly way: readonly Held[] }[] = [{ node: start, way: [] }];
  for (const { node, way } of ways) {
    for (const { wait, next } of steps(node)) {
      const longer = [...way, { node, wait }];
      if (next.key === start.key) return longer;
      if (seen.has(next.key)) continue;
      seen.add(next.key);
      ways.push({ node: next, way: longer });
    }
  }
  return null;
}
