/**
 * The heartbeat of the subject's main loop. A beat in the journal says that the loop turned; a gap says that it was
 * starved. It also writes down, once each, the waits that have lasted longer than a second.
 *
 * @module
 */

import { clearInterval, setInterval, unrefTimer } from "../../protocol/platform.ts";
import { currentTime, epochOf } from "../../actor/clock.ts";
import { observe } from "../../actor/identity.ts";
import { rootTasks, type Task, type Wait } from "../../actor/task.ts";

const BEAT_MS = 100;
const LONG_PARK_MS = 1_000;
/** Looking through all tasks on every beat would be felt with 10,000 of them. */
const BEATS_PER_LOOK = 10;

/** Starts the heartbeat. It never keeps the process alive. Returns how to stop it. */
export function startPulse(): () => void {
  const reported: WeakSet<Wait> = new WeakSet();
  let beats = 0;
  let last = currentTime();
  let maxGapMs = 0;
  const beat = () => {
    const now = currentTime();
    maxGapMs = Math.max(maxGapMs, now - last);
    last = now;
    beats++;
    observe({ kind: "beat", n: beats, maxGapMs });
    if (beats % BEATS_PER_LOOK !== 0) return;
    for (const task of rootTasks) reportLongParks(task, now, reported);
  };
  beat();
  const timer = setInterval(beat, BEAT_MS);
  unrefTimer(timer);
  return () => clearInterval(timer);
}

function reportLongParks(task: Task, now: number, reported: WeakSet<Wait>): void {
  for (const park of task.parks) {
    const sinceMs = now - park.sinceMs;
    if (sinceMs < LONG_PARK_MS || reported.has(park)) continue;
    reported.add(park);
    const { kind, resource } = park.reason;
    const on = `${kind} ${typeof resource === "string" ? resource : resource()}`;
    observe({
      kind: "parked",
      task: `#${task.id} ${task.name}`,
      on,
      sinceMs: epochOf(park.sinceMs),
    });
  }
  for (const child of task.children) reportLongParks(child, now, reported);
}
