/**
 * The evidence that the harness itself gives: what its verdict rests on, and how the looking went. What the rules
 * conclude comes after it.
 *
 * @module
 */

import type { WatchedCommand } from "../model/watched.ts";
import type { TimerHandle } from "../dump/open_handles.ts";
import type { SuspendedCall } from "../dump/suspended.ts";
import type { Evidence, SigintProbe } from "../model/result.ts";
import type { Interventions } from "./interventions.ts";
import type { ProofAttempt } from "../diagnose/proof/prove.ts";
import type { JournalEvent } from "../protocol/journal_event.ts";
import type { SubjectExit } from "../subject/subject_process.ts";
import type { LiveRun } from "./live_run.ts";
import type { RunClock } from "./run_clock.ts";
import type { RunDumps } from "./run_dumps.ts";
import type { Judgement } from "./judge.ts";
import { tenths } from "./tenths.ts";

/** What was observed of one run beside its journal. */
export interface Observations {
  /** How the subject ended; null when unwedge ended it. */
  readonly exit: SubjectExit | null;
  /** The deadline passed, or a proof came before it. */
  readonly overdue: boolean;
  readonly interrupted: boolean;
  /** What a command was over that hangs; null for a scenario, and for a command that does not hang. */
  readonly passed: {
    readonly because: NonNullable<WatchedCommand["because"]>;
    readonly boundMs: number;
    /** What became of the signal that told it to stop, in words; null for none, or not known. */
    readonly fate: string | null;
  } | null;
  /** It was stopped while its hang was looked into. */
  readonly cutShort: boolean;
  readonly dumps: RunDumps;
  readonly interventions: Interventions;
  readonly sigint: SigintProbe | null;
  /** Null for a run that does not hang. */
  readonly proof: ProofAt | null;
  /** What is open in main, in words, when only main is left; empty when nothing of it could be named. */
  readonly handles: readonly string[];
  /** Main's timers; null where they were not looked for. */
  readonly timers: readonly TimerHandle[] | null;
  /** Where main's code awaits what the runtime does not know; empty where it was not looked for. */
  readonly awaits: readonly SuspendedCall[];
  /** Names of what was still there when the subject was ended. */
  readonly leftovers: readonly string[];
  /** What the check for interference says; empty for a run that does not hang. */
  readonly selfCheck: readonly Evidence[];
}

/** What came of trying to prove the hang. */
export interface ProofAt {
  readonly finding: ProofAttempt;
  /** When, epoch milliseconds. */
  readonly atMs: number;
  /** Whether the run was stopped for it, before its deadline. */
  readonly stopped: boolean;
}

/** What the subject wrote before anything was done in it from outside. */
export function ownEvents(
  { log }: LiveRun,
  { operatedMs }: Interventions,
): readonly JournalEvent[] {
  if (operatedMs === null) return log.events;
  return log.events.filter(({ t }) => t < operatedMs);
}

/** A gap between two looks longer than this is told: the observer was starved too. */
const TELL_GAP_MS = 250;

/** In the order in which it is read. */
export function ownEvidence(live: LiveRun, seen: Observations, judgement: Judgement): Evidence[] {
  const lines: Evidence[] = [{ kind: "verdict", detail: judgement.because, ref: null }];
  const { log, clock, watch, subject } = live;
  const { sigint, exit, interventions, dumps: { reported } } = seen;
  const fate = seen.passed?.fate ?? null;
  if (fate !== null) lines.push({ kind: "signal", detail: fate, ref: null });
  // With a certificate unwedge freed main, so its exit says nothing; an exit after a remedy by hand says nothing
  // either.
  const byItself = exit !== null && exit.atMs < (interventions.operatedMs ?? Infinity);
  if (sigint?.certificate === null && byItself && log.clockStart !== null) {
    const ms = tenths(clock.ran(log.clockStart, exit.atMs) - sigint.sentMs);
    lines.push({
      kind: "sigint",
      detail: `the process exited ${ms} ms after SIGINT`,
      ref: "sigint",
    });
  }
  lines.push(...visibleFailures(live, interventions));
  lines.push(...standings(live.clock));
  if (reported?.kind === "failed") lines.push({ kind: "dump", detail: reported.why, ref: null });
  if (watch.maxGapMs > TELL_GAP_MS) {
    const ms = Math.round(watch.maxGapMs);
    const detail = `unwedge itself did not get to look for up to ${ms} ms; clocks are the ` +
      "subject's own records, but ends of threads and of the process may be dated late";
    lines.push({ kind: "observer", detail, ref: null });
  }
  lines.push(...seen.selfCheck);
  const damage = subject.journal?.damage ?? null;
  if (damage !== null) {
    lines.push({ kind: "journal", detail: damage, ref: "journal.msgpack" });
  }
  if (log.dropped > 0) {
    const detail = `${log.dropped} records are in the file but were not kept in memory`;
    lines.push({ kind: "journal", detail, ref: "journal.msgpack" });
  }
  return lines;
}

/** Errors that came out of the program before its tasks were joined: a run can fail and hang. */
function visibleFailures(live: LiveRun, interventions: Interventions): Evidence[] {
  const { clockStart, joined, teardown } = live.log;
  const lines: Evidence[] = [];
  for (const event of ownEvents(live, interventions)) {
    if (event.kind !== "error" || event.name === WORKER_ERROR || clockStart === null) continue;
    if (joined !== null && event.t >= joined.t) continue;
    const when = toldFromTeardown(event.t, teardown?.t ?? null);
    const detail = `${event.name} came out of the ${event.where} ${when}, before the nursery ` +
      `joined: ${event.message}`;
    lines.push({ kind: "error", detail, ref: null });
  }
  return lines;
}

/**
 * When something came, in words.
 *
 * @param teardownAt when teardown was requested, on the same clock; null when it was not, and the program ended by itself
 */
export function toldFromTeardown(t: number, teardownAt: number | null): string {
  if (teardownAt === null) return "without a request of teardown";
  const ms = Math.round(t - teardownAt);
  return ms < 0
    ? `${-ms} ms before teardown was requested`
    : `${ms} ms after teardown was requested`;
}

/** The name under which the runtime reports what a worker's own error event said. */
export const WORKER_ERROR = "worker error";

/** Times that are in no clock. */
function standings(clock: RunClock): Evidence[] {
  const lines: Evidence[] = [];
  const pausedMs = Math.round(clock.stoppedFor("paused"));
  if (pausedMs > 0) {
    const detail = `subject and clocks were stopped for ${pausedMs} ms, which are in no clock`;
    lines.push({ kind: "paused", detail, ref: null });
  }
  const stoodMs = Math.round(clock.stoppedFor("deciding"));
  if (stoodMs > 0) {
    const detail =
      `the deadline stood for ${stoodMs} ms while the subject was looked at, and went on`;
    lines.push({ kind: "paused", detail, ref: null });
  }
  return lines;
}
