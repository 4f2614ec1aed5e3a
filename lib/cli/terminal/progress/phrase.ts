/**
 * One event of a run as a phrase for people.
 *
 * @module
 */

import type { RunEvent } from "../../../run/run_event.ts";
import { actionText, effectText } from "../../../report/text/action_text.ts";
import { bound, count, listed, time } from "../../../report/text/words.ts";

/** How much it matters: `step` belongs to the verdict, `detail` is for `-v`. */
export type Weight = "step" | "detail";

/** The phrase of an event and its weight. */
export interface Phrase {
  readonly text: string;
  readonly weight: Weight;
}

/** Says what happened, without a full stop. */
export function phrase(event: RunEvent): Phrase {
  switch (event.type) {
    case "subject-started":
      return detail(`the subject runs, process ${event.pid}`);
    case "scenario":
      return detail(`the scenario is loaded`);
    case "teardown-requested":
      return detail(`teardown requested: ${event.why}`);
    case "rung":
      return detail(
        `${event.rung} of ${event.peer}: ${event.effect ?? event.step}`,
      );
    case "clock":
      return detail(`${CLOCKS[event.which]} after ${time(event.ms)}`);
    case "slow":
      return step(
        `still running after ${time(event.elapsedMs)}${
          event.parked.length === 0 ? "" : `; ${someOf(event.parked)}`
        }`,
      );
    case "deadline-passed":
      return step(
        `the deadline of ${bound(event.deadlineMs)} has passed; the nursery has ${
          event.joined ? "joined, but something stayed" : "not joined"
        }`,
      );
    case "proven":
      return step(`proven after ${time(event.ms)}: the nursery will never join`);
    case "dump-started":
      return detail("looking inside the subject");
    case "dump-taken": {
      const { isolates, tasks, missing, tookMs } = event.dump;
      const absent = missing.length === 0
        ? ""
        : `, ${listed(missing.map(({ isolate }) => isolate))} did not answer`;
      return step(
        `looked inside: ${count(isolates.length, "isolate")}, ${count(tasks.length, "task")}` +
          `${absent} (took ${time(tookMs)})`,
      );
    }
    case "dump-failed":
      return step(`could not look inside: ${event.why}`);
    case "sigint-sent":
      return step("sent the subject a SIGINT");
    case "sigint-acted":
      return step(sigintActed(event.by, time(event.ms)));
    case "sigint-ignored":
      return step(`SIGINT was not acted on in ${time(event.waitedMs)}`);
    case "main-freed":
      return step(
        event.handledMs === null
          ? `${event.how}; the queued handler did not run`
          : `${event.how}; the queued handler ran after ${time(event.handledMs)}`,
      );
    case "standing":
      return detail("the run stands, its clocks too");
    case "resumed":
      return detail(`the run goes on after ${time(event.stoodMs)}: ${event.then}`);
    case "action-started":
      return step(actionText(event.action));
    case "action-done":
      return step(`${actionText(event.report.action)}: ${effectText(event.report)}`);
    case "paused":
      return step("subject and clocks are stopped");
    case "continued":
      return step(`subject and clocks go on after ${time(event.pausedMs)}`);
    case "ending":
      return step(`ending the subject: ${event.why}`);
    case "judged":
      return detail(`verdict: ${event.attempt.verdict}`);
  }
}

const CLOCKS = {
  "nursery-joined": "the nursery joined",
  "threads-gone": "the threads were gone",
  "process-exited": "the process exited",
} as const;

function sigintActed(by: "sentinel" | "kernel" | undefined, after: string): string {
  if (by === "sentinel") {
    return `main did not take SIGINT, the sentinel ended the process in ${after}`;
  }
  return by === "kernel"
    ? `nobody listened for SIGINT, the process died of it after ${after}`
    : `the runtime acted on SIGINT after ${after}`;
}

function someOf(lines: readonly string[]): string {
  const shown = lines.slice(0, 3).join("; ");
  return lines.length > 3 ? `${shown}; and ${lines.length - 3} more` : shown;
}

function step(text: string): Phrase {
  return { text, weight: "step" };
}

function detail(text: string): Phrase {
  return { text, weight: "detail" };
}
