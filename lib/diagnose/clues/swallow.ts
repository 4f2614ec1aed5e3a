/**
 * Clues about cancels that a task caught.
 *
 * @module
 */

import { atMostFew, type Clue, describeWait } from "./clue.ts";
import type { Facts } from "../facts.ts";
import { at, isolateOfActor, parkedTasks, standstill } from "./queries.ts";

/** A task took its cancel over and over, and went on. */
export const SWALLOWED: Clue = {
  says: "a task had its cancel thrown at it again and again, and went on",
  find: ({ swallowed }: Facts) =>
    atMostFew(swallowed.map((one) => {
      const where = one.at === null ? "" : ` around the wait at ${at(one.at)}`;
      const fn = one.fn === null ? "" : ` in ${one.fn}`;
      const detail = `task ${one.task} of ${one.actor} had its cancel thrown at it ${one.times} ` +
        `times and went on: the catch${where}${fn} takes it`;
      return { kind: "swallowed", detail, ref: "journal.msgpack" };
    })),
};

/** Another task waits for the actor of that task, or joins the task. */
export const HELD_BY_SWALLOWER: Clue = {
  says: "a task waits for the actor whose task swallowed its cancel",
  find: (facts: Facts) => {
    const actors = new Set(facts.swallowed.map(({ actor }) => actor));
    return atMostFew(
      parkedTasks(
        facts,
        ({ peer, kind }, task) =>
          actors.has(peer ?? "") ||
          (kind === "join" && task.parent === null && actors.has(task.actor)),
      ).map(describeWait),
    );
  },
};

/** What that actor does now. */
export const SWALLOWER_NOW: Clue = {
  says: "what the actor that swallowed its cancel does is known",
  find: (facts: Facts) => {
    const actors = new Set(facts.swallowed.map(({ actor }) => actor));
    return atMostFew([...actors].flatMap((actor) => {
      const found = isolateOfActor(facts, actor);
      const still = found === null ? null : standstill(found.isolate);
      if (found === null || still === null) return [];
      const detail =
        `child ${still.how}: ${actor} (${found.isolate.id}) was in ${still.frame.fn} ` +
        `at ${at(still.frame)} in all ${still.looks} samples`;
      return [{ kind: "child", detail, ref: found.ref }];
    }));
  },
};
