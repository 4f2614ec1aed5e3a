/**
 * How this isolate stands once nothing moves in it: who waits for what, and what could still wake somebody without help
 * from another isolate. The record that a proof rests on.
 *
 * Invariant: what is not known to be unable to wake counts as a source. A kind of wait that is not listed here, a task
 * that is not parked (it awaits a promise that was not made by this runtime), an alarm that is to ring: all of them.
 *
 * @module
 */

import type { ParkKind } from "../protocol/snapshot.ts";
import type { ChannelCount, Wait, WaitingTask, Waits } from "../protocol/waits.ts";
import { alarmCount, currentTime, nextAlarmAtMs } from "./clock.ts";
import { holdCount, type Park } from "./park.ts";
import { rootTasks, type Task } from "./task.ts";

/** What the layers above the tasks know; they register it. */
export interface WaitsSources {
  /** What went through each channel. */
  channels: () => ChannelCount[];
  /** The call that a task serves. */
  serves: (task: Task) => WaitingTask["serves"];
  /** What could run code of the program without this runtime, in words. */
  unseen: () => string[];
}

const layers: WaitsSources = { channels: () => [], serves: () => null, unseen: () => [] };

/** Adds what the layers above know to every later record. */
export function addWaitsSources(more: Partial<WaitsSources>): void {
  Object.assign(layers, more);
}

/** Waits that only code of this isolate, or a message, can end; those of kind `sleep` have an alarm, or are endless. */
const PASSIVE: readonly ParkKind[] = [
  "sleep",
  "event",
  "recv",
  "send",
  "join",
  "handshake",
  "rpc",
  "lock",
];
/** One record has to stay small; more tasks than these explain nothing better. */
const MAX_TASKS = 500;
/** More sources than these are counted. */
const MAX_SOURCES = 5;

/**
 * The record of this isolate as it is now.
 *
 * @param quietSinceMs epoch milliseconds since when nothing has moved
 */
export function takeWaits(quietSinceMs: number): Waits {
  const tasks: Task[] = [];
  for (const root of rootTasks) collect(root, tasks);
  const sources = sourcesOf(tasks);
  const listed = sources.length > 0 ? [] : tasks.slice(0, MAX_TASKS);
  return {
    quietSinceMs,
    sources: atMostFew(sources),
    tasks: listed.map(waitingTask),
    tasksLeftOut: sources.length > 0 ? 0 : tasks.length - listed.length,
    channels: layers.channels(),
  };
}

function sourcesOf(tasks: readonly Task[]): string[] {
  const sources = layers.unseen();
  const alarms = alarmCount();
  if (alarms > 0) {
    const ms = Math.max(0, Math.round(nextAlarmAtMs() - currentTime()));
    sources.push(`${alarms} ${alarms === 1 ? "timer" : "timers"}, the next in ${ms} ms`);
  }
  const held = holdCount();
  if (held > 0) {
    sources.push(
      `${held} ${held === 1 ? "wait for a foreign promise" : "waits for foreign promises"}`,
    );
  }
  if (tasks.length === 0) sources.push("no task runs in it: it boots or ends");
  for (const task of tasks) {
    const who = `task #${task.id} ${task.name}`;
    const { parks } = task;
    if (task.state === "starting") sources.push(`${who} is about to begin`);
    else if (parks.length === 0) sources.push(`${who} awaits something unlabelled`);
    for (const { reason } of parks) {
      if (!PASSIVE.includes(reason.kind)) {
        sources.push(`${who} waits for ${reason.kind} ${nameOf(reason.resource)}`);
      }
    }
  }
  return sources;
}

function atMostFew(sources: readonly string[]): string[] {
  if (sources.length <= MAX_SOURCES) return [...sources];
  return [...sources.slice(0, MAX_SOURCES), `and ${sources.length - MAX_SOURCES} more`];
}

function collect(root: Task, into: Task[]): void {
  const found = [root];
  for (let task = found.pop(); task !== undefined; task = found.pop()) {
    into.push(task);
    task.eachChild((child) => void found.push(child));
  }
}

function waitingTask(task: Task): WaitingTask {
  return {
    id: task.id,
    name: task.name,
    parent: task.parent?.id ?? null,
    serves: layers.serves(task),
    waits: task.parks.map(waitOf),
  };
}

function waitOf(park: Park): Wait {
  const { reason, scope } = park;
  let shielded = scope.shield;
  for (let outer = scope.parent; outer !== null && !shielded; outer = outer.parent) {
    shielded = outer.shield;
  }
  return {
    kind: reason.kind,
    resource: nameOf(reason.resource),
    peer: reason.peer?.path ?? null,
    peerState: reason.peer?.state ?? null,
    shielded,
    onTasks: reason.onTasks?.().map(({ id }) => id) ?? [],
    call: reason.callOf?.(park) ?? null,
  };
}

function nameOf(resource: string | (() => string)): string {
  return typeof resource === "string" ? resource : resource();
}
