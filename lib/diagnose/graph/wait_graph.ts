/**
 * The wait-for graph: tasks, what each waits for, and the tasks that could end that wait. It is read from a dump
 * (`from_dump.ts`) or from the journal (`from_census.ts`).
 *
 * Invariant: an edge stands for something that the runtime knows: the owner of a lock, the tasks that a nursery joins,
 * the task that serves a call. Where it does not know who could end a wait, the wait has no edges.
 *
 * @module
 */

import type { Position } from "../../model/dump.ts";

/** A wait of a task. */
export interface GraphWait {
  readonly kind: string;
  readonly resource: string;
  readonly peer: string | null;
  readonly peerState: "alive" | "dead" | "abandoned" | null;
  readonly shielded: boolean;
  /** Keys of the tasks of the same actor that it is up to. */
  readonly onTasks: readonly string[];
  /** Of a wait at one end of a memory channel: what has used the other end besides `onTasks`; null for other waits. */
  readonly otherEnd: { readonly ended: boolean; readonly outside: boolean } | null;
  /** Number of the call at the peer whose answer it is for. */
  readonly call: number | null;
  /** When a deadline will cancel it, in milliseconds; null when none does. */
  readonly deadlineInMs: number | null;
  /** The line of the program that waits; null for a wait of unwedge's own, and where it was not read. */
  readonly at: Position | null;
  /** Whether unwedge's own code waits. */
  readonly isOwn: boolean;
  /** For how long, in milliseconds; null when that is not known. */
  readonly sinceMs: number | null;
}

/** A task. */
export interface GraphTask {
  /** Unique in the graph. */
  readonly key: string;
  readonly actor: string;
  /** `#5 transfer`. */
  readonly title: string;
  /** Key of the task whose nursery it belongs to; null for the root task of an actor. */
  readonly parent: string | null;
  readonly serves: { readonly peer: string; readonly call: number | null } | null;
  /** More than one when it waits in several places at once; none when it does not wait in the runtime. */
  readonly waits: readonly GraphWait[];
  /** How many of its latest waits were sleeps. */
  readonly sleepsInARow: number;
  /** The line of the program that made it; null for one that unwedge made, and where it was not read. */
  readonly spawnedAt: Position | null;
  /** Whether unwedge's own code made it. */
  readonly isOwn: boolean;
}

/** An isolate that runs or blocks in code, so that none of its tasks can go on. */
export interface StandingIsolate {
  readonly actor: string;
  /** The shared lock that it is blocked on, or the code that it is in. */
  readonly wait: GraphWait;
}

/** A place of the graph: a task, or an isolate that stands in code. */
export type Node =
  | { readonly kind: "task"; readonly key: string; readonly task: GraphTask }
  | { readonly kind: "isolate"; readonly key: string; readonly isolate: StandingIsolate };

/** The graph. */
export class WaitGraph {
  readonly #tasks: ReadonlyMap<string, readonly GraphTask[]>;
  readonly #byKey: ReadonlyMap<string, GraphTask>;
  readonly #byParent: ReadonlyMap<string | null, readonly GraphTask[]>;
  readonly #serving: ReadonlyMap<string | null, readonly GraphTask[]>;
  readonly #standing: ReadonlyMap<string, StandingIsolate>;
  /** Asked for again and again, of 10,000 tasks. */
  readonly #targets: Map<GraphWait, readonly Node[]> = new Map();

