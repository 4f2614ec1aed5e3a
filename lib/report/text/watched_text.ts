/** What became of a watched command, in words. @module */

import { bound, time } from "../../protocol/duration.ts";
import type { Dump } from "../../model/dump.ts";
import type { Attempt } from "../../model/result.ts";
import type { WatchedCommand } from "../../model/watched.ts";
import { testsText } from "./unfinished_tests.ts";
import { count } from "./words.ts";

/** What was seen of a command, in a sentence without its full stop. */
export function watchedSentence(attempt: Attempt, watched: WatchedCommand): string {
  const { verdict, subjectExit, clocks: { processExitedMs }, phase } = attempt;
  switch (verdict) {
    case "finished":
      return phase === "teardown"
        ? `it ended ${time(processExitedMs ?? 0)} after it was told to`
        : "it ended by itself";
    case "hung":
      return [hang(watched), ...tests(attempt), classText(attempt)].join("; ");
    case "failed":
      return `it ended with ${subjectExit ?? "an error"}`;
    case "crashed":
      return `it was killed by ${subjectExit ?? "a signal"}, and not by unwedge`;
    case "interrupted":
      return "stopped before it had ended; this report is partial";
    case "leaked":
      return "it ended, and something stayed";
  }
}

/** How it took being asked to end, in a sentence without its full stop; null when it was not asked. */
export function askedText({ asked }: WatchedCommand): string | null {
  if (asked === null) return null;
  const { signal, endedMs } = asked;
  return endedMs === null
    ? `${signal} did not end it, and it was killed`
    : `${signal} ended it after ${time(endedMs)}`;
}

/**
 * How far a command had come when its time to stop was over: main's work, the threads of its workers, the process. Null
 * where it was not told to stop, or nothing is known but that it has not ended.
 */
export function clocksText({ verdict, phase, clocks, dump }: Attempt): string | null {
  if (verdict !== "hung" || phase !== "teardown" || dump === null) return null;
  const main = mainText(dump);
  const workers = dump.isolates.filter(({ kind, state }) => kind === "worker" && state !== "gone");
  const threads = workers.length > 0
    ? `${count(workers.length, "worker")} had not ended`
    : clocks.threadsGoneMs === null
    ? null
    : `no worker was left ${time(clocks.threadsGoneMs)} after it was told`;
  const known = [main, threads].filter((text) => text !== null);
  return known.length === 0 ? null : [...known, "the process stayed"].join("; ");
}

/** Whether main's work was done, as far as its heap was read and its pending promises had been kept. */
function mainText({ isolates, awaits = [] }: Dump): string | null {
  const main = isolates.find(({ kind }) => kind === "main");
  const heap = awaits.find(({ isolate }) => isolate === main?.id);
  if (main === undefined || main.state === "gone") return null;
  if (main.state === "busy") return "main still ran";
  if (heap === undefined || main.state !== "parked") return null;
  if (heap.tree.length > 0) return "main still awaited something";
  return heap.kept === true ? "main awaited nothing any more" : null;
}

function hang({ because, boundMs }: WatchedCommand): string {
  const passed = bound(boundMs ?? 0);
  switch (because) {
    case "idle":
      return `it had not ended, and did nothing for ${passed}`;
    case "proof":
      return "it is proven that it does not end by itself";
    case "stop":
      return `it had not ended ${passed} after it was told to`;
    default:
      return `it had not ended when its deadline of ${passed} passed`;
  }
}

function tests({ dump }: Attempt): string[] {
  const text = dump === null ? null : testsText(dump);
  return text === null ? [] : [text];
}

function classText({ class: name, owner }: Attempt): string {
  if (name === null || name === "unknown") return "no class fits what was seen";
  const whose = {
    supervisor: ", the supervisor's",
    program: ", the program's",
    platform: ", the platform's",
  };
  return `${name}${owner === null ? "" : whose[owner]}`;
}
