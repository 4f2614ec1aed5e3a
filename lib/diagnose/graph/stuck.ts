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
  const known = new Map<GraphWait, readonly Node[]>();
  const targetsOf = (node: Node, wait: GraphWait): readonly Node[] => {
    const targets = known.get(wait) ?? graph.targetsOf(node, wait);
    known.set(wait, targets);
    return targets;
  };
  const holds = (node: Node, wait: GraphWait): boolean => {
    if (proven) return true;
    const { kind, otherEnd, onTasks, deadlineInMs } = wait;
    const targets = targetsOf(node, wait);
    // The tasks that are joined have the deadline around them themselves.
    if (kind === "join") return targets.some(has);
    if (deadlineInMs !== null || otherEnd?.outside === true) return false;
    if (targets.length > 0) return targets.every(has);
    return otherEnd !== null && (otherEnd.ended || onTasks.includes(node.key));
  };
  const holdsAll = (node: Node) => {
    const waits = graph.waitsOf(node);
    return waits.length > 0 && waits.every((wait) => holds(node, wait));
  };
  // Those that wait for a place are looked at again when it gets on, and no others: a chain of waits may be long.
  const waiters = proven ? null : waitersIn(graph, nodes, targetsOf);
  for (let gone = proven ? [] : nodes.filter((node) => !holdsAll(node)); gone.length > 0;) {
    for (const { key } of gone) stuck.delete(key);
    const touched = new Set(gone.flatMap(({ key }) => waiters?.get(key) ?? []));
    gone = [...touched].filter((node) => has(node) && !holdsAll(node));
  }
  const steps = (node: Node): { wait: GraphWait; next: Node }[] =>
    graph.waitsOf(node).flatMap((wait) =>
      graph.stepsFrom(node, wait).filter(has).map((next) => ({ wait, next }))
    );
  let round: ReadonlySet<string> | null = null;
  return {
    has,
    holds,
    cycleThrough(start) {
      round ??= roundAbout([...stuck.values()], steps);
      return round.has(start.key) ? roundTrip(start, steps) : null;
    },
  };
}

/** Who waits for each place, by its key. */
function waitersIn(
  graph: WaitGraph,
  nodes: readonly Node[],
  targetsOf: (node: Node, wait: GraphWait) => readonly Node[],
): ReadonlyMap<string, readonly Node[]> {
  const waiters = new Map<string, Node[]>();
  for (const node of nodes) {
    for (const wait of graph.waitsOf(node)) {
      for (const { key } of targetsOf(node, wait)) {
        const those = waiters.get(key);
        if (those === undefined) waiters.set(key, [node]);
        else those.push(node);
      }
    }
  }
  return waiters;
}

type Steps = (node: Node) => readonly { readonly wait: GraphWait; readonly next: Node }[];

/**
 * Keys of the places that may lead back to themselves: what is left when those that nothing leads to, and those that
 * lead nowhere, are taken away again and again.
 */
function roundAbout(nodes: readonly Node[], steps: Steps): ReadonlySet<string> {
  const into = new Map<string, string[]>(nodes.map(({ key }) => [key, []]));
  const outOf = new Map<string, string[]>(nodes.map(({ key }) => [key, []]));
  for (const node of nodes) {
    for (const { next } of steps(node)) {
      outOf.get(node.key)?.push(next.key);
      into.get(next.key)?.push(node.key);
    }
  }
  const left = new Set(outOf.keys());
  for (const [ahead, behind] of [[outOf, into], [into, outOf]] as const) {
    const degree = new Map<string, number>();
    for (const key of left) {
      degree.set(key, (ahead.get(key) ?? []).filter((next) => left.has(next)).length);
    }
    const ends = [...left].filter((key) => degree.get(key) === 0);
    // Grows while it is walked.
    for (const key of ends) {
      left.delete(key);
      for (const other of behind.get(key) ?? []) {
        const less = (degree.get(other) ?? 0) - 1;
        degree.set(other, less);
        if (less === 0) ends.push(other);
      }
    }
  }
  return left;
}

/** Breadth first, so that the shortest way comes first. */
function roundTrip(start: Node, steps: Steps): readonly Held[] | null {
  interface Way {
    readonly node: Node;
    readonly before: { readonly way: Way; readonly held: Held } | null;
  }
  const seen = new Set<string>();
  const ways: Way[] = [{ node: start, before: null }];
  // Grows while it is walked.
  for (const way of ways) {
    for (const { wait, next } of steps(way.node)) {
      const before = { way, held: { node: way.node, wait } };
      if (next.key === start.key) {
        const round: Held[] = [];
        for (let at: Way["before"] = before; at !== null; at = at.way.before) round.push(at.held);
        return round.reverse();
      }
      if (seen.has(next.key)) continue;
      seen.add(next.key);
      ways.push({ node: next, before });
    }
  }
  return null;
}
