/**
 * The runtime's deadlines: one binary heap, one platform timer for the earliest entry, so 10,000 sleeping tasks cost
 * one timer. Entries that were cancelled stay until they come up, or until they outnumber the live ones; when no live
 * entry is left the platform timer is cleared, so the runtime never keeps a process alive by a forgotten deadline.
 *
 * @module
 */

import { clearTimeout, monotonicNow, setTimeout, timeOrigin } from "../protocol/platform.ts";
import { markActive } from "./identity.ts";
import { UsageError } from "./errors.ts";

/** A time in which the process was stopped, in milliseconds of `performance.now()`. */
export interface Pause {
  readonly fromMs: number;
  readonly toMs: number;
}

let shortestPauseMs = 0;
let readPauses: (() => readonly Pause[]) | null = null;
let lastReading = 0;
let stoodMs = 0;
/** Each pause on this clock: it has no length there. `stoodMs` is what all up to it took. */
let pauses: { readonly atMs: number; readonly stoodMs: number }[] = [];

/**
 * Milliseconds of the monotonic clock that all deadlines of this isolate use: `performance.now()`, less the time for
 * which the process was stopped, where that is told ({@linkcode setPauseReader}).
 */
export function currentTime(): number {
  const now = monotonicNow();
  if (readPauses === null) return now;
  if (now - lastReading >= shortestPauseMs) takePauses(readPauses());
  lastReading = now;
  return now - stoodMs;
}

/**
 * Asks `read` for new pauses whenever the time between two readings may be one; null ends that.
 *
 * @param shortestMs no pause that is told is shorter
 * @internal
 */
export function setPauseReader(
  read: (() => readonly Pause[]) | null,
  shortestMs: number = 0,
): void {
  readPauses = read;
  shortestPauseMs = shortestMs;
  lastReading = monotonicNow();
  stoodMs = 0;
  pauses = [];
  // What was before is no leap of this clock.
  if (read !== null) takePauses(read());
}

/** A time of {@linkcode currentTime} as epoch milliseconds. */
export function epochOf(timeMs: number): number {
  const before = pauses.findLast(({ atMs }) => atMs <= timeMs);
  return timeOrigin + timeMs + (before?.stoodMs ?? 0);
}

function takePauses(told: readonly Pause[]): void {
  for (const { fromMs, toMs } of told) {
    // An isolate that began later has not stood in it.
    const from = Math.max(0, fromMs);
    if (toMs <= from) continue;
    const atMs = from - stoodMs;
    stoodMs += toMs - from;
    pauses.push({ atMs, stoodMs });
  }
}

/**
 * Lets `atMs` pass when it can be a time; it may be past, or infinite.
 *
 * @throws {UsageError} when it is NaN
 */
export function checkedTime(atMs: number): number {
  if (Number.isNaN(atMs)) throw new UsageError("a time must be a number of milliseconds, got NaN");
  return atMs;
}

/** A pending deadline. */
export interface Alarm {
  readonly atMs: number;
  /** Called once, at or after `atMs`; null once fired or cancelled. */
  fire: (() => void) | null;
}

/** setTimeout turns longer delays into 1 ms (its argument is a signed 32-bit number). */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** Below this it does not pay to throw cancelled entries out. */
const WORTH_PRUNING = 1_000;

let heap: Alarm[] = [];
let live = 0;
let timer: ReturnType<typeof setTimeout> | null = null;
let timerAtMs = Infinity;

/** Calls `fire` once `currentTime() >= atMs`. An infinite `atMs` is never reached and costs nothing. */
export function setAlarm(atMs: number, fire: () => void): Alarm {
  const alarm: Alarm = { atMs, fire };
  if (atMs === Infinity) return alarm;
  heap.push(alarm);
  live++;
  siftUp(heap.length - 1);
  arm();
  return alarm;
}

/** Makes sure that `alarm` does not fire. Harmless when it has. */
export function clearAlarm(alarm: Alarm): void {
  if (alarm.fire === null || alarm.atMs === Infinity) return;
  alarm.fire = null;
  live--;
  if (live > 0) {
    if (heap.length >= WORTH_PRUNING && heap.length > 2 * live) prune();
    return;
  }
  heap.length = 0;
  if (timer !== null) clearTimeout(timer);
  timer = null;
  timerAtMs = Infinity;
}

/** How many alarms are to ring. */
export function alarmCount(): number {
  return live;
}

/** When the next alarm is to ring, on the clock of `currentTime()`; Infinity when none is. Looks at all of them. */
export function nextAlarmAtMs(): number {
  return heap.reduce(
    (first, { atMs, fire }) => fire === null ? first : Math.min(first, atMs),
    Infinity,
  );
}

/** How many entries are kept for them, cancelled ones included: for the test that they do not pile up. */
export function heapSize(): number {
  return heap.length;
}

/** Throws the cancelled entries out. A sorted array is a heap. */
function prune(): void {
  heap = heap.filter((alarm) => alarm.fire !== null).sort((a, b) => a.atMs - b.atMs);
}

function arm(): void {
  const first = heap[0];
  if (first === undefined || timerAtMs <= first.atMs) return;
  if (timer !== null) clearTimeout(timer);
  timerAtMs = first.atMs;
  const delay = Math.ceil(Math.max(0, first.atMs - currentTime()));
  timer = setTimeout(ring, Math.min(delay, LONGEST_TIMEOUT_MS));
}

function ring(): void {
  markActive();
  timer = null;
  timerAtMs = Infinity;
  const now = currentTime();
  for (let first = heap[0]; first !== undefined && first.atMs <= now; first = heap[0]) {
    pop();
    const fire = first.fire;
    if (fire === null) continue;
    first.fire = null;
    live--;
    fire();
  }
  if (live > 0) arm();
  else heap.length = 0;
}

function siftUp(start: number): void {
  let at = start;
  const moved = heap[at];
  if (moved === undefined) return;
  while (at > 0) {
    const parentAt = (at - 1) >> 1;
    const parent = heap[parentAt];
    if (parent === undefined || parent.atMs <= moved.atMs) break;
    heap[at] = parent;
    at = parentAt;
  }
  heap[at] = moved;
}

function pop(): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const leftAt = 2 * at + 1;
    const left = heap[leftAt];
    if (left === undefined) break;
    const right = heap[leftAt + 1];
    const [childAt, child] = right !== undefined && right.atMs < left.atMs
      ? [leftAt + 1, right]
      : [leftAt, left];
    if (child.atMs >= last.atMs) break;
    heap[at] = child;
    at = childAt;
  }
  heap[at] = last;
}
