/**
 * Clues about what stays after a nursery has joined, and about teardowns that were only late.
 *
 * @module
 */

import { atMostFew, type Clue, UNSEEN_KIND } from "./clue.ts";
import type { IsolateDump } from "../../model/dump.ts";
import type { Evidence } from "../../model/result.ts";
import type { Facts } from "../facts.ts";
import { at, type FoundIsolate, isolates, mainIsolate, standstill } from "./queries.ts";
import { threadsUnseen } from "./unseen.ts";
import { time } from "../../protocol/duration.ts";

/** Workers whose thread was there when the deadline passed. */
function stayingWorkers(facts: Facts): FoundIsolate[] {
  return isolates(
    facts,
    ({ kind, state, thread }) =>
      kind === "worker" && state !== "gone" &&
      // An isolate that answered has a thread, seen or not.
      (thread !== null || (threadsUnseen(facts) && state !== "native-blocked")),
  );
}

/** When `terminate()` was called for an actor and it is not known to have ended (ms after teardown). */
function terminatedMs(facts: Facts, actor: string | null): number | null {
  const rungs = facts.ladder.filter((rung) => rung.actor === actor);
  if (rungs.some(({ effect, rung }) => effect === "ended" && rung !== "soft-kill")) return null;
  return rungs.find(({ rung }) => rung === "hard-kill")?.askedMs ?? null;
}

function describe({ isolate }: FoundIsolate): string {
  const still = standstill(isolate);
  const thread = isolate.thread;
  const where = still === null
    ? isolate.state
    : `${still.how} in ${still.frame.fn} at ${at(still.frame)}`;
  const actor = isolate.actor === null ? "" : ` of ${isolate.actor}`;
  const tid = thread === null ? "" : ` (tid ${thread.tid})`;
  return `thread ${isolate.id}${actor}${tid}: ${where}`;
}

/** A thread goes on although the runtime called `terminate()`. */
export const SURVIVES_TERMINATE: Clue = {
  says: "a worker's thread lives on although terminate() was called for it",
  find: (facts) =>
    atMostFew(
      stayingWorkers(facts).flatMap((found) => {
        const askedMs = terminatedMs(facts, found.isolate.actor);
        if (askedMs === null) return [];
        const detail = `${describe(found)}; terminate() was called ${time(askedMs)} after ` +
          "teardown was requested, and did not end it";
        return [{ kind: "leftover", detail, ref: found.ref }];
      }),
    ),
};

/** A thread of an actor goes on, and the runtime never asked it to end. */
export const FORGOTTEN_ACTOR: Clue = {
  says: "an actor's thread lives on, and its end was never asked for",
  find: (facts) =>
    staying(
      facts,
      ({ actor }) => actor !== null && terminatedMs(facts, actor) === null,
      "nobody asked it to end",
    ),
};

/** A thread goes on that is no actor. */
export const FOREIGN_WORKER: Clue = {
  says: "a worker that the runtime did not start lives on",
  find: (facts) => staying(facts, ({ actor }) => actor === null, "no actor lives on it"),
};

/** No worker is left, so that something in main keeps the process. */
export const ONLY_MAIN: Clue = {
  says: "no worker thread is left and main is idle, so that a handle in main keeps the process",
  find: (facts) => {
    const main = mainIsolate(facts);
    if (main === null || stayingWorkers(facts).length > 0) return [];
    if (facts.dump?.complete !== true || main.isolate.state !== "parked") return [];
    const { handles = [] } = facts;
    const left = threadsUnseen(facts) ? "no worker answers" : "no worker thread is left";
    const idle = `${left}; main is idle and still does not exit`;
    if (handles.length > 0) {
      return atMostFew(handles.map((handle) => ({
        kind: "leftover",
        detail: `${idle}: ${handle}`,
        ref: main.ref,
      })));
    }
    // A worker that is no actor's, and in a native call, would not have been met.
    if (threadsUnseen(facts)) return [];
    const detail = `${idle}: something that has no name from outside keeps it`;
    return [{ kind: "leftover", detail, ref: main.ref }];
  },
};

/** Deno ends no process while a client is connected to its inspector. */
export const HELD_BY_DEBUGGER: Clue = {
  says: "the process waits for a client of its inspector to disconnect",
  find: ({ heldByDebugger }) => {
    if (!heldByDebugger) return [];
    const detail = "the process had come to its end and waited for a client of its inspector to " +
      "disconnect; unwedge was not connected";
    return [{ kind: "leftover", detail, ref: null }];
  },
};

/** The process went by itself, after the deadline: what kept it came to its end. */
export const WENT_LATE: Clue = {
  says: "the process exited by itself after the deadline",
  find: ({ verdict, clocks: { processExitedMs }, deadlineMs }) => {
    if (verdict !== "leaked" || processExitedMs === null) return [];
    const detail =
      `the process exited by itself, ${time(processExitedMs - deadlineMs)} after the ` +
      "deadline";
    return [{ kind: "clock", detail, ref: "clocks.processExitedMs" }];
  },
};

/** What goes by itself is gone within this time after the deadline; a grace period that is shorter does not show it. */
const LEAST_GRACE_MS = 1_000;

/** The process was not given the time to go by itself. */
export const EXIT_UNSEEN: Clue = {
  says: "the grace period was too short to see whether the process goes by itself",
  find: ({ verdict, clocks: { processExitedMs }, graceMs }) => {
    if (verdict !== "leaked" || processExitedMs !== null) return [];
    if (graceMs === undefined || graceMs >= LEAST_GRACE_MS) return [];
    const detail = `the grace period of ${time(graceMs)} is too short to see whether the process ` +
      `goes by itself; it takes ${time(LEAST_GRACE_MS)}`;
    return [{ kind: UNSEEN_KIND, detail, ref: null }];
  },
};

/** The nursery joined by itself, after the deadline. */
export const JOINED_LATE: Clue = {
  says: "the nursery joined by itself after the deadline",
  find: ({ verdict, joinedByItselfMs, deadlineMs }) => {
    if (verdict !== "hung" || joinedByItselfMs === null) return [];
    const detail = `the nursery joined by itself, ${time(joinedByItselfMs - deadlineMs)} ` +
      "after the deadline";
    return [{ kind: "clock", detail, ref: "clocks.nurseryJoinedMs" }];
  },
};

/** The workers that stay and are of this kind, each with what is wrong about it. */
function staying(
  facts: Facts,
  which: (isolate: IsolateDump) => boolean,
  what: string,
): readonly Evidence[] {
  const found = stayingWorkers(facts).filter(({ isolate }) => which(isolate));
  return atMostFew(found.map((each) => ({
    kind: "leftover",
    detail: `${describe(each)}; ${what}`,
    ref: each.ref,
  })));
}
