/**
 * Clues about waits for something that the runtime knows nothing of: a promise of the platform, of a package, or one
 * that the program made itself.
 *
 * Invariant: what the promise is for is told by its label and by nothing else. A child process or a connection beside it
 * is told as being there.
 *
 * @module
 */

import { time } from "../../protocol/duration.ts";
import type { DumpedTask } from "../../model/dump.ts";
import type { Evidence } from "../../model/result.ts";
import { processText, socketTexts } from "../../report/text/outside.ts";
import { OWN_END_MS } from "../cause/came_out.ts";
import { stillMoving } from "../cause/still_moving.ts";
import type { Facts } from "../facts.ts";
import type { End } from "../graph/explain.ts";
import { awaitPlace } from "../await_place.ts";
import { isInternalFile } from "../../protocol/own_code.ts";
import { explainHang } from "../hang_path.ts";
import { atMostFew, type Clue } from "./clue.ts";
import { at } from "./queries.ts";
import { threadsUnseen } from "./unseen.ts";

/** For so long a cancel must have been in force to count as ignored: an await that heeds it ends in milliseconds. */
const IGNORED_AFTER_MS = 250;

/** For so long a wait with a label must have stood. */
const STOOD_MS = 500;

/** A task at the end of the path that awaits a promise of somebody else's, with its place in the document. */
interface OutsideWait {
  readonly task: DumpedTask;
  readonly wait: End["wait"];
  readonly ref: string;
}

/** The last wait of the path, where it is for such a promise and something really waits for that task. */
function lastWait(facts: Facts): OutsideWait | null {
  const found = explainHang(facts);
  if (found === null || found.explanation.kind === "cycle") return null;
  const { explanation: { end }, awaited } = found;
  if (end === null || end.node.kind !== "task" || !awaited.has(end.node.key)) return null;
  if (end.wait !== null && (end.wait.kind !== "hold" || end.wait.isOwn)) return null;
  const { key } = end.node;
  const index = facts.dump?.tasks.findIndex(({ id }) => id === key) ?? -1;
  const task = facts.dump?.tasks[index];
  return task === undefined ? null : { task, wait: end.wait, ref: `dump.tasks[${index}]` };
}

/** The same for a promise without a label; a task that has not begun awaits none. */
function unlabelled(facts: Facts): OutsideWait | null {
  const found = lastWait(facts);
  if (found === null || found.wait !== null || found.task.state === "starting") return null;
  // The root task of an actor is unwedge's own.
  return found.task.parent === null ? null : found;
}

function nameOf({ id, actor, name }: DumpedTask): string {
  return `${actor} ${id.slice(id.lastIndexOf("#"))} ${name}`;
}

/** Who awaits, and where; where it was made as long as that is not known. */
function placeOf(facts: Facts, task: DumpedTask): string {
  const { id, createdAt } = task;
  const place = awaitPlace(facts, id);
  if (place !== null) return `${at(place)}: ${nameOf(task)}`;
  const isProgram = createdAt !== null && !isInternalFile(createdAt.file);
  return `${nameOf(task)}${isProgram ? ` (spawned at ${at(createdAt)})` : ""}`;
}

/** The path ends at a promise with a label. */
export const LABELLED_WAIT: Clue = {
  says: "a task waits for a promise from outside of the runtime that has a label",
  find: (facts) => {
    const found = lastWait(facts);
    if (found === null || found.wait === null) return [];
    // A loop that polls waits anew each time.
    if ((found.wait.sinceMs ?? 0) < STOOD_MS) return [];
    const { task, wait, ref } = found;
    const where = wait.at === null ? "" : `${at(wait.at)}: `;
    const since = wait.sinceMs === null ? "" : ` for ${time(wait.sinceMs)}`;
    const detail =
      `${where}${nameOf(task)} has waited${since} for "${wait.resource}", which comes ` +
      "from outside of the runtime";
    return [{ kind: "outside", detail, ref }];
  },
};

