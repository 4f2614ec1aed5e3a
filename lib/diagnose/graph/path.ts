/**
 * The path of a hang: from the task at the top to a cycle of waits, or to the wait that explains most.
 *
 * Invariant: what is said of the last step is true whether or not the hang is proven. Of a hang that is proven it is
 * said that nothing is left to end it; of another, what is known.
 *
 * @module
 */

import type { HangPath, PathStep } from "../../model/path.ts";
import { pathOfFile } from "../../protocol/file_url.ts";
import { type StuckWaits, stuckWaits } from "./stuck.ts";
import type { GraphWait, Node, WaitGraph } from "./wait_graph.ts";

/** A place, and how it was reached. */
interface Visit {
  readonly node: Node;
  readonly from: { readonly visit: Visit; readonly by: GraphWait } | null;
  /** On the way here a task was passed that is not waited for yet, and must end before teardown can. */
  readonly ahead: boolean;
}

interface Leaf {
  readonly visit: Visit;
  /** Null for a task that waits for nothing that the runtime knows of. */
  readonly wait: GraphWait | null;
}

/** What is known beside the graph. */
export interface PathFacts {
  /** Whether it is proven that nothing can move any more. */
  readonly proven: boolean;
  /** Paths of the actors whose isolates are really gone. */
  readonly dead: readonly string[];
}

/** The path; null when nothing is known of the task at the top. */
export function pathOf(graph: WaitGraph, facts: PathFacts): HangPath | null {
  const { top } = graph;
  if (top === null) return null;
  const visits = walk(graph, top);
  return cycle(visits, stuckWaits(graph, visits.map(({ node }) => node), facts.proven)) ??
    deadEnd(graph, visits, facts);
}

/** Every place that is reached, the nearest first. */
function walk(graph: WaitGraph, top: Node): Visit[] {
  const seen = new Set([top.key]);
  const visits: Visit[] = [{ node: top, from: null, ahead: false }];
  const reach = (nodes: readonly Node[], from: Visit["from"], ahead: boolean) => {
    for (const node of nodes) {
      if (seen.has(node.key)) continue;
      seen.add(node.key);
      visits.push({ node, from, ahead });
    }
  };
  // Grows while it is walked.
  for (const visit of visits) {
    const { node, ahead } = visit;
    const waits = graph.waitsOf(node);
    for (const by of waits) reach(graph.targetsOf(node, by), { visit, by }, ahead);
    const [by] = waits;
    if (by !== undefined) reach(graph.toBeJoined(node), { visit, by }, true);
  }
  return visits;
}

/** The nearest cycle of waits that hold each other, entered from the top. */
function cycle(visits: readonly Visit[], stuck: StuckWaits): HangPath | null {
  for (const visit of visits) {
    const round = stuck.cycleThrough(visit.node);
    if (round === null) continue;
    const lead = stepsTo(visit);
    const steps = round.map(({ node, wait }) => stepOf(node, wait));
    return {
      kind: "cycle",
      entry: lead.length,
      because: "each of them waits for the next, and the last for the first",
      steps: [...lead, ...steps],
    };
  }
  return null;
}

function deadEnd(graph: WaitGraph, visits: readonly Visit[], facts: PathFacts): HangPath {
  const leaves = visits.flatMap((visit): Leaf[] => {
    const { node } = visit;
    const waits = graph.waitsOf(node);
    if (waits.length === 0) return [{ visit, wait: null }];
    return waits.flatMap((wait) =>
      graph.targetsOf(node, wait).length === 0 ? [{ visit, wait }] : []
    );
  });
  // A cycle that something could still end has no end of its own.
  const [best] = leaves.toSorted((a, b) => rankOf(b) - rankOf(a));
  if (best === undefined) {
    const because = facts.proven ? "nothing is left that could run" : "no wait of it has an end";
    return { kind: "dead-end", because, steps: stepsTo(visits.at(-1)) };
  }
  return {
    kind: "dead-end",
    because: becauseOf(best, graph, facts),
    steps: [...stepsTo(best.visit), stepOf(best.visit.node, best.wait)],
  };
}

