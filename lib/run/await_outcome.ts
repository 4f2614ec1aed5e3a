/**
 * Follows a run up to the moment at which it is clear how it went: its end, its deadline, a proof, or a stop.
 *
 * Invariant: every wait has a bound on the run's clock, and does what the operator asks for in between.
 *
 * @module
 */

import { epochNow } from "../protocol/epoch.ts";
import type { HungDecision } from "./hung_run.ts";
import type { LiveRun } from "./live_run.ts";
import { LimitWatch } from "./limit_watch.ts";
import type { RunLog } from "./run_log.ts";
import type { Prover } from "./prover.ts";
import type { WaitEnd } from "./watch.ts";

/**
 * For this long (milliseconds) nothing is loaded that only a hang needs: a run that tears down sooner is not slowed.
 */
const UNHURRIED_MS = { body: 100, teardown: 25 };

/** How far a run got. */
export type WatchOutcome =
  /** It ended by itself, or refused, before its deadline. */
  | "ended"
  /** Its time was up: the deadline, or the bound of the phase before. */
  | "overdue"
  /** A command has done nothing for as long as it may. */
  | "idle"
  /** It was proven that it will never come any further. */
  | "proven"
  /** What it does can not be followed any more. */
  | "damaged"
  /** The operator stopped it. */
  | "stopped";

/** What is done on the way. */
export interface OnTheWay {
  /** Takes a dump that the operator asked for. */
  dump(): Promise<void>;
  /** Offers the run to the operator, who asked for it. */
  awaitDecision(): Promise<HungDecision>;
}

/** Follows one run, from the start of its subject. */
export async function awaitOutcome(
  live: LiveRun,
  prover: Prover,
  onTheWay: OnTheWay,
): Promise<WatchOutcome> {
  const { log, settings, subject } = live;
  const slow = slowNotices(live);
  const isDamaged = () => (subject.journal?.damage ?? null) !== null;
  const isProven = () => prover.look() !== null && settings.awaitDeadline !== true;
  const limits = new LimitWatch(live);
  for (;;) {
    const bound = boundOf(live);
    const end = await until(live, onTheWay, () => {
      slow();
      if (takesItsTime(log)) prover.prepare();
      limits.look();
      return log.refusal !== null || limits.isIdle || limits.provenAfterMs !== null ||
        boundOf(live) !== bound || isDamaged() ||
        isProven();
    }, bound);
    if (end === "time") return "overdue";
    if (end !== "met") return end === "exited" ? "ended" : "stopped";
    if (log.refusal !== null) return "ended";
    if (isDamaged()) return "damaged";
    if (limits.isIdle) return "idle";
    if (isProven() || limits.provenAfterMs !== null) return "proven";
  }
}

function takesItsTime({ scenarioAt, clockStart, joined }: RunLog): boolean {
  if (scenarioAt === null || joined !== null) return false;
  const now = epochNow();
  return now - scenarioAt > UNHURRIED_MS.body ||
    (clockStart !== null && now - clockStart > UNHURRIED_MS.teardown);
}

/**
 * Until when the run may take (`RunClock.bound`): the deadline from the request of teardown; before it, the deadline and
 * the settle time from the beginning of the program, or from when the last actor had started, as long as that is no later
 * than the bound for starting them all; and that bound while the program is being loaded or starts an actor.
 */
function boundOf({ log, settings, tools: { startBoundMs }, clock, startedAt }: LiveRun): number {
  const { clockStart, scenarioAt, bodyAt, facts, deadlineMs } = log;
  if (clockStart !== null) return clock.bound(clockStart) + deadlineMs;
  if (scenarioAt === null || bodyAt === null) return clock.bound(startedAt) + startBoundMs;
  const bodyMs = (settings.settleMs ?? facts?.settleMs ?? 0) + deadlineMs;
  const latest = clock.bound(scenarioAt) + startBoundMs + bodyMs;
  return log.startsActors ? latest : Math.min(latest, clock.bound(bodyAt) + bodyMs);
}

/** Waits as the watch does, and does meanwhile what the operator asks for. */
async function until(
  { watch, operator: { wishes } }: LiveRun,
  onTheWay: OnTheWay,
  met: () => boolean,
  untilMs: number,
): Promise<WaitEnd> {
  for (;;) {
    let wished = false;
    const end = await watch.until(() => met() || (wished = wishes?.any === true), untilMs);
    if (end !== "met" || !wished) return end;
    if (wishes?.takeDump()) await onTheWay.dump();
    if (!wishes?.takeAttention()) continue;
    const { kind } = await onTheWay.awaitDecision();
    if (kind !== "continue") return kind === "kill" ? "kill" : "stop";
  }
}

/**
 * "Still running": returns a function to be called at every look, which says it `slowMs` after the program began and then
 * whenever that time has doubled, so that the operator sees that the tool lives, and a log is not flooded.
 */
function slowNotices({ log, events, settings, clock, startedAt }: LiveRun): () => void {
  let nextMs = Math.max(1, settings.slowMs);
  return () => {
    const elapsedMs = clock.bound() - clock.bound(log.scenarioAt ?? startedAt);
    if (elapsedMs < nextMs) return;
    nextMs *= 2;
    events.emit({ type: "slow", elapsedMs, parked: log.longWaits() });
  };
}