/** The path ends at a promise without a label, and no cancel has been asked for. */
export const UNLABELLED_WAIT: Clue = {
  says: "a task awaits a promise that has no label, and was not cancelled",
  find: (facts) => {
    const found = unlabelled(facts);
    if (found === null || found.task.cancelled !== null) return [];
    const { task, ref } = found;
    const detail = `${placeOf(facts, task)} awaits a promise that the runtime does not ` +
      "know: with hold(promise, label) around it a report says what it is, and Ctrl-C ends the wait";
    return [{ kind: "outside", detail, ref }];
  },
};

/** The path ends at a promise without a label, and the cancel of its task has been in force. */
export const CANCEL_IGNORED: Clue = {
  says: "a task that was cancelled awaits a promise that takes no cancel",
  find: (facts) => {
    const found = unlabelled(facts);
    const cancelled = found?.task.cancelled ?? null;
    if (found === null || cancelled === null || cancelled.heldByShield) return [];
    if (cancelled.agoMs < IGNORED_AFTER_MS) return [];
    const { task, ref } = found;
    const detail = `${placeOf(facts, task)} was cancelled ${time(cancelled.agoMs)} ago by ` +
      `${cancelled.byActor} (${cancelled.reason}), and awaits a promise that takes no cancel`;
    return [{ kind: "outside", detail, ref }];
  },
};

/** Processes and connections that the subject has. */
export const OUTSIDE_WORLD: Clue = {
  says: "the program has child processes or connections",
  find: (facts) => {
    const outside = facts.dump?.outside;
    if (outside === undefined && threadsUnseen(facts)) {
      const detail =
        "which process or connection is at the far end is not seen: /proc cannot be read";
      return [{ kind: "beside", detail, ref: null }];
    }
    if (outside === undefined) return [];
    const line = (detail: string, ref: string | null): Evidence => ({
      kind: "beside",
      detail,
      ref,
    });
    return atMostFew([
      ...outside.processes.map((process, index) =>
        line(
          `beside it, a child process: ${processText(process)}`,
          `dump.outside.processes[${index}]`,
        )
      ),
      ...socketTexts(outside).map((text) => line(`beside it: ${text}`, "dump.outside.sockets")),
    ]);
  },
};

/** A timer is about to go off once: it may settle the promise, or abort what it is for. */
export const TIMER_ABOUT: Clue = {
  says: "a timer is about to go off once, and may end the wait",
  find: ({ timers }) =>
    atMostFew((timers ?? []).flatMap(({ repeats, ms, at: place }) => {
      if (repeats || (place !== null && isInternalFile(place.file))) return [];
      // A promise's own resolve has no place, nor has code of the platform.
      const calls = place === null ? "goes off" : `calls the function at ${at(place)}`;
      const detail = `a timer that was set for ${time(ms)} ${calls}, and may end the wait`;
      return [{ kind: "moving", detail, ref: null }];
    })),
};

/** The promise at the end of the path came after all, and not because of the interrupt. */
export const CAME_LATE: Clue = {
  says: "the promise that takes no cancel came by itself after SIGINT",
  find: (facts) => {
    const joinedMs = facts.sigint?.joinedMs ?? 0;
    // An actor may have been ended meanwhile, and its promise with it.
    if (joinedMs < OWN_END_MS || unlabelled(facts)?.task.actor !== "root") return [];
    const detail = `the promise that was awaited without a label came within ${time(joinedMs)} ` +
      "after SIGINT: it was slow, and a longer deadline shows how it goes on";
    return [{ kind: "moving", detail, ref: "sigint" }];
  },
};

/** The end of the path could still come by itself. */
export const STILL_MOVES: Clue = {
  says: "what the hang waits for was still moving",
  find: ({ dump }) => {
    const moves = dump === null ? null : stillMoving(dump);
    return moves === null ? [] : [{ kind: "moving", detail: moves, ref: null }];
  },
};
