/**
 * The task tree of this isolate for a dump, as `lib/protocol/snapshot.ts` describes it. The function is
 * called through the inspector, also while the isolate is blocked or spins, so it is synchronous, asks for no
 * permission and never throws.
 *
 * @module
 */

import { textOf } from "../protocol/text.ts";
import { monotonicNow, queueMicrotask, toJson } from "../protocol/platform.ts";
import { epochNow } from "../protocol/epoch.ts";
import type { CancelReason } from "../protocol/terms.ts";
import {
  type ChannelSnapshot,
  type IsolateSnapshot,
  MICROTASKS_KEY,
  type ParkSnapshot,
  type SharedLockSnapshot,
  type Site,
  SNAPSHOT_KEY,
  type TaskSnapshot,
  type WaitedFor,
} from "../protocol/snapshot.ts";
import { epochOf } from "./clock.ts";
import { actorPath } from "./identity.ts";
import type { Scope } from "./scope.ts";
import { isRead, readSite, type SiteCapture } from "./site.ts";
import { type ParkReason, rootTasks, type Task, type Wait } from "./task.ts";

/**
 * How many positions one snapshot reads, and for how long: at 7-9 microseconds each on an idle machine the number comes
 * first, on a busy one the time, and either leaves room within the 100 ms that 10,000 tasks may take. Waits come first,
 * places of creation after them; what was read once is remembered, so the next snapshot goes on where this one stopped.
 */
const READS_PER_SNAPSHOT = 4_000;
const READING_MS = 40;

const TASKS_PER_PIECE = 256;

interface Reads {
  left: number;
  readonly untilMs: number;
}

/** Things besides tasks that a snapshot shows; the actor layer registers them. */
export interface SnapshotSources {
  channels: () => ChannelSnapshot[];
  sharedLocks: () => SharedLockSnapshot[];
  /** The call that a task answers, undefined when it answers none. */
  serves: (task: Task) => { readonly peer: string; readonly call: number } | undefined;
}

/** What was registered; see {@linkcode addSnapshotSources}. */
export const sources: SnapshotSources = {
  channels: () => [],
  sharedLocks: () => [],
  serves: () => undefined,
};

/** Adds sources of what the layers above know to every later snapshot of this isolate. */
export function addSnapshotSources(more: Partial<SnapshotSources>): void {
  Object.assign(sources, more);
}

/** Puts the snapshot function where the dump looks for it. */
export function installSnapshot(): void {
  Reflect.set(globalThis, Symbol.for(SNAPSHOT_KEY), snapshotText);
}

/**
 * The snapshot as JSON, or a JSON object with an `error` when taking it failed. Written piece by piece: 10,000 tasks as
 * objects all at once would be copied by the garbage collector before they are text.
 */
export function snapshotText(): string {
  try {
    queueMicrotask(countMicrotask);
    const reads: Reads = { left: READS_PER_SNAPSHOT, untilMs: monotonicNow() + READING_MS };
    const tasks: Task[] = [];
    // By how much a hang is about them: waits on an actor, waits on something else, sleepers.
    const ranks: Wait[][] = [[], [], []];
    const sort = (park: Wait) => void ranks[rankOf(park)]?.push(park);
    eachTask((task) => {
      tasks.push(task);
      task.eachPark(sort);
    });
    for (const parks of ranks) {
      for (const park of parks) if (reads.left > 0) readWithin(park.site, reads);
    }
    const rest: Omit<IsolateSnapshot, "tasks"> = {
      schema: "unwedge/snapshot@1",
      actor: actorPath(),
      nowMs: epochNow(),
      channels: sources.channels(),
      sharedLocks: sources.sharedLocks(),
    };
    const pieces: string[] = [];
    for (let at = 0; at < tasks.length; at += TASKS_PER_PIECE) {
      const piece = tasks.slice(at, at + TASKS_PER_PIECE).map((task) => taskSnapshot(task, reads));
      pieces.push(toJson(piece).slice(1, -1));
    }
    return `${toJson(rest).slice(0, -1)},"tasks":[${pieces.join()}]}`;
  } catch (error) {
    return toJson({ error: textOf(error) });
  }
}

let microtasks = 0;

function countMicrotask(): void {
  Reflect.set(globalThis, Symbol.for(MICROTASKS_KEY), ++microtasks);
}

/** Calls `visit` for every task of this isolate, a parent before its children. */
export function eachTask(visit: (task: Task) => void): void {
  const found = [...rootTasks];
  const add = (child: Task) => void found.push(child);
  for (let task = found.pop(); task !== undefined; task = found.pop()) {
    visit(task);
    task.eachChild(add);
  }
}

function rankOf({ reason: { kind, peer } }: Wait): number {
  if (peer !== undefined) return 0;
  return kind === "sleep" || kind === "checkpoint" ? 2 : 1;
}

