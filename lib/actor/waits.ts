/**
 * How this isolate stands once nothing moves in it, for its journal: which task waits for what, and what could still
 * wake a task without help from another isolate. The record that a proof rests on: one `waits` record when the isolate
 * has fallen quiet, one `stirs` when it moves again. Only isolates that keep a journal load this.
 *
 * Invariant: what is not known to be unable to wake counts as a source. A kind of wait that is not listed here, a task
 * that is not parked (it awaits a promise that was not made by this runtime), an alarm that is to ring: all of them.
 *
 * Invariant: an isolate whose latest record is `waits` has not run a line of the user's code since. `stirs` is written
 * before the first one (`markActive`), so a reader of the journal up to any place sees every isolate as it was there.
 *
 * Quiet means some turns of the loop, not merely some time: a port hands over at least one message in each turn, a
 * lock is granted in one, so what was under way when the quiet began has arrived before it is written down, however
 * loaded the machine is.
 *
 * @module
 */

import { clearTimeout, setTimeout, timeOrigin, unrefTimer } from "../protocol/platform.ts";
import { epochNow } from "../protocol/epoch.ts";
import { decodePause, PAUSE_BYTES, pausesPath, SHORTEST_PAUSE_MS } from "../protocol/pauses.ts";
import type { ParkKind } from "../protocol/terms.ts";
import type { WaitingTask, WaitRecord, WaitsRecord } from "../protocol/waits.ts";
import { alarmCount, currentTime, nextAlarmAtMs, setPauseReader } from "./clock.ts";
import { observe, setActivityListener } from "./identity.ts";
import { holdCount } from "./park.ts";
import { servedTasks } from "./rpc/served.ts";
import { eachTask, resourceName, waitedFor } from "./snapshot.ts";
import type { Task, Wait } from "./task.ts";
import { untrackedSources, watchUntracked } from "./untracked.ts";
import { channelCounts, rememberChannels } from "./wire/channel.ts";

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
/** Waits of one task at once; any of them would let it go on. */
const MAX_WAITS = 20;
/** More sources than these are counted. */
const MAX_SOURCES = 5;

/**
 * The record of this isolate as it is now.
 *
 * @param quietSinceMs epoch milliseconds since when nothing has moved
 * @param untracked what could run code of the program without this runtime, in words
 */
export function takeWaits(quietSinceMs: number, untracked: readonly string[] = []): WaitsRecord {
  const tasks: Task[] = [];
  eachTask((task) => void tasks.push(task));
  const sources = sourcesOf(tasks, untracked);
  const listed = sources.length > 0 ? [] : tasks.slice(0, MAX_TASKS);
  return {
    quietSinceMs,
    sources: atMostFew(sources),
    tasks: listed.map(waitingTask),
    tasksLeftOut: sources.length > 0 ? 0 : tasks.length - listed.length,
    channels: channelCounts(),
  };
}

function sourcesOf(tasks: readonly Task[], untracked: readonly string[]): string[] {
  const sources = [...untracked];
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
        sources.push(`${who} waits for ${reason.kind} ${resourceName(reason)}`);
      }
    }
  }
  return sources;
}

function atMostFew(sources: readonly string[]): string[] {
  if (sources.length <= MAX_SOURCES) return [...sources];
  return [...sources.slice(0, MAX_SOURCES), `and ${sources.length - MAX_SOURCES} more`];
}

function waitingTask(task: Task): WaitingTask {
  return {
    id: task.id,
    name: task.name,
    parent: task.parent?.id ?? null,
    serves: servedTasks.get(task) ?? null,
    waits: task.parks.slice(0, MAX_WAITS).map(waitOf),
  };
}

function waitOf(park: Wait): WaitRecord {
  const { reason } = park;
  return {
    ...waitedFor(park),
    onTasks: reason.onTasks?.().map(({ id }) => id) ?? [],
    ...(reason.otherEnd === undefined ? {} : { otherEnd: reason.otherEnd() }),
    call: reason.call ?? null,
  };
}

const TICK_MS = 5;
const QUIET_TICKS = 5;

/** Begins to watch this isolate. It never keeps the process alive. Returns how to stop. */
export function watchQuiet(): () => void {
  let moved = true;
  let written = false;
  let quietTicks = 0;
  let sinceMs = epochNow();
  let timer: ReturnType<typeof setTimeout>;
  const wait = () => {
    timer = setTimeout(tick, TICK_MS);
    unrefTimer(timer);
  };
  const tick = () => {
    if (moved) {
      moved = false;
      quietTicks = 0;
      sinceMs = epochNow();
    } else if (++quietTicks >= QUIET_TICKS) {
      const waits = takeWaits(sinceMs, untrackedSources());
      // To describe a wait can call what the program has given it for a name.
      if (!moved) {
        written = true;
        observe({ kind: "waits", waits });
        return;
      }
    }
    wait();
  };
  setActivityListener(() => {
    moved = true;
    if (!written) return;
    written = false;
    observe({ kind: "stirs" });
    wait();
  });
  wait();
  return () => {
    setActivityListener(null);
    clearTimeout(timer);
  };
}

/**
 * Has this isolate write down how it stands whenever nothing moves in it. To be called before its first channel is
 * made, for its messages are counted. Where code of the program runs earlier, `watchUntracked()` comes before that.
 *
 * @param journalPath the journal that this isolate writes
 */
export function journalWaits(journalPath: string): void {
  leaveOutPauses(journalPath);
  watchUntracked();
  rememberChannels();
  watchQuiet();
}

/**
 * From now on the clock of this isolate leaves out the pauses of the run with this journal: the times for which the
 * process was stopped (Ctrl-Z at the terminal), because bounds must not run out while nothing could be done.
 *
 * Invariant: a pause is known to an isolate before it computes anything with a time that lies behind it, because the
 * clock asks here whenever it is read after a leap, and the record is there before the process goes on.
 */
function leaveOutPauses(journalPath: string): void {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(pausesPath(journalPath), { read: true });
  } catch {
    // No pauses are written down: the observer of this process does not stop it.
    return;
  }
  const record = new Uint8Array(PAUSE_BYTES);
  setPauseReader(() => {
    const pauses: { fromMs: number; toMs: number }[] = [];
    while (file.readSync(record) === PAUSE_BYTES) {
      const { fromMs, toMs } = decodePause(record);
      pauses.push({
        fromMs: fromMs - timeOrigin,
        toMs: toMs - timeOrigin,
      });
    }
    return pauses;
  }, SHORTEST_PAUSE_MS);
}
