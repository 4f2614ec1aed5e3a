/**
 * The chain of waits of a hang, read from a dump: from the nursery that teardown waits for, from each task to what it
 * waits for, down to the wait that nothing ends. Of several ways down the one whose end explains most is taken.
 *
 * Invariant: every step stands in the dump. The chain of the same hang in another process is the same, because it holds
 * neither ages nor counts; so it also tells whether two processes hang alike.
 *
 * @module
 */

import { isInternalFile } from "../../protocol/own_code.ts";
import type { ChainStep } from "../../model/diagnosis.ts";
import type { Dump, DumpedTask } from "../../model/dump.ts";

/** A task, and the one by which it was reached. */
interface Visit {
  readonly task: DumpedTask;
  readonly from: Visit | null;
}

/** The chain, outermost first; empty when the dump shows no task of the root actor. */
export function chainOf(dump: Dump): ChainStep[] {
  const top = dump.tasks.find(({ actor, parent }) => actor === "root" && parent === null);
  if (top === undefined) return [];
  const tasks = new TaskIndex(dump.tasks);
  const visits: Visit[] = [{ task: top, from: null }];
  const seen = new Set([top.id]);
  const ends: Visit[] = [];
  // Grows while it is walked: breadth first, so that of equally good ends the nearest comes first.
  for (const visit of visits) {
    const next = waitsFor(visit.task, tasks);
    if (next.every(({ id }) => seen.has(id))) ends.push(visit);
    for (const task of next) {
      if (seen.has(task.id)) continue;
      seen.add(task.id);
      visits.push({ task, from: visit });
    }
  }
  const [best] = ends.toSorted((a, b) => rank(b.task) - rank(a.task));
  if (best === undefined) return [];
  const path: DumpedTask[] = [];
  for (let at: Visit | null = best; at !== null; at = at.from) path.push(at.task);
  path.reverse();
  return [...path.map((task) => stepOf(task, dump)), ...lockStep(dump, best.task)];
}

/** What identifies a chain, in words. */
export function chainKey(chain: readonly ChainStep[]): string {
  return chain.map(({ actor, task, kind, resource }) => {
    // A sleep is named after the time that is left of it.
    const what = kind === "sleep" ? resource.replace(/\d+ m?s/, "some time") : resource;
    return `${actor} ${task?.replace(/^#\d+ /, "") ?? "main"}: ${kind} ${what}`;
  }).join(" <- ");
}

/** A hang, or a leak, as far as it can be recognised again in another process. */
export interface HangMark {
  /** The chain of waits. */
  readonly key: string;
  /** Of a leak, who is left: paths of actors, null for who is not known. Null for a hang. */
  readonly left: readonly (string | null)[] | null;
  /** Null or `unknown` where the evidence is not enough to name one. */
  readonly class: string | null;
}

/** What a dump shows of it. */
export function markOf(dump: Dump, joined: boolean, className: string | null): HangMark {
  if (!joined) return { key: chainKey(chainOf(dump)), left: null, class: className };
  const left = dump.isolates.flatMap(({ kind, actor }) => kind === "worker" ? [actor] : []);
  return { key: "the nursery has joined", left, class: className };
}

/** Why they are not the same hang; null when they are. */
export function difference(first: HangMark, copy: HangMark): string | null {
  if (first.key !== copy.key) {
    return `it came to another hang: ${copy.key || "no chain of waits"}, not ${first.key}`;
  }
  if (!sameLeft(first.left ?? [], copy.left ?? [])) {
    return `it left ${names(copy.left ?? [])}, not ${names(first.left ?? [])}`;
  }
  const [a, b] = [first.class, copy.class];
  if (a === null || b === null || a === "unknown" || b === "unknown" || a === b) return null;
  return `it came to another hang: ${b}, not ${a}`;
}

/** An actor in a native call does not tell its name; then the number of actors has to do. */
function sameLeft(a: readonly (string | null)[], b: readonly (string | null)[]): boolean {
  if (a.length !== b.length) return false;
  return a.includes(null) || b.includes(null) || names(a) === names(b);
}

function names(left: readonly (string | null)[]): string {
  return left.map((actor) => actor ?? "an actor without a name").toSorted().join(", ") ||
    "no actor";
}

/** The tasks of a dump, of which there may be ten thousand. */
class TaskIndex {
  readonly #byActor: ReadonlyMap<string, readonly DumpedTask[]>;
  readonly #byParent: ReadonlyMap<string | null, readonly DumpedTask[]>;
  readonly #byId: ReadonlyMap<string, DumpedTask>;

