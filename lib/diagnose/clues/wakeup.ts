/**
 * Clues about notifications that no task heard.
 *
 * @module
 */

import { atMostFew, type Clue, describeWait } from "./clue.ts";
import type { Facts } from "../facts.ts";
import { dangers } from "../graph/dangers.ts";
import { taskNode } from "../graph/wait_graph.ts";
import { explainHang, isProven } from "../hang_path.ts";
import { timersAbout } from "./cycle.ts";
import { type ParkedTask, parkedTasks } from "./queries.ts";
import { time } from "../../protocol/duration.ts";

/** Tasks that wait for what has come before. */
function tooLate(facts: Facts): ParkedTask[] {
  return parkedTasks(facts, ({ missed }) => missed !== undefined);
}

/** A task waits for a notification, and the last one came before, when no task waited. */
export const MISSED_WAKEUP: Clue = {
  says: "a task waits for a notification that was sent before, when nobody waited for it",
  find: (facts) =>
    atMostFew(
      tooLate(facts).flatMap((parked) => {
        const { missed, resource } = parked.wait;
        if (missed === undefined) return [];
        const times = missed.count === 1 ? "once" : `${missed.count} times`;
        const detail = `${resource} had been sent ${times} to nobody, the last time ` +
          `${time(missed.beforeMs)} before that wait began, and not since`;
        return [describeWait(parked), { kind: "wakeup", detail, ref: parked.ref }];
      }),
    ),
};

/** It may be sent once more: a timer is set, or a task is about to do something once. Never where a proof says no. */
export const WAKEUP_MAY_COME: Clue = {
  says: "something that can be seen could still send the notification",
  find: (facts) => {
    if (isProven(facts) || tooLate(facts).length === 0) return [];
    const waiting = new Set(tooLate(facts).map(({ task }) => task.id));
    const found = explainHang(facts);
    const members = found?.graph.tasks.filter(({ key }) => waiting.has(key)).map(taskNode) ?? [];
    const tasks = found === null ? [] : dangers(found.graph, found.stuck, members);
    return [...tasks, ...timersAbout(facts)]
      .map((detail) => ({ kind: "wakeup", detail, ref: null }));
  },
};

/** Only this program itself could send it again. */
export const SENDERS_GONE: Clue = {
  says: "every actor that could send it again is dead",
  find: (facts) => {
    const { actors } = facts;
    if (tooLate(facts).length === 0 || actors.length === 0) return [];
    if (actors.some(({ deadMs }) => deadMs === null)) return [];
    const detail = actors.length === 1
      ? `the one actor that was started, ${actors[0]?.path}, is dead`
      : `all ${actors.length} actors that were started are dead`;
    return [{ kind: "wakeup", detail, ref: null }];
  },
};
