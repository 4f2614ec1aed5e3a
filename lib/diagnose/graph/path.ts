/**
 * The path of a hang as the document holds it.
 *
 * Invariant: what is said of the last step is true whether or not the hang is proven. Of a hang that is proven it is
 * said that nothing is left to end it; of another, what is known.
 *
 * @module
 */

import type { HangPath, PathStep } from "../../model/path.ts";
import { awaited, isolateName } from "../../report/text/wait_words.ts";
import { time } from "../../protocol/duration.ts";
import { type End, endsByItself, type Explained } from "./explain.ts";
import type { Held } from "./stuck.ts";
import { actorOf, type GraphWait, isolateNode, type Node, type WaitGraph } from "./wait_graph.ts";

/** What is known beside the graph. */
export interface PathFacts {
  /** Whether it is proven that nothing can move any more. */
  readonly proven: boolean;
  /** Paths of the actors whose isolates are really gone. */
  readonly dead: readonly string[];
}

/** What the runtime of every actor waits for until it is asked to end (`spawn/worker_main.ts`). */
const AT_REST = 'event "end of this actor"';

/** What keeps the tasks of a cycle. */
export const CYCLE_BECAUSE = "each of them waits for the next, and the last for the first";

/** The path. */
export function pathOf({ graph, explanation }: Explained, facts: PathFacts): HangPath {
  const lead = explanation.lead.map(stepOf);
  if (explanation.kind === "cycle") {
    return {
      kind: "cycle",
      entry: lead.length,
      because: CYCLE_BECAUSE,
      steps: [...lead, ...explanation.cycle.map(stepOf)],
    };
  }
  const { end } = explanation;
  if (end === null) {
    return { kind: "dead-end", because: "no wait of it has an end that is known", steps: lead };
  }
  if (end.wait?.resource === AT_REST) {
    // An actor that does nothing waits for its end; what it stands in is the runtime's, and says nothing.
    const actor = actorOf(end.node);
    const because = `${isolateName(actor)} is at rest, and nothing has asked it to end`;
    return { kind: "dead-end", because, steps: lead.filter((step) => step.actor !== actor) };
  }
  const stood = givenUp(end.wait, graph);
  return {
    kind: "dead-end",
    because: becauseOf(end, graph, facts),
    steps: [...lead, stepOf(end), ...(stood === null ? [] : [stepOf(stood)])],
  };
}

/** Where the actor that a wait is for stood when it was given up; null when it was not, or that is not known. */
function givenUp(wait: GraphWait | null, graph: WaitGraph): End | null {
  if (wait === null || wait.peer === null || wait.peerState !== "abandoned") return null;
  const isolate = graph.standing(wait.peer);
  return isolate === undefined ? null : { node: isolateNode(isolate), wait: isolate.wait };
}

function becauseOf(end: End, graph: WaitGraph, facts: PathFacts): string {
  const { node, wait } = end;
  if (wait === null) {
    return "it awaits a promise without a label, so what would settle it is not known; with " +
      "hold(promise, label) around it a report says what it is";
  }
  const { kind, peer, peerState, resource } = wait;
  if (peer !== null && peerState !== "alive") return gone(peer, peerState, graph, facts);
  if (wait.deadlineInMs !== null) return `a deadline ends it in ${time(wait.deadlineInMs)}`;
  if (kind === "code") {
    return `while ${isolateName(actorOf(node))} is in there, nothing else in it can run`;
  }
  if (endsByItself(wait)) return `it ends by itself, with ${resource}`;
  if (kind === "sleep") return "it sleeps forever; only a cancel could end that";
  if (wait.otherEnd !== null) return otherEndOf(node, wait, graph);
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

/** Who has used the other end of a memory channel so far, and what became of them. */
function otherEndOf(node: Node, wait: GraphWait, graph: WaitGraph): string {
  const [does, has, user] = wait.kind === "send"
    ? ["receives from it", "received from it", "reader"]
    : ["sends into it", "sent into it", "writer"];
  if (wait.otherEnd?.outside === true) return `code outside of tasks ${does} too`;
  const users = graph.targetsOf(node, wait).flatMap((each) =>
    each.kind === "task" ? [each.task] : []
  );
  const [first] = users;
  if (first === undefined) {
    if (wait.onTasks.includes(node.key)) return `its only ${user} is this very task`;
    return wait.otherEnd?.ended === true
      ? `every task that has ${has} has ended`
      : `no task has ever ${has}`;
  }
  const names = users.slice(0, NAMED).map(({ title }) => title).join(", ");
  const more = users.length > NAMED ? ` and ${users.length - NAMED} more` : "";
  if (!users.every(({ waits }) => waits.length > 0)) {
    return `whether a task (${names}${more}) ${does} again is not known`;
  }
  if (users.length > 1) return `its ${user}s, ${names}${more}, all wait themselves`;
  const [first0] = first.waits;
  const what = first0 === undefined ? "" : ` for ${awaited(first0.kind, first0.resource)}`;
  return `its only ${user}, ${names}, waits itself${what}`;
}

const NAMED = 3;

function gone(
  peer: string,
  peerState: "dead" | "abandoned" | null,
  graph: WaitGraph,
  { dead }: PathFacts,
): string {
  const there = graph.standing(peer) === undefined ? "" : " there";
  // What a look saw standing was ended since, if it is dead by now.
  if (there === "" && (peerState === "dead" || dead.includes(peer))) {
    return `${peer} is dead, and the side that waits was never told`;
  }
  if (peerState === null) return `whether ${peer} lives is not known`;
  return `${peer} was given up${there}, and what waits for it waits on`;
}

function stepOf({ node, wait }: Held | End): PathStep {
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