/**
 * How well a leaf explains the hang. The program's tasks come before unwedge's own, and who waits for an actor that is
 * gone, or stands in code, before others; a loop that listens to a living actor says nothing.
 */
function rankOf({ visit: { node, ahead }, wait }: Leaf): number {
  const isProgram = wait === null
    ? node.kind === "task" && node.task.spawnedAt !== null
    : wait.at !== null;
  const tells = wait === null ? 3 : tellingOf(wait);
  if (tells === 0 || (ahead && tells < 3)) return 0;
  return (isProgram ? PROGRAM : INTERNAL)[tells];
}

type Telling = 0 | 1 | 2 | 3;
const PROGRAM: Readonly<Record<Telling, number>> = { 0: 0, 1: 3, 2: 5, 3: 6 };
const INTERNAL: Readonly<Record<Telling, number>> = { 0: 0, 1: 1, 2: 2, 3: 4 };

function tellingOf({ kind, resource, peer, peerState }: GraphWait): Telling {
  if (kind === "code" || peerState === "dead" || peerState === "abandoned") return 3;
  if (peer !== null && kind === "recv") return 0;
  return kind === "checkpoint" || (kind === "sleep" && resource !== FOREVER) ? 1 : 2;
}

const FOREVER = "forever";

function becauseOf({ visit: { node }, wait }: Leaf, graph: WaitGraph, facts: PathFacts): string {
  if (wait === null) {
    return "it awaits a promise without a label, so what would settle it is not known";
  }
  const { kind, peer, peerState, resource } = wait;
  if (peer !== null && peerState !== "alive") return gone(peer, peerState, graph, facts);
  if (kind === "code") return `${actorOf(node)} stands in code, so none of its tasks can go on`;
  if (kind === "sleep") {
    return resource === FOREVER
      ? "it sleeps forever; only a cancel could end that"
      : `it ends by itself, with ${resource}`;
  }
  if (facts.proven) {
    return peer === null
      ? "no task that could still run is left to end this wait"
      : `${peer} lives, but nothing in it moves, or can by itself`;
  }
  if (peer !== null) return `${peer} lives, and which task in it could end this is not known`;
  return kind === "hold"
    ? "the promise has not settled, and what would settle it is not known"
    : "which task could end this wait is not known";
}

function gone(
  peer: string,
  peerState: "dead" | "abandoned" | null,
  graph: WaitGraph,
  { dead }: PathFacts,
): string {
  if (peerState === "dead" || dead.includes(peer)) {
    return `${peer} is dead, its isolate is gone, and this side was never told`;
  }
  if (peerState === null) return `whether ${peer} lives is not known`;
  const where = graph.standing(peer)?.wait.at ?? null;
  const doing = where === null ? "" : ` while it stood at ${pathOfFile(where.file)}:${where.line}`;
  return `${peer} was given up${doing}, and this side was never told`;
}

function stepsTo(visit: Visit | undefined): PathStep[] {
  const steps: PathStep[] = [];
  for (let from = visit?.from ?? null; from !== null; { from } = from.visit) {
    steps.unshift(stepOf(from.visit.node, from.by));
  }
  return steps;
}

function stepOf(node: Node, wait: GraphWait | null): PathStep {
  const { kind, resource, peer, shielded, at } = wait ?? UNLABELLED;
  const [task, spawnedAt] = node.kind === "task"
    ? [node.task.title, node.task.spawnedAt]
    : [null, null];
  return { actor: actorOf(node), task, kind, resource, peer, shielded, at, spawnedAt };
}

const UNLABELLED = {
  kind: "unlabelled",
  resource: "a promise without a label",
  peer: null,
  shielded: false,
  at: null,
} as const;

function actorOf(node: Node): string {
  return node.kind === "task" ? node.task.actor : node.isolate.actor;
}
