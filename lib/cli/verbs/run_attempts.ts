/**
 * Runs one scenario once or many times, at most `jobs` at the same time, and keeps the outcomes in the order of their
 * numbers. It stops to start new ones when a signal came, when one could not even be loaded, or, where that is asked
 * for, at the first hang or the first that did not finish.
 *
 * @module
 */

import type { RunEvent } from "../../run/run_event.ts";
import type { RunOutcome } from "../../run/run_scenario.ts";

/** One attempt that is over. */
export interface AttemptOutcome {
  /** Counts from 1. */
  readonly number: number;
  readonly runDir: string;
  readonly outcome: RunOutcome;
  /** From the start of the subject to the outcome. */
  readonly durationMs: number;
}

/** How to run attempts. */
export interface AttemptPlan {
  /** How many; Infinity only with `untilHang`. */
  readonly repeat: number;
  readonly untilHang: boolean;
  /** Whether one that did not finish is the last that is started. */
  readonly failFast: boolean;
  readonly jobs: number;
  /** No new attempt is started once it is aborted. */
  readonly stop: AbortSignal;
  /** Runs attempt `number`; it must not throw for what the subject does. */
  readonly run: (
    number: number,
    onEvent: (event: RunEvent) => void,
  ) => Promise<Omit<AttemptOutcome, "number">>;
  readonly onEvent: (number: number, event: RunEvent) => void;
  readonly onOutcome: (attempt: AttemptOutcome) => void;
}

/** Runs the attempts and returns those that were started, by number. */
export async function runAttempts(plan: AttemptPlan): Promise<AttemptOutcome[]> {
  const done: AttemptOutcome[] = [];
  let started = 0;
  let enough = false;
  const worker = async () => {
    while (!enough && !plan.stop.aborted && started < plan.repeat) {
      const number = ++started;
      const running = plan.run(number, (event) => plan.onEvent(number, event));
      const ran = await running.catch((cause) => {
        enough = true;
        throw cause;
      });
      const attempt = { number, ...ran };
      done.push(attempt);
      plan.onOutcome(attempt);
      enough ||= endsTheRun(ran.outcome, plan);
    }
  };
  const workers = Math.min(plan.jobs, plan.repeat);
  // One that fails must not leave the others' subjects behind: wait for all, then say what failed.
  const results = await Promise.allSettled(Array.from({ length: workers }, worker));
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return done.sort((a, b) => a.number - b.number);
}

/** Whether further attempts make no sense: they would be refused alike, or what was looked for is there. */
function endsTheRun(
  outcome: RunOutcome,
  { untilHang, failFast }: Pick<AttemptPlan, "untilHang" | "failFast">,
): boolean {
  switch (outcome.kind) {
    case "refused":
    case "load-failed":
      return true;
    case "judged":
      return (untilHang && outcome.attempt.verdict === "hung") ||
        (failFast && outcome.attempt.verdict !== "finished");
    case "cannot-judge":
      return failFast;
  }
}
