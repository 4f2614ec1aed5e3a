/**
 * Turns what each isolate's runtime reported of itself into the task tree of the dump.
 *
 * Invariant: a report is another program's word, so it is checked before it is believed, and what does not fit is
 * said (`unreadable`), never guessed. Task ids are unique in the dump even when a restarted actor and its abandoned
 * predecessor share a path: the later one's ids carry their isolate's name.
 *
 * @module
 */

import { isSnapshot } from "../protocol/snapshot_shape.ts";
import type { CancelReason } from "../protocol/terms.ts";
import type { IsolateSnapshot, ParkSnapshot, Site, TaskSnapshot } from "../protocol/snapshot.ts";
import type {
  DumpedChannel,
  DumpedSharedLock,
  DumpedTask,
  DumpedWait,
  Position,
} from "../model/dump.ts";

/** What became of an isolate's report. */
export type SnapshotOutcome =
  | { readonly kind: "ok"; readonly snapshot: IsolateSnapshot }
  | { readonly kind: "unreadable"; readonly why: string };

/** The runtime's side of a dump. */
export interface TaskTree {
  readonly tasks: readonly DumpedTask[];
  readonly channels: readonly DumpedChannel[];
  readonly sharedLocks: readonly DumpedSharedLock[];
}

/**
 * Reads the text that a snapshot function returned.
 *
 * @param text JSON of an {@linkcode IsolateSnapshot}
 */
export function readSnapshot(text: string): SnapshotOutcome {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { kind: "unreadable", why: `snapshot unreadable: not JSON, ${String(error)}` };
  }
  if (isRecord(value) && typeof value.error === "string") {
    return { kind: "unreadable", why: `snapshot failed: ${value.error}` };
  }
  if (!isRecord(value) || value.schema !== "unwedge/snapshot@1") {
    const found = isRecord(value) ? String(value.schema) : typeof value;
    return { kind: "unreadable", why: `snapshot unreadable: not unwedge/snapshot@1 but ${found}` };
  }
  return isSnapshot(value)
    ? { kind: "ok", snapshot: value }
    : { kind: "unreadable", why: "snapshot unreadable: it has not the shape of one" };
}

/**
 * Joins the reports of all isolates into one tree.
 *
 * @param reports the reports with the isolate each came from, main first
 */
export function buildTaskTree(
  reports: readonly { readonly isolate: string; readonly snapshot: IsolateSnapshot }[],
): TaskTree {
  const tasks: DumpedTask[] = [];
  const channels: DumpedChannel[] = [];
  const sharedLocks: DumpedSharedLock[] = [];
  const taken = new Set<string>();
  for (const { isolate, snapshot } of reports) {
    const { actor, nowMs } = snapshot;
    const prefix = taken.has(actor) ? `${actor}@${isolate}` : actor;
    taken.add(actor);
    for (const task of snapshot.tasks) tasks.push(dumpedTask(task, actor, prefix, nowMs));
    for (const { id, peer, state, peerState, why, afterAbandon } of snapshot.channels) {
      const late = afterAbandon === undefined ? {} : { afterAbandon };
      channels.push({ id, actor, peer, state, peerState, why, ...late });
    }
    for (const { name, holder, holderState, blockedSinceMs } of snapshot.sharedLocks) {
      const blockedMs = blockedSinceMs === null ? null : nowMs - blockedSinceMs;
      sharedLocks.push({ name, seenBy: actor, holder, holderState, blockedMs });
    }
  }
  return { tasks, channels, sharedLocks };
}

function dumpedTask(task: TaskSnapshot, actor: string, prefix: string, nowMs: number): DumpedTask {
  const parks = task.parkedOn ?? [];
  const park = oldest(parks);
  const others = parks.filter((other) => other !== park);
  return {
    id: `${prefix}#${task.id}`,
    actor,
    name: task.name,
    parent: task.parent === null ? null : `${prefix}#${task.parent}`,
    state: task.state,
    parkedOn: park === null ? null : dumpedWait(park, prefix, nowMs),
    ...(others.length === 0 ? {} : {
      alsoParkedOn: others.map((other) => ({
        ...dumpedWait(other, prefix, nowMs),
        sinceMs: nowMs - other.sinceMs,
        shielded: other.shielded,
        site: position(other.site ?? null),
      })),
    }),
    sinceMs: park === null ? null : nowMs - park.sinceMs,
    shielded: park?.shielded ?? false,
    cancelled: dumpedCancel(task, nowMs),
    site: position(park?.site ?? null),
    createdAt: position(task.createdAt),
    ...(task.serves === undefined ? {} : { serves: task.serves }),
    ...(task.servesCall === undefined ? {} : { servesCall: task.servesCall }),
    ...(task.sleepsInARow === undefined ? {} : { sleepsInARow: task.sleepsInARow }),
  };
}

/** Of several waits at once (`Promise.all`), the one that has lasted longest is the one that holds the task. */
function oldest(parks: readonly ParkSnapshot[]): ParkSnapshot | null {
  let found: ParkSnapshot | null = null;
  for (const park of parks) if (found === null || park.sinceMs < found.sinceMs) found = park;
  return found;
}

function dumpedWait(
  park: ParkSnapshot,
  prefix: string,
  nowMs: number,
): DumpedWait {
  const { kind, resource, peer, peerState, sinceMs, missed, onTasks, call, otherEnd } = park;
  const { deadlineMs } = park;
  return {
    kind,
    resource,
    peer,
    peerState,
    ...(missed === undefined
      ? {}
      : { missed: { count: missed.count, beforeMs: sinceMs - missed.lastMs } }),
    ...(onTasks === undefined ? {} : { onTasks: onTasks.map((id) => `${prefix}#${id}`) }),
    ...(call === undefined ? {} : { call }),
    ...(otherEnd === undefined ? {} : { otherEnd }),
    ...(deadlineMs === undefined ? {} : { deadlineInMs: deadlineMs - nowMs }),
  };
}

function dumpedCancel(task: TaskSnapshot, nowMs: number): DumpedTask["cancelled"] {
  const reason: CancelReason | null = task.cancelled ?? task.cancelHeldByShield ?? null;
  if (reason === null) return null;
  return {
    source: reason.source,
    reason: reason.detail ?? `scope ${reason.scope}`,
    byActor: reason.byActor,
    agoMs: nowMs - reason.atMs,
    heldByShield: task.cancelled === null,
  };
}

function position(site: Site | null): Position | null {
  return site === null ? null : { file: site.file, line: site.line, column: site.column };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
