/**
 * What happens while a run is under way, for those who watch it (status line, NDJSON). Progress only: the judgement
 * stands in the attempt, and nothing may be concluded from the order in which two events of different sources arrive.
 *
 * @module
 */

import type { Dump } from "../model/dump.ts";
import type { AttemptProgress, StreamEventBody } from "../model/event.ts";
import type { Attempt } from "../model/result.ts";
import type { ScenarioFacts } from "../protocol/journal_event.ts";
import { tenths } from "./tenths.ts";

/** Large values that listeners get and the written stream leaves out. */
interface Whole {
  readonly "scenario-loaded": { readonly facts: ScenarioFacts };
  readonly "dump-taken": { readonly dump: Dump };
  readonly judged: { readonly judged: Attempt };
}

type WithWhole<Event extends AttemptProgress> = Event extends { readonly type: keyof Whole }
  ? Event & Whole[Event["type"]]
  : Event;

/** An event without its time: milliseconds since the run was started are added when it is sent. */
export type RunEventBody = WithWhole<AttemptProgress>;

/** One thing that happened. Discriminated by `type`. */
export type RunEvent = { readonly atMs: number } & RunEventBody;

/** Why a run waits for the operator's decision. */
export type HungBecause = Extract<RunEventBody, { type: "standing" }>["because"];

/** The event of a dump. */
export function dumpTaken(dump: Dump): Extract<RunEventBody, { type: "dump-taken" }> {
  const { complete, isolates, tasks, tookMs } = dump;
  const counts = { isolates: isolates.length, tasks: tasks.length };
  return { type: "dump-taken", complete, ...counts, tookMs, dump };
}

/** The event of a verdict. */
export function judgedEvent(attempt: Attempt): Extract<RunEventBody, { type: "judged" }> {
  const { verdict, class: hangClass, owner, proven, clocks } = attempt;
  return { type: "judged", verdict, class: hangClass, owner, proven, clocks, judged: attempt };
}

/**
 * The line of the stream for an event. What is measured from outside is not more exact than a tenth of a millisecond.
 */
export function streamEventOf(attempt: number, event: RunEventBody): StreamEventBody {
  const told = Object.entries(event).flatMap(([key, value]): [string, unknown][] => {
    if (key === "facts" || key === "dump" || key === "judged" || key === "atMs") return [];
    return [[key, key.endsWith("Ms") && typeof value === "number" ? tenths(value) : value]];
  });
  // The fields that are left are those of the table of events, from which both types are made.
  const { type, ...fields } = Object.fromEntries(told);
  return { type, attempt, ...fields } as StreamEventBody;
}
