/**
 * Why nothing moves, told from the task at the top: who waits for whom, down to a cycle or to a wait that nothing is
 * left to end. To be asked only about a standstill that is proven; then whatever it tells is true.
 *
 * @module
 */

import type { WaitingTask, WaitRecord } from "../../protocol/waits.ts";
import type { Census } from "./census.ts";
import type { Proof, ProofStep } from "../../model/proof.ts";

/** A task in its actor. */
interface Node {
  readonly actor: string;
  readonly task: WaitingTask;
}

/** A task that waits in one of its waits, and who it was reached from. */
interface Visit {
  readonly node: Node;
  readonly from: { readonly visit: Visit; readonly by: WaitRecord } | null;
}

/** How well the end of a path explains a hang; the best is told, of equals the nearest. */
type Rank = 0 | 1 | 2;

/** The path. */
export function explainProof(census: Census): Proof {
  const graph = new Graph(census);
  return graph.cycle() ?? graph.deadEnd();
}

class Graph {
  readonly #census: Census;
  readonly #visits: Visit[] = [];
  readonly #leaves: { readonly visit: Visit; readonly wait: WaitRecord; readonly rank: Rank }[] =
    [];

  constructor(census: Census) {
    this.#census = census;
    const top = this.#tasks("root").find(({ parent }) => parent === null);
    if (top !== undefined) this.#walk({ actor: "root", task: top });
  }

  /** Breadth first, so that the nearest explanation comes first. */
  #walk(top: Node): void {
    const seen = new Set<string>([keyOf(top)]);
    this.#visits.push({ node: top, from: null });
    // Grows while it is walked.
    for (const visit of this.#visits) {
      for (const by of visit.node.task.waits) {
        const next = this.#waitsFor(visit.node, by);
        if (next.length === 0) this.#leaves.push({ visit, wait: by, rank: rankOf(by) });
        for (const node of next) {
          if (seen.has(keyOf(node))) continue;
          seen.add(keyOf(node));
          this.#visits.push({ node, from: { visit, by } });
        }
      }
    }
  }

  /** The nearest cycle, entered from the top. */
  cycle(): Proof | null {
    for (const visit of this.#visits) {
      const round = this.#roundTrip(visit.node);
      if (round === null) continue;
      const path = stepsTo(visit);
      return { kind: "cycle", path: [...path, ...round], entry: path.length };
    }
    return null;
  }

  /** The steps from `start` back to itself, the fewest there are. */
  #roundTrip(start: Node): ProofStep[] | null {
    const seen = new Set<string>();
    const visits: Visit[] = [{ node: start, from: null }];
    for (const visit of visits) {
      for (const by of visit.node.task.waits) {
        for (const node of this.#waitsFor(visit.node, by)) {
          if (keyOf(node) === keyOf(start)) return [...stepsTo(visit), step(visit.node, by)];
          if (seen.has(keyOf(node))) continue;
          seen.add(keyOf(node));
          visits.push({ node, from: { visit, by } });
        }
      }
    }
    return null;
  }

  /** The path to the wait that explains most. */
  deadEnd(): Proof {
    const [best] = this.#leaves.toSorted((a, b) => b.rank - a.rank);
    if (best === undefined) {
      return { kind: "dead-end", path: [], because: "nothing is left that could run" };
    }
    const { visit, wait } = best;
    return {
      kind: "dead-end",
      path: [...stepsTo(visit), step(visit.node, wait)],
      because: this.#because(wait),
    };
  }

  #because({ kind, peer, resource }: WaitRecord): string {
    const standing = peer === null ? undefined : this.#census.at(peer)?.standing;
    if (standing?.kind === "dead") {
      return `${peer} is dead, its isolate is gone, and this side was never told`;
    }
    if (standing?.kind === "quiet") {
      return `${peer} lives, but nothing in it moves, or can by itself`;
    }
    if (kind === "sleep") return `it sleeps ${resource}; only a cancel could end that`;
    return "no task that could still run is left to end this wait";
  }

  /** Whom a wait is for, as far as that is known. */
  #waitsFor({ actor }: Node, { kind, onTasks, peer, call }: WaitRecord): Node[] {
    const here = this.#tasks(actor).filter(({ id }) => onTasks.includes(id));
    if (here.length > 0) return here.map((task) => ({ actor, task }));
    if (peer === null) return [];
    const there = this.#tasks(peer);
    if (kind === "rpc") {
      return there.filter(({ serves }) => serves?.peer === actor && serves.call === call)
        .map((task) => ({ actor: peer, task }));
    }
    // The end of a peer is the end of its root task. A message could come from anybody there.
    if (kind !== "event") return [];
    return there.filter(({ parent }) => parent === null).map((task) => ({ actor: peer, task }));
  }

  #tasks(actor: string): readonly WaitingTask[] {
    const standing = this.#census.at(actor)?.standing;
    return standing?.kind === "quiet" ? standing.waits.tasks : [];
  }
}

/** A dead peer says most; a loop that listens to a living one says nothing. */
function rankOf({ kind, peer, peerState }: WaitRecord): Rank {
  if (peer === null) return 1;
  if (peerState !== "alive") return 2;
  return kind === "recv" ? 0 : 1;
}

function keyOf({ actor, task }: Node): string {
  return `${task.id} ${actor}`;
}

function stepsTo(visit: Visit): ProofStep[] {
  const steps: ProofStep[] = [];
  for (let { from } = visit; from !== null; { from } = from.visit) {
    steps.unshift(step(from.visit.node, from.by));
  }
  return steps;
}

function step({ actor, task }: Node, { kind, resource, peer, shielded }: WaitRecord): ProofStep {
  return { actor, task: `#${task.id} ${task.name}`, kind, resource, peer, shielded };
}