  constructor(tasks: readonly DumpedTask[]) {
    this.#byActor = Map.groupBy(tasks, ({ actor }) => actor);
    this.#byParent = Map.groupBy(tasks, ({ parent }) => parent);
    this.#byId = new Map(tasks.map((task) => [task.id, task]));
  }

  of(actor: string | null): readonly DumpedTask[] {
    return actor === null ? [] : this.#byActor.get(actor) ?? [];
  }

  below({ id }: DumpedTask): readonly DumpedTask[] {
    return this.#byParent.get(id) ?? [];
  }

  at(id: string): readonly DumpedTask[] {
    const task = this.#byId.get(id);
    return task === undefined ? [] : [task];
  }
}

/** The tasks that a wait is for, as far as a dump can tell. */
function waitsFor(task: DumpedTask, tasks: TaskIndex): readonly DumpedTask[] {
  const wait = task.parkedOn;
  if (wait === null) return [];
  switch (wait.kind) {
    case "join": {
      const children = tasks.below(task);
      // Loops and served calls are children of the root task too, in its service nursery, which is joined last.
      if (bare(wait.resource) === PROGRAM) return children.filter(({ name }) => name === "main");
      return children.filter((child) => !isLoop(child));
    }
    case "event": {
      // Only an event of unwedge's own has a peer; the program may give one any name.
      if (wait.peer === null) return [];
      const loop = /^event "(loop of .+) ended"$/.exec(wait.resource)?.[1];
      if (loop !== undefined) return tasks.of(task.actor).filter(({ name }) => name === loop);
      return tasks.of(wait.peer).filter(({ parent }) => parent === null);
    }
    case "lock": {
      if (wait.onTasks !== undefined) return wait.onTasks.flatMap((id) => tasks.at(id));
      // In older dumps.
      const holder = /held by task (#\d+)/.exec(wait.resource)?.[1];
      return tasks.at(`${task.id.slice(0, task.id.lastIndexOf("#"))}${holder}`);
    }
    case "rpc":
      // Which call of the peer serves this one is not in a dump; its calls, but not its housekeeping, may.
      return tasks.of(wait.peer).filter((other) =>
        other.parent !== null && !isLoop(other) && other.name !== "wait for the end"
      );
    default:
      return [];
  }
}

/** The nursery in which the runtime runs the main task of a program. */
const PROGRAM = 'nursery "program"';

/** Whether it reads the messages of a peer; a task of the program may have any name. */
function isLoop({ name, createdAt }: DumpedTask): boolean {
  return name.startsWith("loop of ") && (createdAt === null || isInternalFile(createdAt.file));
}

/** How much the end of a chain explains: a task that is not parked or waits for one that is gone says most. */
function rank({ state, parkedOn }: DumpedTask): number {
  if (parkedOn === null) return state === "native" || state === "running" ? 3 : 0;
  if (parkedOn.peerState === "dead" || parkedOn.peerState === "abandoned") return 3;
  if (parkedOn.kind === "lock" || parkedOn.kind === "rpc") return 2;
  return parkedOn.peer === null ? 1 : 0;
}

function stepOf(
  { actor, id, name, parkedOn, shielded, state }: DumpedTask,
  { isolates }: Dump,
): ChainStep {
  const task = `${id.slice(id.lastIndexOf("#"))} ${name}`;
  if (parkedOn === null) {
    // In an isolate at rest nothing runs: the task awaits a promise that the runtime does not know.
    const rests = isolates.some((isolate) => isolate.actor === actor && isolate.state === "parked");
    return { ...NOTHING, actor, task, resource: rests ? UNLABELLED : state, shielded };
  }
  const { kind, peer, peerState } = parkedOn;
  return { actor, task, kind, resource: bare(parkedOn.resource), peer, peerState, shielded };
}

/** Stands for what a task awaits that is neither parked nor running. */
export const UNLABELLED = "a promise without a label";

const NOTHING = { kind: "none", peer: null, peerState: null } as const;

/** Without the counts and task numbers that differ between two runs of the same hang. */
function bare(resource: string): string {
  return resource.replace(/ \(\d+ running\)/, "").replace(/ \((?:opening|open|closing)\)$/, "")
    .replace(/ held by task #\d+ /, " held by task ");
}

/** A lock in shared memory that an isolate blocks on is not a wait of the runtime, so no task shows it. */
function lockStep({ sharedLocks }: Dump, { actor, parkedOn }: DumpedTask): ChainStep[] {
  const lock = sharedLocks.find(({ seenBy, blockedMs }) => seenBy === actor && blockedMs !== null);
  if (lock === undefined || parkedOn !== null) return [];
  return [{
    actor,
    task: null,
    kind: "shared-lock",
    resource: `lock "${lock.name}"`,
    peer: lock.holder,
    peerState: lock.holderState,
    shielded: false,
  }];
}