  constructor(tasks: readonly GraphTask[], standing: readonly StandingIsolate[]) {
    this.#tasks = Map.groupBy(tasks, ({ actor }) => actor);
    this.#byKey = new Map(tasks.map((task) => [task.key, task]));
    this.#byParent = Map.groupBy(tasks, ({ parent }) => parent);
    this.#serving = Map.groupBy(
      tasks,
      ({ actor, serves }) => serves === null ? null : callKey(serves.peer, actor, serves.call),
    );
    this.#standing = new Map(standing.map((isolate) => [isolate.actor, isolate]));
  }

  /** Where every path begins: the root task of the root actor; null when nothing is known of it. */
  get top(): Node | null {
    return this.#rootOf("root");
  }

  /** What a place waits for. */
  waitsOf(node: Node): readonly GraphWait[] {
    return node.kind === "task" ? node.task.waits : [node.isolate.wait];
  }

  /**
   * The places that could end a wait, as far as they are known; those of the program's own tasks first. A task cannot end
   * its own wait.
   */
  targetsOf(node: Node, wait: GraphWait): readonly Node[] {
    const known = this.#targets.get(wait);
    if (known !== undefined) return known;
    const targets = this.#findTargets(node, wait);
    this.#targets.set(wait, targets);
    return targets;
  }

  #findTargets(node: Node, wait: GraphWait): readonly Node[] {
    const actor = actorOf(node);
    const here = wait.onTasks.flatMap((key) => key === node.key ? [] : this.#byKey.get(key) ?? []);
    if (here.length > 0 || wait.otherEnd !== null) return this.#places(here);
    const { peer, peerState, kind } = wait;
    if (peer === null || peer === actor) return [];
    const standing = this.#standing.get(peer);
    // The thread of an actor that was given up goes on in its code.
    if (kind === "thread" && standing !== undefined) return [isolateNode(standing)];
    if (peerState !== "alive") return [];
    switch (kind) {
      case "rpc":
        // An isolate that stands in code serves nothing, whether or not it has taken the call in.
        if (standing !== undefined) return [isolateNode(standing)];
        return this.#places(this.#serving.get(callKey(actor, peer, wait.call)) ?? []);
      case "shared-lock":
        // Which of its tasks holds it is not known.
        if (standing !== undefined) return [isolateNode(standing)];
        return this.#places((this.#tasks.get(peer) ?? []).filter(isProgram));
      case "recv":
      case "send":
        // A message could come from any task there.
        return standing === undefined ? [] : [isolateNode(standing)];
      case "event":
      case "thread":
      case "handshake":
      case "join": {
        // The root task of an actor says that it is ready, and ends with it.
        const root = this.#rootOf(peer);
        return root === null ? [] : [root];
      }
      default:
        return standing === undefined ? [] : [isolateNode(standing)];
    }
  }

  /**
   * The program's tasks in nurseries of this task that it does not wait for yet, and will have to join before it ends.
   * Those that answer a call are waited for by its caller.
   */
  toBeJoined(node: Node): readonly Node[] {
    if (node.kind !== "task") return [];
    const { task: { key, waits } } = node;
    const children = this.#byParent.get(key) ?? [];
    if (children.length === 0) return [];
    const joined = new Set(waits.flatMap(({ onTasks }) => onTasks));
    return children.filter((task) =>
      task.serves === null && !joined.has(task.key) && isProgram(task)
    ).map(taskNode);
  }

  /**
   * The places that a path goes on to from a wait: those that could end it. A task that has used the other end of a
   * channel and joins others by now is past that, and no step of the path.
   */
  stepsFrom(node: Node, wait: GraphWait): readonly Node[] {
    const targets = this.targetsOf(node, wait);
    if (wait.otherEnd === null) return targets;
    return targets.filter((target) => this.waitsOf(target).every(({ kind }) => kind !== "join"));
  }

  /** Every task. */
  get tasks(): readonly GraphTask[] {
    return [...this.#byKey.values()];
  }

  /** Every isolate that stands in code. */
  get isolates(): readonly Node[] {
    return [...this.#standing.values()].map(isolateNode);
  }

  /** The tasks in whose nurseries a task is, the nearest first. */
  ancestorsOf({ parent }: GraphTask): readonly GraphTask[] {
    const ancestors: GraphTask[] = [];
    for (let key = parent; key !== null;) {
      const task = this.#byKey.get(key);
      if (task === undefined) break;
      ancestors.push(task);
      key = task.parent;
    }
    return ancestors;
  }

  /** How an isolate stands in code; undefined when it does not. */
  standing(actor: string): StandingIsolate | undefined {
    return this.#standing.get(actor);
  }

  #rootOf(actor: string): Node | null {
    const standing = this.#standing.get(actor);
    if (standing !== undefined) return isolateNode(standing);
    const root = this.#tasks.get(actor)?.find(({ parent }) => parent === null);
    return root === undefined ? null : taskNode(root);
  }

  #places(tasks: readonly GraphTask[]): readonly Node[] {
    const own = tasks.filter((task) => !isProgram(task));
    return [...tasks.filter(isProgram), ...own].map(taskNode);
  }
}

/** Names a call: who asks whom, and its number. */
function callKey(caller: string, server: string, call: number | null): string {
  return `${call} ${caller} ${server}`;
}

/** Whether code of the program waits in the task, or made it; unwedge's own tasks are not the reason of a hang. */
export function isProgram({ waits, isOwn }: GraphTask): boolean {
  return waits.length === 0 ? !isOwn : waits.some((wait) => !wait.isOwn);
}

/** The actor that a place is in. */
export function actorOf(node: Node): string {
  return node.kind === "task" ? node.task.actor : node.isolate.actor;
}

/** The place of a task. */
export function taskNode(task: GraphTask): Node {
  return { kind: "task", key: task.key, task };
}

export function isolateNode(isolate: StandingIsolate): Node {
  return { kind: "isolate", key: isolate.actor, isolate };
}
