/**
 * What the first run tells before and after it is judged: its events tell enough to begin copies of its hang, and it
 * has tried Ctrl-C itself, so that needs no copy.
 *
 * @module
 */

import type { HangClues } from "../../diagnose/cause/candidates.ts";
import type { RunEvent } from "../run_event.ts";
import type { RunRequest } from "../run_request.ts";
import { tenths } from "../tenths.ts";
import type { Trial, TrialOutcome } from "../../model/diagnosis.ts";
import type { Dump } from "../../model/dump.ts";
import type { Attempt } from "../../model/result.ts";

/** When clocks stopped after the signal, in milliseconds; null when they did not. */
export interface SinceSigint {
  readonly threadsGoneMs: number | null;
  readonly processExitedMs: number | null;
}

/** What is known so far of a run that may hang. */
export class FirstRun implements HangClues {
  /** Whether it hangs, or leaks: set once it has been looked into after a deadline or a proof. */
  hangs = false;
  joined = false;
  dump: Dump | null = null;
  spins = false;
  readonly lost = new Set<string>();
  /** Clocks that stopped after SIGINT was sent: milliseconds since. */
  readonly sinceSigint: { -readonly [K in keyof SinceSigint]: SinceSigint[K] } = {
    threadsGoneMs: null,
    processExitedMs: null,
  };
  #overdue = false;
  #sentAt: number | null = null;

  /** Takes in one event. */
  take(event: RunEvent): void {
    switch (event.type) {
      case "scenario-loaded":
        this.spins = event.facts.load === "spins";
        break;
      case "rung":
        if (event.rung === "hard-kill" || event.rung === "abandon") this.lost.add(event.actor);
        break;
      case "proven":
        this.#overdue = true;
        break;
      case "deadline-passed":
        this.#overdue = true;
        this.joined = event.joined;
        break;
      case "dump-taken":
        this.dump = event.dump;
        this.hangs = this.#overdue;
        break;
      case "dump-failed":
        this.hangs = this.#overdue;
        break;
      case "sigint-sent":
        this.#sentAt = event.atMs;
        break;
      case "clock":
        this.#clock(event);
        break;
    }
  }

  #clock({ which, atMs }: RunEvent & { type: "clock" }): void {
    if (this.#sentAt === null) return;
    const ms = tenths(atMs - this.#sentAt);
    if (which === "threads-gone") this.sinceSigint.threadsGoneMs = ms;
    if (which === "process-exited") this.sinceSigint.processExitedMs = ms;
  }
}

/** The trial that the first run was; none when it is tried on a copy. */
export function sigintTrial(
  attempt: Attempt,
  { sigintProbe, graceMs }: RunRequest,
  since: SinceSigint,
): Trial[] {
  if (!sigintProbe && attempt.verdict !== "leaked") return [];
  const outcome = outcomeOf(attempt, since, graceMs);
  return [{ name: "Ctrl-C", actions: [{ kind: "sigint" }], where: ".", outcome }];
}

function outcomeOf(
  { sigint, verdict }: Attempt,
  since: SinceSigint,
  graceMs: number,
): TrialOutcome {
  if (verdict === "leaked") {
    return { kind: "not-tried", why: "the nursery had joined: there was nothing to interrupt" };
  }
  if (sigint === null) return { kind: "not-tried", why: "it was not sent" };
  const { actedMs, by, joinedMs, unsure, unseen, certificate } = sigint;
  if (unseen !== undefined) return { kind: "void", why: unseen };
  if (unsure !== undefined) return { kind: "void", why: `it may have joined by itself: ${unsure}` };
  const acted = actedMs === null
    ? "the runtime never acted on it"
    : by === "sentinel"
    ? `main did not take it, and after ${actedMs} ms the sentinel ended the process with it`
    : by === "kernel"
    ? `the program did not listen for it, and the process died of it after ${actedMs} ms`
    : `the runtime acted on it after ${actedMs} ms`;
  // With a certificate unwedge freed main, so what came later says nothing about the signal.
  const clocks = certificate === null && joinedMs !== null
    ? { nurseryJoinedMs: joinedMs, ...since }
    : { nurseryJoinedMs: null, threadsGoneMs: null, processExitedMs: null };
  return {
    kind: "applied",
    did: ["sent a real SIGINT", acted],
    clocks,
    tasksLeft: [],
    watchedMs: graceMs,
  };
}
