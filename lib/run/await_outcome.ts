/**
 * Follows a run up to the moment at which it is clear how it went: its end, its deadline, a proof, or a stop.
 *
 * Invariant: every wait has a bound on the run's clock, and meets the wishes of whoever watches in between.
 *
 * @module
 */

import { epochNow } from "../protocol/epoch.ts";
import type { WaitEnd } from "../subject/watch_subject.ts";
import type { HungDecision } from "./hung_run.ts";
import type { Prover } from "./prover.ts";
import type { RunClock } from "./run_clock.ts";
import type { RunEventBody } from "./run_event.ts";
import type { RunLog } from "./run_log.ts";
import type { RunParts } from "./run_parts.ts";

/** A run that comes to its teardown faster than this (milliseconds) is not made slower by anything that it may not need. */
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
  /** The person stopped it. */
  | "stopped";

/** What is followed, and what is done on the way. */
export interface CourseParts extends RunParts {
  readonly prover: Prover;
  /** Dumps, because somebody wants to see. */
  dump(): Promise<void>;
  /** Stands before somebody, because they want to. */
  awaitDecision(): Promise<HungDecision>;
}

/** The deadline of a run in milliseconds: the one that was asked for, or the scenario's. */
export function deadlineOf({ request, log }: RunParts): number {
  return request.deadlineMs ?? log.facts?.deadlineMs ?? 0;
}

/** The course of one run. */
export class OutcomeWatch {
  readonly #parts: CourseParts;

  constructor(parts: CourseParts) {
    this.#parts = parts;
  }

  /** Follows the run, from the start of its subject. */
  async follow(): Promise<WatchOutcome> {
    const { log } = this.#parts;
    let end = await this.#untilTeardown();
    if (end === "time") return "never-began";
    if (end === "met" && log.refusal === null) end = await this.#untilDeadline();
    if (end === "time") return "overdue";
    if (end === "met" && this.#parts.prover.proven !== null) return "proven";
    return end === "stop" || end === "kill" ? "stopped" : "ended";
  }

  /** To the moment at which the clocks start, or the refusal. */
  async #untilTeardown(): Promise<WaitEnd> {
    const { log, request, tools, clock, prover } = this.#parts;
    const loaded = await this.#until(
      () => log.refusal !== null || log.facts !== null,
      clock.bound() + tools.startBoundMs,
    );
    const { facts, scenarioAt } = log;
    if (loaded !== "met" || facts === null || scenarioAt === null) return loaded;
    const slow = slowNotices(this.#parts, scenarioAt);
    return await this.#until(() => {
      slow();
      // A run that takes its time before it is torn down leaves the time to get ready for a proof.
      if (epochNow() - scenarioAt > UNHURRIED_MS) prover.prepare();
      return log.clockStart !== null || log.refusal !== null;
    }, clock.bound(scenarioAt) + tools.startBoundMs + (request.settleMs ?? facts.settleMs));
  }

  /** To the end of the process or to the deadline, which counts from the journal's own record. */
  async #untilDeadline(): Promise<WaitEnd> {
    const { log, request, clock } = this.#parts;
    const start = log.clockStart ?? epochNow();
    const slow = slowNotices(this.#parts, log.scenarioAt ?? start);
    return await this.#until(() => {
      slow();
      return this.#parts.prover.look() !== null && request.awaitDeadline !== true;
    }, clock.bound(start) + deadlineOf(this.#parts));
  }

  /** Waits as the watch does, and meets a person's wishes meanwhile. */
  async #until(met: () => boolean, untilMs: number): Promise<WaitEnd> {
    const { watch, wishes } = this.#parts;
    for (;;) {
      let wished = false;
      const end = await watch.until(() => met() || (wished = wishes?.any === true), untilMs);
      if (end !== "met" || !wished) return end;
      if (wishes?.takeDump()) await this.#parts.dump();
      if (!wishes?.takeAttention()) continue;
      const { kind } = await this.#parts.awaitDecision();
      if (kind !== "continue") return kind === "kill" ? "kill" : "stop";
    }
  }
}

/** What the notices need to know. */
export interface SlowParts {
  readonly log: RunLog;
  readonly emit: (event: RunEventBody) => void;
  readonly request: { readonly slowMs: number };
  readonly clock: RunClock;
}

/**
 * Returns a function to be called at every look.
 *
 * @param sinceMs epoch milliseconds from which the time is counted
 */
export function slowNotices(parts: SlowParts, sinceMs: number): () => void {
  const { log, emit, request, clock } = parts;
  const elapsed = () => clock.bound() - clock.bound(sinceMs);
  const firstMs = Math.max(1, request.slowMs);
  let nextMs = firstMs;
  // A second wait of the same run goes on where the first one stopped.
  while (nextMs <= elapsed()) nextMs *= 2;
  return () => {
    const elapsedMs = elapsed();
    if (elapsedMs < nextMs) return;
    nextMs *= 2;
    emit({ type: "slow", elapsedMs, parked: log.longWaits() });
  };
}
