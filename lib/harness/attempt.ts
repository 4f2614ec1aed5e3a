/**
 * Puts the observations of one run together into the attempt of the result document.
 *
 * Invariant: the three clocks are what the subject did without help. What it did after it was sent SIGINT stands
 * with the probe, so that "never joined" and "joined when interrupted" stay apart.
 *
 * @module
 */

import type { Diagnosis } from "../diagnose/diagnosis.ts";
import type { Finding } from "../diagnose/proof/finding.ts";
import type { Facts, StartedActor, SwallowedCancel } from "../diagnose/facts.ts";
import type { ScenarioFacts } from "../protocol/journal_event.ts";
import type { Attempt, Clocks, Evidence, LoopFacts, SigintProbe } from "../report/result.ts";
import type { ProofReport } from "../report/proof.ts";
import { exitText, judge, type Judgement } from "./judge.ts";
import type { DumpOutcome } from "./look_inside.ts";
import type { Recorded } from "./recorder.ts";
import type { RunLog } from "./run_log.ts";
import type { RunRequest } from "./run_request.ts";
import type { OutputTail } from "./subject_output.ts";
import type { SubjectExit } from "./subject_process.ts";
import { tenths } from "./tenths.ts";
import { timelineOf } from "./timeline.ts";

/** Everything that was observed of one run. Epoch milliseconds where `At` ends the name. */
export interface AttemptParts {
  readonly request: RunRequest;
  readonly facts: ScenarioFacts;
  readonly log: RunLog;
  /** How the subject ended; null when it was ended by us. */
  readonly exit: SubjectExit | null;
  readonly overdue: boolean;
  readonly interrupted: boolean;
  readonly dump: DumpOutcome | null;
  readonly sigint: SigintProbe | null;
  /** It had come to its end, and waited for an inspector's client that was not ours. */
  readonly heldByDebugger: boolean;
  /** What is open in main, in words, when only main is left; empty when nothing of it could be named. */
  readonly handles: readonly string[];
  readonly loop: LoopFacts;
  readonly threadsGoneAt: number | null;
  /** Names of what was still there when the subject was ended. */
  readonly leftovers: readonly string[];
  /** What the harness saw and did, for the timeline. */
  readonly recorded: readonly Recorded[];
  readonly outputTail: OutputTail;
  /** The longest time for which the harness itself did not get to look. */
  readonly maxGapMs: number;
  readonly journalDamage: string | null;
  /** Null for a run that does not hang. */
  readonly proof: ProofAt | null;
}

/** What came of trying to prove the hang. */
export interface ProofAt {
  readonly finding: Finding;
  /** When, epoch milliseconds. */
  readonly atMs: number;
  /** Whether the run was stopped for it, before its deadline. */
  readonly stopped: boolean;
}

/** A gap between two looks longer than this is told: the observer was starved too. */
const TELL_GAP_MS = 250;

/** Judges and assembles. */
export async function buildAttempt(parts: AttemptParts): Promise<Attempt> {
  const { log, facts, request, dump, sigint } = parts;
  const start = log.clockStart;
  const deadlineMs = request.deadlineMs ?? facts.deadlineMs;
  const clocks = clocksOf(parts);
  const ladder = log.ladder();
  const judgement = judge({
    clockStart: start,
    deadlineAt: start === null ? null : start + deadlineMs,
    joined: log.joined,
    exit: parts.exit,
    overdue: parts.overdue,
    sigintSent: sigint !== null,
    interrupted: parts.interrupted,
    provenAt: parts.proof?.stopped === true ? parts.proof.atMs : null,
  });
  const proof = judgement.kind === "hung" ? proofReport(parts) : null;
  const taken = dump?.kind === "taken" ? dump.dump : null;
  const diagnosis = await diagnose({
    verdict: judgement.kind,
    deadlineMs,
    clocks,
    joinedByItselfMs: clocks.nurseryJoinedMs,
    dump: taken,
    dumpFailure: dump?.kind === "failed" ? dump.why : null,
    sigint,
    heldByDebugger: parts.heldByDebugger,
    handles: parts.handles,
    loop: parts.loop,
    ladder,
    deadActors: log.events.flatMap((event) => event.kind === "actor-dead" ? [event.peer] : []),
    swallowed: swallowedCancels(log),
    actors: startedActors(log),
    proof,
  });
  return {
    verdict: judgement.kind,
    proven: proof?.kind === "proven",
    proof,
    class: diagnosis?.class ?? null,
    owner: diagnosis?.owner ?? null,
    missing: diagnosis?.missing ?? [],
    remedies: log.remedies.length > 0 ? log.remedies : request.remedies,
    deadlineMs,
    clocks,
    ladder,
    sigint,
    loop: parts.loop,
    evidence: [...ownEvidence(parts, judgement), ...(diagnosis?.evidence ?? [])],
    leftovers: parts.leftovers,
    dump: taken,
    timeline: timelineOf(log.events, parts.recorded, start ?? log.events[0]?.t ?? 0),
    outputTail: parts.outputTail,
    subjectExit: exitText(parts.exit),
  };
}

