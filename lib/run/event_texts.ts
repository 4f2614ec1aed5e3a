/**
 * How the events of a run are told: one row an event, with its phrase for the person who waits and its entry in the
 * timeline. Both are made here, so that they cannot disagree about which events there are.
 *
 * @module
 */

import { actionText, effectText } from "../report/text/action_text.ts";
import { bound, time } from "../protocol/duration.ts";
import { count, listed } from "../report/text/words.ts";
import type { Phase } from "../model/result.ts";
import type { HungBecause, RunEventBody } from "./run_event.ts";

/** How much a phrase matters: `step` belongs to the verdict, `detail` is for `-v`. */
export type Weight = "step" | "detail";

/** The phrase of an event and its weight. */
export interface Phrase {
  readonly text: string;
  readonly weight: Weight;
}

/** One thing that the harness saw or did, for the timeline. */
export interface Recorded {
  /** Epoch milliseconds. */
  readonly t: number;
  readonly event: string;
  readonly detail: string;
}

type Event<Type> = Extract<RunEventBody, { readonly type: Type }>;

interface Row<Type> {
  readonly weight: Weight;
  /** What happened, without a full stop. */
  readonly phrase: (event: Event<Type>) => string;
  /** Null, or absent, for what the journal has itself and for what is progress only. */
  readonly timeline?: (event: Event<Type>) => string | null;
}

const BECAUSE: Readonly<Record<HungBecause, string>> = {
  "deadline-passed": "its deadline has passed",
  proven: "it is proven to hang",
  interrupted: "the operator asked",
};

const STANDSTILL = "nothing moves any more, and nothing ever will";

const OVERDUE: Readonly<Record<Phase, string>> = {
  start: "the program has not been loaded",
  body: "teardown has not been requested",
  teardown: "the nursery has not joined",
};

const NOT_ENDED = {
  deadline: (bound: string) => `the deadline of ${bound} has passed, and the command has not ended`,
  idle: (bound: string) => `the command has done nothing for ${bound}`,
  stop: (bound: string) => `the command has not ended within ${bound} of the signal`,
  proof: () => "it is proven that the command does not end by itself",
} as const;

const CLOCKS = {
  "nursery-joined": "the nursery joined",
  "threads-gone": "the threads were gone",
  "process-exited": "the process exited",
} as const;

