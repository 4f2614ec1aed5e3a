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
import type { Prover } from "./prover.ts";
import type { WaitEnd } from "./watch.ts";

/**
 * For this long (milliseconds) nothing is loaded that only a hang needs: a run that tears down sooner is not slowed.
 */
const UNHURRIED_MS = 100;

/** How far a run got. */
export type WatchOutcome =
  /** It ended by itself, or refused, before its deadline. */
  | "ended"
  /** Its deadline passed. */
  | "overdue"
  /** It was proven that it will never end. */
  | "proven"
  /** The clocks were never started within the bound. */
  | "never-began"
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
  const { log } = live;
  let end = await untilTeardown(live, prover, onTheWay);
  if (end === "time") return "never-began";
  if (end === "met" && log.refusal === null) end = await untilDeadline(live, prover, onTheWay);
  if (end === "time") return "overdue";
  if (end === "met" && prover.proven !== null) return "proven";
  return end === "stop" || end === "kill" ? "stopped" : "ended";
}

/** To the moment at which the clocks start, or the refusal. */
async function untilTeardown(live: LiveRun, prover: Prover, onTheWay: OnTheWay): Promise<WaitEnd> {
  const { log, settings, tools, clock, subject } = live;
  if (subject.journal === null) return "met";
  const loaded = await until(
    live,
    onTheWay,
    () => log.refusal !== null || log.facts !== null,
    clock.bound() + tools.startBoundMs,
  );
  const { facts, scenarioAt } = log;
  if (loaded !== "met" || facts === null || scenarioAt === null) return loaded;
  const slow = slowNotices(live, scenarioAt);
  return await until(live, onTheWay, () => {
    slow();
    // A run that takes its time before it is torn down leaves the time to get ready for a proof.
    if (epochNow() - scenarioAt > UNHURRIED_MS) prover.prepare();
    return log.clockStart !== null || log.refusal !== null;
  }, clock.bound(scenarioAt) + tools.startBoundMs + (settings.settleMs ?? facts.settleMs));
}

/** To the end of the process or to the deadline, which counts from the journal's own record. */
async function untilDeadline(live: LiveRun, prover: Prover, onTheWay: OnTheWay): Promise<WaitEnd> {
  const { log, settings, clock } = live;
  const start = log.clockStart ?? epochNow();
  const slow = slowNotices(live, log.scenarioAt ?? start);
  return await until(live, onTheWay, () => {
    slow();
    return prover.look() !== null && settings.awaitDeadline !== true;
  }, clock.bound(start) + log.deadlineMs);
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
 * "Still running": returns a function to be called at every look, which says it after `slowMs` and then whenever that
 * time has doubled, so that the operator sees that the tool lives, and a log is not flooded.
 *
 * @param sinceMs epoch milliseconds from which the time is counted
 */
function slowNotices({ log, events, settings, clock }: LiveRun, sinceMs: number): () => void {
  const elapsed = () => clock.bound() - clock.bound(sinceMs);
  let nextMs = Math.max(1, settings.slowMs);
  // A second wait of the same run goes on where the first one stopped.
  while (nextMs <= elapsed()) nextMs *= 2;
  return () => {
    const elapsedMs = elapsed();
    if (elapsedMs < nextMs) return;
    nextMs *= 2;
    events.emit({ type: "slow", elapsedMs, parked: log.longWaits() });
  };
}
