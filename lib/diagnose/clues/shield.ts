/**
 * Clues about waits that no cancel reaches.
 *
 * @module
 */

import { atMostFew, type Clue, describeWait } from "./clue.ts";
import type { Facts } from "../facts.ts";
import { explainHang } from "../hang_path.ts";
import { isInternalFile } from "../../protocol/own_code.ts";
import { SIGINT_IN_VAIN } from "./loop.ts";
import { type ParkedTask, parkedTasks } from "./queries.ts";
import { time } from "../../protocol/duration.ts";

/** The root task of the root: an interrupt is thrown into it, shield or not. */
function takesInterrupts({ actor, parent }: ParkedTask["task"]): boolean {
  return actor === "root" && parent === null;
}

/** Tasks under a shield that wait for an actor which is gone or was given up. */
function trapped(facts: Facts): ParkedTask[] {
  if (facts.sigint?.unwedged === true) return [];
  return parkedTasks(
    facts,
    ({ peerState }, task) =>
      task.shielded && (peerState === "dead" || peerState === "abandoned") &&
      !takesInterrupts(task),
  );
}

/** A shield keeps everybody from ending a wait that its peer will never end, and is not known to have let SIGINT in. */
export const TRAPPED_WAIT: Clue = {
  says: "a task under a shield waits for a dead or abandoned actor, and SIGINT did not free it",
  find: (facts) => atMostFew(trapped(facts).map(describeWait)),
};

/**
 * Waits of the program under a shield that the hang waits for, that SIGINT did not free, and that no dead actor explains.
 * A join is none: what is joined says more.
 */
function shielded(facts: Facts): ParkedTask[] {
  const awaited = explainHang(facts)?.awaited;
  if (awaited === undefined || SIGINT_IN_VAIN.find(facts).length === 0) return [];
  return parkedTasks(facts, ({ kind, peerState }, task) => {
    const isProgram = task.site !== null && !isInternalFile(task.site.file);
    return task.shielded && isProgram && kind !== "join" && awaited.has(task.id) &&
      peerState !== "dead" && peerState !== "abandoned" && !takesInterrupts(task);
  });
}

/** A shield keeps a cancel from a wait that has not ended, though no actor is at fault. */
export const SHIELDED_WAIT: Clue = {
  says:
    "a task of the program waits under a shield that holds a cancel off, and SIGINT did not free it",
  find: (facts) => atMostFew(shielded(facts).map(describeWait)),
};

/** A cancel was asked for, and waits outside. */
export const CANCEL_HELD: Clue = {
  says: "a cancel was asked for, and the shield keeps it away",
  find: (facts) =>
    atMostFew(
      [...trapped(facts), ...shielded(facts)].flatMap(({ task, ref }) => {
        const { cancelled } = task;
        if (cancelled === null || !cancelled.heldByShield) return [];
        const detail = `task "${task.name}" was cancelled ${time(cancelled.agoMs)} ago by ` +
          `${cancelled.byActor} (${cancelled.reason}); a shield keeps that from it`;
        return [{ kind: "shield", detail, ref }];
      }),
    ),
};
