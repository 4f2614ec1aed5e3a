/**
 * Clues about actors that ended though nothing had asked them to.
 *
 * @module
 */

import { atMostFew, type Clue } from "./clue.ts";
import { time } from "../../protocol/duration.ts";

/** An actor has ended by itself: it crashed, or closed its own isolate. */
export const ENDED_UNASKED: Clue = {
  says: "an actor ended though nothing had asked it to",
  find: ({ actors, ladder, crashed = [] }) => {
    const asked = new Set(ladder.map(({ actor }) => actor));
    return atMostFew(actors.flatMap(({ path, spawnedMs, deadMs }) => {
      if (deadMs === null || asked.has(path)) return [];
      const crash = crashed.findLast(({ actor }) => actor === path);
      const how = crash === undefined ? "ended by itself" : `crashed (${crash.message})`;
      const detail = `${path} ${how} ${time(deadMs - spawnedMs)} after it was started`;
      return [{ kind: "crash", detail, ref: null }];
    }));
  },
};
