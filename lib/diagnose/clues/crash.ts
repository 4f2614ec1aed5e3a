/**
 * Clues about actors that ended though nothing had asked them to.
 *
 * @module
 */

import { atMostFew, type Clue } from "./clue.ts";
import type { Evidence } from "../../model/result.ts";
import type { Facts } from "../facts.ts";
import { time } from "../../protocol/duration.ts";

/** Actors that are dead and were not asked to end, those of which an error is known or the others. */
function endedUnasked(
  { actors, ladder, crashed = [] }: Facts,
  which: "crashed" | "other",
): Evidence[] {
  const asked = new Set(ladder.map(({ actor }) => actor));
  return actors.flatMap(({ path, spawnedMs, deadMs }) => {
    const crash = crashed.findLast(({ actor }) => actor === path);
    const isWanted = (crash === undefined) === (which === "other");
    if (deadMs === null || asked.has(path) || !isWanted) return [];
    const how = crash === undefined ? "ended by itself" : `crashed (${crash.message})`;
    const detail = `${path} ${how} ${time(deadMs - spawnedMs)} after it was started`;
    return [{ kind: "crash", detail, ref: null }];
  });
}

/** An error that no task caught ended an actor. */
export const CRASHED: Clue = {
  says: "an actor crashed",
  find: (facts) => atMostFew(endedUnasked(facts, "crashed")),
};

/** An actor has ended by itself: it crashed, or closed its own isolate. */
export const ENDED_UNASKED: Clue = {
  says: "an actor ended though nothing had asked it to",
  find: (facts) => atMostFew([...endedUnasked(facts, "crashed"), ...endedUnasked(facts, "other")]),
};