function taskSnapshot(task: Task, reads: Reads): TaskSnapshot {
  const parkedOn: ParkSnapshot[] = [];
  let scope = task.scope;
  task.eachPark((park) => {
    if (parkedOn.length === 0) scope = park.scope;
    parkedOn.push(parkSnapshot(park, reads));
  });
  const cancelled = standingReason(scope);
  const serves = sources.serves(task);
  return {
    id: task.id,
    name: task.name,
    parent: task.parent?.id ?? null,
    state: parkedOn.length > 0 ? "parked" : task.state === "starting" ? "starting" : "native",
    parkedOn,
    cancelled,
    cancelHeldByShield: cancelled === null ? outwardReason(scope) : null,
    createdAt: readWithin(task.createdAt, reads),
    ...(serves === undefined ? {} : { serves: serves.peer, servesCall: serves.call }),
    ...sleepsOf(task, parkedOn[0]?.site ?? null, reads),
  };
}

/** A task that sleeps where it has slept before does so in a loop. */
function sleepsOf(
  { sleepsInARow, lastSleptAt }: Task,
  site: Site | null,
  reads: Reads,
): Pick<TaskSnapshot, "sleepsInARow"> {
  if (sleepsInARow === 0) return {};
  const last = lastSleptAt === null || sleepsInARow === 1 ? null : readWithin(lastSleptAt, reads);
  const again = last !== null && site !== null && last.file === site.file &&
    last.line === site.line && last.column === site.column;
  return { sleepsInARow: again ? sleepsInARow : 1 };
}

/** What a wait is for, as the snapshot and the journal both tell it. */
export function waitedFor({ reason, scope }: Wait): WaitedFor {
  return {
    kind: reason.kind,
    resource: resourceName(reason),
    peer: reason.peer?.path ?? null,
    peerState: reason.peer?.state ?? null,
    shielded: isShielded(scope),
  };
}

function parkSnapshot(park: Wait, reads: Reads): ParkSnapshot {
  return {
    ...waitedFor(park),
    sinceMs: epochOf(park.sinceMs),
    site: readWithin(park.site, reads),
    ...missedBefore(park),
    ...upTo(park),
    ...deadlineOf(park.scope),
  };
}

/** Whose doing would end the wait. */
function upTo(
  { reason: { onTasks, otherEnd, call } }: Wait,
): Pick<ParkSnapshot, "onTasks" | "otherEnd" | "call"> {
  const tasks = onTasks?.().map(({ id }) => id) ?? [];
  return {
    ...(tasks.length === 0 ? {} : { onTasks: tasks }),
    ...(otherEnd === undefined ? {} : { otherEnd: otherEnd() }),
    ...(call === undefined ? {} : { call }),
  };
}

/** The next deadline whose cancel reaches `scope`. */
function deadlineOf(scope: Scope): Pick<ParkSnapshot, "deadlineMs"> {
  let deadline = Infinity;
  for (let at: Scope | null = scope; at !== null; at = at.shield ? null : at.parent) {
    if (at.reason === null) deadline = Math.min(deadline, at.deadline);
  }
  return deadline === Infinity ? {} : { deadlineMs: epochOf(deadline) };
}

function missedBefore({ reason, sinceMs }: Wait): Pick<ParkSnapshot, "missed"> {
  const missed = reason.missed?.() ?? null;
  if (missed === null || missed.lastMs > sinceMs) return {};
  return { missed: { count: missed.count, lastMs: epochOf(missed.lastMs) } };
}

/** What a wait is for, in words. */
export function resourceName({ resource }: ParkReason): string {
  if (typeof resource === "string") return resource;
  try {
    return resource();
  } catch (error) {
    return `something without a name (${textOf(error)})`;
  }
}

/**
 * The cause that reaches `scope`, as it stands: a deadline that passed unnoticed is left alone, or looking would act.
 */
function standingReason(scope: Scope): CancelReason | null {
  for (let at: Scope | null = scope; at !== null; at = at.shield ? null : at.parent) {
    if (at.reason !== null) return at.reason;
  }
  return null;
}

/** The first cause on the way out, shields or not. */
function outwardReason(scope: Scope): CancelReason | null {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    if (at.reason !== null) return at.reason;
  }
  return null;
}

/** Whether a shield stands between `scope` and the outermost one. */
export function isShielded(scope: Scope): boolean {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    if (at.shield) return true;
  }
  return false;
}

function readWithin(capture: SiteCapture, reads: Reads): Site | null {
  if (isRead(capture)) return readSite(capture);
  if (reads.left <= 0) return null;
  reads.left--;
  // Looking at the clock costs a tenth of reading a position.
  if (reads.left % 16 === 0 && monotonicNow() > reads.untilMs) reads.left = 0;
  return readSite(capture);
}
