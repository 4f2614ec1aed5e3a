/**
 * How long runs had to take at the least: the waits that were configured (settle, deadline, bounds, grace), and from
 * them the longest chain that had to come one after the other. What a run of many scenarios really took is measured
 * against that.
 *
 * How: a run's waits follow from its verdict as `run.ts` goes through them. What a run takes beside them (starting a
 * process, looking inside, ending it) is measured in the same suite: the shortest of all its runs, and the shortest of
 * those in which a dump was taken. The chain is the longer of two: the runs that spin, of which only a few are run
 * beside one another; and the longest run by itself.
 *
 * @module
 */

import type { ScenarioFacts } from "../protocol/journal_event.ts";
import type { Attempt, WaitTimes } from "../model/result.ts";
import type { RunRequest } from "./run_request.ts";

/**
 * How many runs that keep a core busy may go on at once. With three on two cores smoke takes 16 s instead of 38 s; it
 * was as declared in 20 of 20 runs on an idle machine and in 10 of 10 with both cores busy (`deno task smoke`).
 */
export const SPINNERS = 3;

/** One run that is over. */
export interface TimedRun {
  readonly name: string;
  readonly spins: boolean;
  readonly facts: ScenarioFacts;
  readonly attempt: Attempt;
  readonly request: WaitOptions;
  readonly durationMs: number;
}

/** The configured waits of a run. */
export type WaitOptions = Pick<
  RunRequest,
  "settleMs" | "softKillMs" | "hardKillMs" | "graceMs" | "samples" | "sampleGapMs" | "awaitDeadline"
>;

/** The longest chain, against what it really took. */
export function waitsOf(runs: readonly TimedRun[], wallMs: number): WaitTimes {
  const least = (looked: boolean) =>
    Math.min(
      ...runs.filter((run) => wasLookedInto(run) === looked)
        .map((run) => run.durationMs - configuredMs(run)),
    );
  const rest = { looked: least(true), not: least(false) };
  const needed = (run: TimedRun) => configuredMs(run) + rest[wasLookedInto(run) ? "looked" : "not"];
  const spinning = runs.filter(({ spins }) => spins);
  const spinMs = spinning.reduce((sum, run) => sum + needed(run), 0) / SPINNERS;
  const longest = runs.reduce<TimedRun | null>(
    (most, run) => most === null || needed(run) > needed(most) ? run : most,
    null,
  );
  const longestMs = longest === null ? 0 : needed(longest);
  const chain = spinMs > longestMs
    ? `${spinning.length} ${spinning.length === 1 ? "run" : "runs"} that ${
      spinning.length === 1 ? "spins" : "spin"
    }, ${SPINNERS} at a time`
    : `the longest run, ${longest?.name ?? "none"}`;
  return { chainMs: Math.round(Math.max(spinMs, longestMs)), chain, wallMs: Math.round(wallMs) };
}

function wasLookedInto({ attempt }: TimedRun): boolean {
  return attempt.dump !== null;
}

/** The waits that a run went through by configuration, never more than it took. */
export function configuredMs({ facts, attempt, request, durationMs }: TimedRun): number {
  const settleMs = request.settleMs ?? facts.settleMs;
  return Math.min(durationMs, settleMs + teardownMs(facts, attempt, request));
}

function teardownMs(facts: ScenarioFacts, attempt: Attempt, request: WaitOptions): number {
  const { verdict, ladder, proven } = attempt;
  const unanswered = (rung: string) =>
    ladder.some((each) => each.rung === rung && each.effect !== null && each.effect !== "ended");
  // Several children are killed at the same time: each bound counts once.
  const boundsMs = (unanswered("soft-kill") ? request.softKillMs ?? facts.softKillMs : 0) +
    (unanswered("hard-kill") ? request.hardKillMs ?? facts.hardKillMs : 0);
  if (verdict !== "hung" && verdict !== "leaked") return boundsMs;
  const untilMs = proven && request.awaitDeadline !== true ? boundsMs : attempt.deadlineMs;
  const gapsMs = attempt.dump === null ? 0 : (request.samples - 1) * request.sampleGapMs;
  return untilMs + gapsMs + graceMs(attempt, request.graceMs);
}

/**
 * The grace period is waited out for a signal that is not acted on, a join that does not come, an exit that does not.
 */
function graceMs({ verdict, sigint, subjectExit, proven }: Attempt, graceMs: number): number {
  // What is proven to hang after the signal, too, is not waited for any longer.
  const provenAgain = proven && sigint !== null && sigint.actedMs !== null;
  const inVain = verdict === "hung" && sigint !== null && !sigint.unwedged && !provenAgain;
  const freed = (sigint?.certificate?.handledAfterFreeMs ?? null) !== null;
  const joined = verdict === "leaked" || sigint?.unwedged === true || freed;
  return (inVain ? graceMs : 0) + (joined && subjectExit === null ? graceMs : 0);
}