/** A proof that the subject has refuted is none. It must never come to that; if it does, it is told. */
function proofReport({ proof, log, sigint }: AttemptParts): ProofReport | null {
  if (proof === null) return null;
  const start = log.clockStart ?? proof.atMs;
  const { finding } = proof;
  if (finding.kind === "not-provable") return finding;
  const helpedAt = sigint === null ? Infinity : start + sigint.sentMs;
  if (log.joined !== null && log.joined.t < helpedAt) {
    const why =
      "it was proven, and then the nursery joined without help: a bug of unwedge, please report it";
    return { kind: "not-provable", reasons: [why] };
  }
  return {
    kind: "proven",
    proof: finding.proof,
    quietMs: tenths(finding.quietSinceMs - start),
    provenMs: tenths(proof.atMs - start),
  };
}

/** Paths may be taken again, so a death is that of the latest of its name. */
function startedActors({ events, clockStart }: RunLog): StartedActor[] {
  const started: { -readonly [F in keyof StartedActor]: StartedActor[F] }[] = [];
  for (const event of events) {
    const ms = tenths(event.t - (clockStart ?? event.t));
    if (event.kind === "actor-spawned") {
      started.push({ path: event.peer, spawnedMs: ms, deadMs: null });
    } else if (event.kind === "actor-dead") {
      const dead = started.findLast(({ path }) => path === event.peer);
      if (dead !== undefined) dead.deadMs ??= ms;
    }
  }
  return started;
}

function swallowedCancels({ events }: RunLog): SwallowedCancel[] {
  return events.flatMap((event) => {
    if (event.kind !== "cancel-swallowed") return [];
    const { actor, task, times, at } = event;
    return [{ actor, task, times, at, fn: at?.fn ?? null }];
  });
}

/** A run that ended well is not diagnosed, nor are the rules loaded for it. */
async function diagnose(facts: Facts): Promise<Diagnosis | null> {
  if (facts.verdict !== "hung" && facts.verdict !== "leaked") return null;
  const { classify } = await import("../diagnose/classify.ts");
  return classify(facts);
}

function clocksOf(parts: AttemptParts): Clocks {
  const { log, sigint, exit, threadsGoneAt } = parts;
  const start = log.clockStart;
  const helpedMs = sigint?.sentMs ?? Infinity;
  const natural = (at: number | null | undefined): number | null => {
    if (start === null || at === null || at === undefined) return null;
    const ms = Math.max(0, at - start);
    return ms >= helpedMs ? null : tenths(ms);
  };
  return {
    nurseryJoinedMs: natural(log.joined?.t),
    threadsGoneMs: natural(threadsGoneAt),
    processExitedMs: natural(exit?.atMs),
  };
}

function ownEvidence(parts: AttemptParts, judgement: Judgement): Evidence[] {
  const lines: Evidence[] = [{ kind: "verdict", detail: judgement.because, ref: null }];
  const { log, sigint, exit, dump } = parts;
  // With a certificate main was freed by us, so that its exit says nothing.
  if (sigint?.certificate === null && exit !== null && log.clockStart !== null) {
    const ms = tenths(exit.atMs - log.clockStart - sigint.sentMs);
    lines.push({
      kind: "sigint",
      detail: `the process exited ${ms} ms after SIGINT`,
      ref: "sigint",
    });
  }
  lines.push(...visibleFailures(log));
  if (dump?.kind === "failed") lines.push({ kind: "dump", detail: dump.why, ref: null });
  if (parts.maxGapMs > TELL_GAP_MS) {
    const ms = Math.round(parts.maxGapMs);
    const detail = `unwedge itself did not get to look for up to ${ms} ms; clocks are the ` +
      "subject's own records, but ends of threads and of the process may be dated late";
    lines.push({ kind: "observer", detail, ref: null });
  }
  if (parts.journalDamage !== null) {
    lines.push({ kind: "journal", detail: parts.journalDamage, ref: "journal.msgpack" });
  }
  if (log.dropped > 0) {
    const detail = `${log.dropped} records are in the file but were not kept in memory`;
    lines.push({ kind: "journal", detail, ref: "journal.msgpack" });
  }
  return lines;
}

/** Errors that came out of the program before its tasks were joined: a run can fail and hang. */
function visibleFailures({ events, clockStart, joined }: RunLog): Evidence[] {
  const lines: Evidence[] = [];
  for (const event of events) {
    if (event.kind !== "error" || event.name === WORKER_ERROR || clockStart === null) continue;
    if (joined !== null && event.t >= joined.t) continue;
    const ms = Math.round(event.t - clockStart);
    const detail =
      `${event.name} came out of the ${event.where} ${ms} ms after teardown was requested, while other ` +
      `tasks had not ended: ${event.message}`;
    lines.push({ kind: "error", detail, ref: null });
  }
  return lines;
}

/** The name under which the runtime reports what a worker's own error event said. */
const WORKER_ERROR = "worker error";
