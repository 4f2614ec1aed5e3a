/**
 * Ctrl-C needs no copy: the first run has tried it by itself.
 *
 * @module
 */

import type { RunRequest } from "../run_request.ts";
import type { Trial, TrialOutcome } from "../../model/diagnosis.ts";
import type { Attempt } from "../../model/result.ts";

/** When clocks stopped after the signal, in milliseconds; null when they did not. */
export interface SinceSigint {
  readonly threadsGoneMs: number | null;
  readonly processExitedMs: number | null;
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
  const { actedMs, by, joinedMs, unsure, certificate } = sigint;
  if (unsure !== undefined) return { kind: "void", why: `it may have joined by itself: ${unsure}` };
  const acted = actedMs === null
    ? "the runtime never acted on it"
    : by === "sentinel"
    ? `main did not take it, and after ${actedMs} ms the sentinel ended the process with it`
    : by === "kernel"
    ? `nobody listened for it, and the process died of it after ${actedMs} ms`
    : `the runtime acted on it after ${actedMs} ms`;
  // With a certificate main was freed by us, so that what came later says nothing about the signal.
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
