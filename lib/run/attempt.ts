/**
 * Puts the observations of one run together into the attempt of the result document.
 *
 * Invariant: the three clocks are what the subject did without help. What it did after it was sent SIGINT stands
 * with the probe, so that "never joined" and "joined when interrupted" stay apart.
 *
 * @module
 */

import type { Diagnosis } from "../diagnose/diagnosis.ts";
import type { ProofAttempt } from "../diagnose/proof/prove.ts";
import type { Facts, StartedActor, SwallowedCancel } from "../diagnose/facts.ts";
import type { JournalEvent, ScenarioFacts } from "../protocol/journal_event.ts";
import type { ActionReport, Clocks } from "../model/action.ts";
import type { Attempt, Evidence, LoopFacts, SigintProbe } from "../model/result.ts";
import type { ProofReport } from "../model/proof.ts";
import { exitText, judge } from "./judge.ts";
import type { DumpOutcome } from "./run_dumps.ts";
import { ownEvidence } from "./own_evidence.ts";
import type { Recorded } from "./event_texts.ts";
import type { RunClock } from "./run_clock.ts";
import type { RunLog } from "./run_log.ts";
import type { RunRequest } from "./run_request.ts";
import type { OutputTail } from "../subject/subject_output.ts";
import type { SubjectExit } from "../subject/subject_process.ts";
import { tenths } from "./tenths.ts";
import { timelineOf } from "./timeline.ts";
import { loadLater } from "../os/load_later.ts";

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
  /** What the check for interference says; empty for a run that does not hang. */
  readonly selfCheck: readonly Evidence[];
  /** What was done to it from outside, in order. */
  readonly actions: readonly ActionReport[];
  /** When the first of these took effect, null when none did. */
  readonly helpedAt: number | null;
  /** The same without signals: what the journal says from here on is no evidence. */
  readonly operatedAt: number | null;
  readonly clock: RunClock;
  /** Null for a run that does not hang. */
  readonly proof: ProofAt | null;
}

/** What came of trying to prove the hang. */
export interface ProofAt {
  readonly finding: ProofAttempt;
  /** When, epoch milliseconds. */
  readonly atMs: number;
  /** Whether the run was stopped for it, before its deadline. */
  readonly stopped: boolean;
}

/** Judges and assembles. */
export async function buildAttempt(parts: AttemptParts): Promise<Attempt> {
  const { log, facts, request, dump, sigint, clock, actions } = parts;
  const start = log.clockStart;
  const deadlineMs = request.deadlineMs ?? facts.deadlineMs;
  const clocks = clocksOf(parts);
  const ran = (from: number, to: number) => clock.ran(from, to);
  const events = ownEvents(parts);
  const judgement = judge({
    clockStart: start,
    deadlineAt: start === null
      ? null
      : deadlineAt(clock, start, deadlineMs, log.joined?.t ?? start),
    joined: log.joined,
    exit: parts.exit,
    overdue: parts.overdue,
    sigintSent: sigint !== null || actions.some(({ action }) => action.kind === "sigint"),
    helpedAt: parts.helpedAt,
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
    ladder: log.ladder(ran, parts.operatedAt ?? Infinity),
    deadActors: events.flatMap((event) => event.kind === "actor-dead" ? [event.peer] : []),
    swallowed: swallowedCancels(events),
    actors: startedActors(events, start, clock),
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
    ladder: log.ladder(ran),
    sigint,
    loop: parts.loop,
    evidence: [...ownEvidence(parts, judgement), ...(diagnosis?.evidence ?? [])],
    leftovers: parts.leftovers,
    dump: taken,
    timeline: timelineOf(log.events, parts.recorded, start ?? log.events[0]?.t ?? 0),
    outputTail: parts.outputTail,
    subjectExit: exitText(parts.exit),
    ...(actions.length === 0 ? {} : { actions: [...actions] }),
  };
}

/** Epoch milliseconds of the deadline as it stood at `atMs`: it moves on by as much as the clock has stood. */
function deadlineAt(clock: RunClock, start: number, deadlineMs: number, atMs: number): number {
  return start + deadlineMs + (atMs - start) - (clock.bound(atMs) - clock.bound(start));
}

/** What the subject wrote before anything was done in it from outside. */
export function ownEvents({ log, operatedAt }: AttemptParts): readonly JournalEvent[] {
  if (operatedAt === null) return log.events;
  return log.events.filter(({ t }) => t < operatedAt);
}

/** Whether what happened at `atMs` (epoch milliseconds) may be owed to something that was done from outside. */
function isHelped({ log, sigint, helpedAt, clock }: AttemptParts, atMs: number): boolean {
  if (helpedAt !== null && atMs >= helpedAt) return true;
  return sigint !== null && clock.ran(log.clockStart ?? atMs, atMs) >= sigint.sentMs;
}

/** A proof that the subject has refuted is none. It must never come to that; if it does, it is told. */
function proofReport(parts: AttemptParts): ProofReport | null {
  const { proof, log, clock } = parts;
  if (proof === null) return null;
  const start = log.clockStart ?? proof.atMs;
  const { finding } = proof;
  if (finding.kind === "not-provable") return finding;
  if (log.joined !== null && !isHelped(parts, log.joined.t)) {
    const why =
      "it was proven, and then the nursery joined without help: a bug of unwedge, please report it";
    return { kind: "not-provable", reasons: [why] };
  }
  return {
    kind: "proven",
    proof: finding.proof,
    quietMs: tenths(clock.ran(start, finding.quietSinceMs)),
    provenMs: tenths(clock.ran(start, proof.atMs)),
  };
}

/** Paths may be taken again, so a death is that of the latest of its name. */
function startedActors(
  events: readonly JournalEvent[],
  clockStart: number | null,
  clock: RunClock,
): StartedActor[] {
  const started: { -readonly [F in keyof StartedActor]: StartedActor[F] }[] = [];
  for (const event of events) {
    const ms = tenths(clock.ran(clockStart ?? event.t, event.t));
    if (event.kind === "actor-spawned") {
      started.push({ path: event.peer, spawnedMs: ms, deadMs: null });
    } else if (event.kind === "actor-dead") {
      const dead = started.findLast(({ path }) => path === event.peer);
      if (dead !== undefined) dead.deadMs ??= ms;
    }
  }
  return started;
}

function swallowedCancels(events: readonly JournalEvent[]): SwallowedCancel[] {
  return events.flatMap((event) => {
    if (event.kind !== "cancel-swallowed") return [];
    const { actor, task, times, at } = event;
    return [{ actor, task, times, at, fn: at?.fn ?? null }];
  });
}

/** A run that ended well is not diagnosed, nor are the rules loaded for it. */
async function diagnose(facts: Facts): Promise<Diagnosis | null> {
  if (facts.verdict !== "hung" && facts.verdict !== "leaked") return null;
  const { classify } = await loadLater<typeof import("../diagnose/classify.ts")>(
    import.meta.resolve("../diagnose/classify.ts"),
  );
  return classify(facts);
}

function clocksOf(parts: AttemptParts): Clocks {
  const { log, exit, threadsGoneAt, clock } = parts;
  const start = log.clockStart;
  const natural = (at: number | null | undefined): number | null => {
    if (start === null || at === null || at === undefined || isHelped(parts, at)) return null;
    return tenths(Math.max(0, clock.ran(start, at)));
  };
  return {
    nurseryJoinedMs: natural(log.joined?.t),
    threadsGoneMs: natural(threadsGoneAt),
    processExitedMs: natural(exit?.atMs),
  };
}
