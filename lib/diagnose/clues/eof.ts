/**
 * Clues about readers that do not take the end for an end.
 *
 * @module
 */

import type { Evidence } from "../../model/result.ts";
import { atMostFew, type Clue, describeWait } from "./clue.ts";
import type { Facts } from "../facts.ts";
import { at, type FoundIsolate, isolates, parkedTasks, standstill } from "./queries.ts";

/** So many reads in one dump that bring nothing are no polling: a dump takes well under a second or two. */
const MANY_READS = 1_000;

/**
 * Busy isolates whose threads read and read, and get less than a byte for each call: most were at an end. Not nothing
 * at all, for to tell its positions a runtime may have to read a source map meanwhile.
 */
function atEnd(facts: Facts, kind: "main" | "worker"): FoundIsolate[] {
  return isolates(facts, (isolate) => {
    const reads = isolate.thread?.reads;
    return isolate.kind === kind && isolate.state === "busy" && reads !== undefined &&
      reads.calls >= MANY_READS && reads.bytes < reads.calls;
  });
}

function describe({ isolate, ref }: FoundIsolate): Evidence {
  const { actor, id, thread } = isolate;
  const still = standstill(isolate);
  const where = still === null ? "" : ` from ${still.frame.fn} at ${at(still.frame)}`;
  const who = actor === null ? id : `${actor} (${id})`;
  const detail = `spinning on EOF: the thread of ${who} called read ${thread?.reads?.calls ?? 0} ` +
    `times during the dump${where} and got ${thread?.reads?.bytes ?? 0} bytes`;
  return { kind: "eof", detail, ref };
}

/** A child reads at the end of something again and again. */
export const CHILD_AT_EOF: Clue = {
  says: "the thread of a child reads again and again and gets nothing",
  find: (facts) => atMostFew(atEnd(facts, "worker").map(describe)),
};

/** Main does. */
export const MAIN_AT_EOF: Clue = {
  says: "main's thread reads again and again and gets nothing",
  find: (facts) => atMostFew(atEnd(facts, "main").map(describe)),
};

/** A task waits for that child. */
export const HELD_AT_EOF: Clue = {
  says: "a task waits for the actor that reads at the end of something",
  find: (facts) => {
    const actors = atEnd(facts, "worker").map(({ isolate }) => isolate.actor);
    return atMostFew(
      parkedTasks(facts, ({ peer }) => peer !== null && actors.includes(peer)).map(describeWait),
    );
  },
};