const TEXTS: { readonly [Type in RunEventBody["type"]]: Row<Type> } = {
  "subject-started": {
    weight: "detail",
    phrase: ({ pid }) => `the subject runs, process ${pid}`,
    timeline: ({ pid }) => `process ${pid}`,
  },
  "scenario-loaded": { weight: "detail", phrase: () => "the scenario is loaded" },
  "teardown-requested": { weight: "detail", phrase: ({ why }) => `teardown requested: ${why}` },
  rung: {
    weight: "detail",
    phrase: ({ rung, actor, effect, step }) => `${rung} of ${actor}: ${effect ?? step}`,
  },
  clock: {
    weight: "detail",
    phrase: ({ which, afterMs }) => `${CLOCKS[which]} after ${time(afterMs)}`,
    timeline: ({ which }) => which === "nursery-joined" ? null : which,
  },
  slow: {
    weight: "step",
    phrase: ({ elapsedMs, parked }) => {
      const some = parked.length === 0 ? "" : `; ${someOf(parked)}`;
      return `still running after ${time(elapsedMs)}${some}`;
    },
  },
  "deadline-passed": {
    weight: "step",
    phrase: ({ deadlineMs, joined, phase = "teardown" }) =>
      phase === "start"
        ? "the time for loading the program is up"
        : `the deadline of ${bound(deadlineMs)} has passed; ${
          joined ? "the nursery has joined, but something stayed" : OVERDUE[phase]
        }`,
    timeline: ({ joined, phase = "teardown" }) =>
      joined ? "joined, but still there" : OVERDUE[phase],
  },
  "not-ended": {
    weight: "step",
    phrase: ({ because, boundMs }) => NOT_ENDED[because](bound(boundMs)),
    timeline: ({ because, boundMs }) => NOT_ENDED[because](bound(boundMs)),
  },
  proven: {
    weight: "step",
    phrase: ({ afterMs }) => `proven after ${time(afterMs)}: ${STANDSTILL}`,
    timeline: () => STANDSTILL,
  },
  "dump-started": { weight: "detail", phrase: () => "looking inside the subject" },
  "dump-taken": {
    weight: "step",
    phrase: ({ isolates, tasks, tookMs, dump: { missing } }) => {
      const absent = missing.length === 0
        ? ""
        : `, ${listed(missing.map(({ isolate }) => isolate))} did not answer`;
      const seen = `${count(isolates, "isolate")}, ${count(tasks, "task")}`;
      return `looked inside: ${seen}${absent} (took ${time(tookMs)})`;
    },
    timeline: ({ isolates, tasks }) => `${isolates} isolates, ${tasks} tasks`,
  },
  "dump-failed": {
    weight: "step",
    phrase: ({ why }) => `could not look inside: ${why}`,
    timeline: ({ why }) => why,
  },
  "sigint-sent": {
    weight: "step",
    phrase: () => "sent the subject a SIGINT",
    timeline: () => "",
  },
  "sigint-acted": {
    weight: "step",
    phrase: ({ by, afterMs }) => {
      const after = time(afterMs);
      if (by === "sentinel") {
        return `main did not take SIGINT, the sentinel ended the process in ${after}`;
      }
      return by === "kernel"
        ? `the program did not listen for SIGINT, and died of it after ${after}`
        : `the runtime acted on SIGINT after ${after}`;
    },
  },
  "sigint-ignored": {
    weight: "step",
    phrase: ({ waitedMs }) => `SIGINT was not acted on in ${time(waitedMs)}`,
    timeline: ({ waitedMs }) => `not acted on within ${waitedMs} ms`,
  },
  "main-freed": {
    weight: "step",
    phrase: ({ how, handledMs }) =>
      handledMs === null
        ? `${how}; the queued handler did not run`
        : `${how}; the queued handler ran after ${time(handledMs)}`,
    timeline: ({ how }) => how,
  },
  standing: {
    weight: "detail",
    phrase: () => "the run waits for a decision",
    timeline: ({ because }) => `waits for the operator, because ${BECAUSE[because]}`,
  },
  resumed: {
    weight: "detail",
    phrase: ({ stoodMs, then }) => `the run goes on after ${time(stoodMs)}: ${then}`,
    timeline: ({ stoodMs, then }) => `after ${Math.round(stoodMs)} ms: ${then}`,
  },
  "action-started": {
    weight: "step",
    phrase: ({ action }) => actionText(action),
    timeline: ({ action }) => actionText(action),
  },
  "action-done": {
    weight: "step",
    phrase: ({ report }) => `${actionText(report.action)}: ${effectText(report)}`,
    timeline: ({ report }) => effectText(report),
  },
  paused: {
    weight: "step",
    phrase: () => "subject and clocks are stopped",
    timeline: () => "subject and clocks are stopped",
  },
  continued: {
    weight: "step",
    phrase: ({ pausedMs }) => `subject and clocks go on after ${time(pausedMs)}`,
    timeline: ({ pausedMs }) => `after ${Math.round(pausedMs)} ms`,
  },
  ending: {
    weight: "step",
    phrase: ({ why }) => `ending the subject: ${why}`,
    timeline: ({ why }) => why,
  },
  judged: { weight: "detail", phrase: ({ verdict }) => `verdict: ${verdict}` },
};

/** The phrase of an event for the person who waits. */
export function phrase(event: RunEventBody): Phrase {
  const { weight, phrase } = rowOf(event);
  return { weight, text: phrase(event) };
}

/** The entry of an event in the timeline, at `t` (epoch milliseconds); null for events that have none. */
export function record(t: number, event: RunEventBody): Recorded | null {
  const detail = rowOf(event).timeline?.(event) ?? null;
  return detail === null ? null : { t, event: event.type, detail };
}

function rowOf(event: RunEventBody): Row<RunEventBody["type"]> {
  // The compiler does not see that the row of a type takes the events of that type.
  return TEXTS[event.type] as Row<RunEventBody["type"]>;
}

function someOf(lines: readonly string[]): string {
  const shown = lines.slice(0, 3).join("; ");
  return lines.length > 3 ? `${shown}; and ${lines.length - 3} more` : shown;
}
