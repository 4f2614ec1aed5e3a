/**
 * Clues about a cancel on its way down a tree of actors.
 *
 * @module
 */

import type { Evidence } from "../../model/result.ts";
import { atMostFew, type Clue, describeWait } from "./clue.ts";
import type { Facts } from "../facts.ts";
import { isolateOfActor, parkedTasks, standstill } from "./queries.ts";
import { threadsUnseen } from "./unseen.ts";
import { time } from "../../protocol/duration.ts";

/** Effects of a soft kill that mean that the actor went as it was asked to. */
const WENT = ["ended", "closes"];
/** As many children as this are named. */
const NAMED = 3;

/** An actor that took a cancel and kept it to itself. */
interface Stop {
  readonly actor: string;
  readonly evidence: Evidence;
}

/**
 * Actors that acknowledged a cancel, did not end, and have living children that were never asked to. One that stands
 * still in code of its own is not among them: it did not drop the cancel, it could not get to it.
 */
function stops(facts: Facts): Stop[] {
  const { ladder } = facts;
  return ladder.flatMap((rung, index) => {
    const { actor, ackedMs, effect } = rung;
    if (rung.rung !== "soft-kill" || ackedMs === null || WENT.includes(effect ?? "")) return [];
    if (standsStill(facts, actor)) return [];
    const untold = childrenAt(facts, actor, ackedMs).filter((child) =>
      !ladder.some((other) => other.rung === "soft-kill" && other.actor === child)
    );
    if (untold.length === 0) return [];
    const more = untold.length > NAMED ? ` and ${untold.length - NAMED} more` : "";
    const detail = `the cancel stopped at ${actor}: it acknowledged it after ` +
      `${time(ackedMs - rung.askedMs)}, did not end, and never asked ` +
      `${untold.slice(0, NAMED).join(", ")}${more} to end`;
    return [{ actor, evidence: { kind: "cascade", detail, ref: `ladder[${index}]` } }];
  });
}

function standsStill(facts: Facts, actor: string): boolean {
  const found = isolateOfActor(facts, actor);
  // Where threads are not seen, one that answers nothing may be in a native call.
  if (found === null) return threadsUnseen(facts) && !facts.deadActors.includes(actor);
  return found.isolate.state === "native-blocked" || standstill(found.isolate) !== null;
}

/** Paths of the children that an actor had at a time. */
function childrenAt({ actors }: Facts, actor: string, atMs: number): string[] {
  return actors.flatMap(({ path, spawnedMs, deadMs }) => {
    const isChild = path.slice(0, path.lastIndexOf("/")) === actor;
    return isChild && spawnedMs < atMs && (deadMs === null || deadMs > atMs) ? [path] : [];
  });
}

/** An actor in the middle took the cancel and did not pass it on. */
export const CANCEL_STOPPED: Clue = {
  says: "an actor acknowledged a cancel, did not end, and never passed it on to its children",
  find: (facts) => atMostFew(stops(facts).map(({ evidence }) => evidence)),
};

/** A task waits for that actor. */
export const STALLED_WAIT: Clue = {
  says: "a task waits for the actor at which the cancel stopped",
  find: (facts) => {
    const actors = stops(facts).map(({ actor }) => actor);
    return atMostFew(
      parkedTasks(facts, ({ peer }) => peer !== null && actors.includes(peer)).map(describeWait),
    );
  },
};

/** The others were told, and went. */
export const PASSED_ON: Clue = {
  says: "other actors of the tree were asked to end and did",
  find: (facts) => {
    const went = facts.ladder.filter(({ rung, effect }) =>
      rung === "soft-kill" && WENT.includes(effect ?? "")
    );
    if (went.length === 0) return [];
    const names = went.slice(0, NAMED).map(({ actor }) => actor).join(", ");
    const more = went.length > NAMED ? ` and ${went.length - NAMED} more` : "";
    const detail = `the cancel reached ${names}${more}, and there it was heeded`;
    return [{ kind: "cascade", detail, ref: "ladder" }];
  },
};
