/** The wait-for graph as a dump shows it. @module */

import type {
  Dump,
  DumpedTask,
  DumpedWait,
  IsolateDump,
  Position,
  StackFrame,
} from "../../model/dump.ts";
import { isInternalFile } from "../../protocol/own_code.ts";
import { type GraphTask, type GraphWait, type StandingIsolate, WaitGraph } from "./wait_graph.ts";

/** The graph. */
export function graphOfDump(dump: Dump): WaitGraph {
  return new WaitGraph(dump.tasks.map(graphTask), standingIsolates(dump));
}

function graphTask(task: DumpedTask): GraphTask {
  const { id, actor, name, parent, serves, servesCall = null } = task;
  const further = (task.alsoParkedOn ?? []).map((wait) => graphWait(wait, wait));
  return {
    key: id,
    actor,
    title: `${id.slice(id.lastIndexOf("#"))} ${name}`,
    parent,
    serves: serves === undefined ? null : { peer: serves, call: servesCall },
    waits: task.parkedOn === null ? [] : [graphWait(task.parkedOn, task), ...further],
    sleepsInARow: task.sleepsInARow ?? 0,
    spawnedAt: programs(task.createdAt),
    isOwn: isOurs(task.createdAt),
  };
}

interface Standing {
  readonly site: Position | null;
  readonly sinceMs: number | null;
  readonly shielded: boolean;
}

function graphWait(wait: DumpedWait, { site, sinceMs, shielded }: Standing): GraphWait {
  const { kind, resource, peer, peerState, onTasks = [], call = null } = wait;
  const { otherEnd = null, deadlineInMs = null } = wait;
  return {
    ...{ kind, resource, peer, peerState, shielded, onTasks, call, otherEnd, deadlineInMs },
    at: programs(site),
    isOwn: isOurs(site),
    sinceMs,
  };
}

/** A position in the program, null for one in unwedge's own code. */
function programs(position: Position | null): Position | null {
  return isOurs(position) ? null : position;
}

function isOurs(position: Position | null): boolean {
  return position !== null && isInternalFile(position.file);
}

/** Of several isolates of one actor (restarts) the latest counts. */
function standingIsolates(dump: Dump): StandingIsolate[] {
  return dump.isolates.flatMap((isolate) => {
    const { actor, state } = isolate;
    if (actor === null || (state !== "busy" && state !== "native-blocked")) return [];
    // One that told its tasks and then could not be paused in time was not in a native call.
    if (state === "native-blocked" && dump.tasks.some((task) => task.actor === actor)) return [];
    return [{ actor, wait: lockWait(isolate, dump) ?? codeWait(isolate) }];
  });
}

function lockWait(isolate: IsolateDump, { sharedLocks }: Dump): GraphWait | null {
  const lock = sharedLocks.find(({ seenBy, blockedMs }) =>
    seenBy === isolate.actor && blockedMs !== null
  );
  if (lock === undefined) return null;
  return {
    ...NOTHING_KNOWN,
    kind: "shared-lock",
    resource: `lock "${lock.name}"`,
    peer: lock.holder,
    peerState: lock.holderState,
    at: positionOf(programFrame(isolate)),
    sinceMs: lock.blockedMs,
  };
}

function codeWait(isolate: IsolateDump): GraphWait {
  const frame = programFrame(isolate);
  const resource = isolate.state === "native-blocked"
    ? `a native call (${isolate.thread?.wchan ?? "where in the kernel is not known"})`
    : frame === null
    ? "code without a name"
    : `${frame.fn}()`;
  return { ...NOTHING_KNOWN, kind: "code", resource, at: positionOf(frame) };
}

const NOTHING_KNOWN = {
  peer: null,
  peerState: null,
  shielded: false,
  onTasks: [],
  otherEnd: null,
  call: null,
  deadlineInMs: null,
  isOwn: false,
  sinceMs: null,
} as const;

/** The innermost frame of the program in the last look that found one. */
function programFrame({ samples }: IsolateDump): StackFrame | null {
  for (const { frames } of [...samples].reverse()) {
    const frame = frames.find(({ internal }) => !internal);
    if (frame !== undefined) return frame;
  }
  return null;
}

function positionOf(frame: StackFrame | null): Position | null {
  return frame === null ? null : { file: frame.file, line: frame.line, column: frame.column };
}
