/**
 * Puts the observations of one run together into the attempt of the result document.
 *
 * Invariant: the three clocks are what the subject did without help. What it did after it was sent SIGINT stands
 * with the probe, so that "never joined" and "joined when interrupted" stay apart.
 *
 * @module
 */

import type { Diagnosis } from "../diagnose/diagnosis.ts";
import type { Facts, Heard, StartedActor, SwallowedCancel } from "../diagnose/facts.ts";
import { outByItself } from "../diagnose/cause/came_out.ts";
import { epochNow } from "../protocol/epoch.ts";
import type { JournalEvent } from "../protocol/journal_event.ts";
import type { Clocks } from "../model/action.ts";
import type { Dump } from "../model/dump.ts";
import type { Attempt, SigintProbe } from "../model/result.ts";
import type { HangPath } from "../model/path.ts";
import type { ProofReport } from "../model/proof.ts";
import { cannotRead } from "./cannot_read.ts";
import { heardOf } from "./heard.ts";
import { exitText, judge } from "./judge.ts";
import type { LiveRun } from "./live_run.ts";
import { type Observations, ownEvents, ownEvidence, WORKER_ERROR } from "./own_evidence.ts";
import type { RunClock } from "./run_clock.ts";
import { tenths } from "./tenths.ts";
import { timelineOf } from "./timeline.ts";
import { loadLater } from "../os/load_later.ts";

/** Judges and assembles. */
export async function buildAttempt(live: LiveRun, seen: Observations): Promise<Attempt> {
  const { log, clock, subject } = live;
  const { exit, dumps, interventions } = seen;
  const { actions, sinceMs, operatedMs } = interventions;
  const { deadlineMs, clockStart: start } = log;
  const clocks = clocksOf(live, seen);
  const loop = dumps.loop(exit?.atMs ?? epochNow());
  const ran = (from: number, to: number) => clock.ran(from, to);
  const events = ownEvents(live, interventions);
  const judgement = judge({
    journal: subject.journal !== null,
    phase: log.phase,
    clockStart: start,
    deadlineAt: start === null
      ? null
      : deadlineAt(clock, start, deadlineMs, log.joined?.t ?? start),
    joined: log.joined,
    exit,
    overdue: seen.overdue,
    sigintSent: seen.sigint !== null || actions.some(({ action }) => action.kind === "sigint"),
    helpedAt: sinceMs,
    interrupted: seen.interrupted,
    stopSignal: log.phase === "teardown" ? live.settings.limits?.stop?.signal ?? null : null,
    provenAt: seen.proof?.stopped === true ? seen.proof.atMs : null,
  });
  const { reported, dump, heldByDebugger } = dumps;
  const heard = heardSinceSigint(seen, events, (t) => ran(start ?? t, t));
  const sigint = creditOf(seen.sigint, dump, heard);
  const { diagnosis, path, proof } = await diagnose({
    verdict: judgement.kind,
    phase: log.phase,
    deadlineMs: finite(deadlineMs),
    clocks,
    joinedByItselfMs: clocks.nurseryJoinedMs,
    dump,
    dumpFailure: reported?.kind === "failed" ? reported.why : null,
    sigint,
    heldByDebugger,
    handles: seen.handles,
    timers: seen.timers,
    awaits: seen.awaits,
    loop,
    ladder: log.ladder(ran, operatedMs ?? Infinity),
    graceMs: live.settings.graceMs,
    ...(log.facts === null ? {} : { bounds: log.facts }),
    deadActors: events.flatMap((event) => event.kind === "actor-dead" ? [event.peer] : []),
    swallowed: swallowedCancels(events),
    heard,
    crashed: events.flatMap((event) =>
      event.kind === "error" && event.name === WORKER_ERROR
        ? [{ actor: event.where, message: event.message }]
        : []
    ),
    actors: startedActors(events, start, clock),
    cannotRead: (dump?.unseen ?? []).length === 0
      ? []
      : await cannotRead(log.census, live.subject.entry),
    journal: subject.journal !== null,
    proof: judgement.kind === "hung" ? proofReport(live, seen) : null,
  });
  return {
    verdict: judgement.kind,
    ...(seen.cutShort ? { cutShort: true } : {}),
    phase: log.phase,
    proven: proof?.kind === "proven" || seen.passed?.because === "proof",
    proof,
    path,
    class: diagnosis?.class ?? null,
    owner: diagnosis?.owner ?? null,
    missing: diagnosis?.missing ?? [],
    remedies: log.remedies.length > 0 ? log.remedies : subject.remedies,
    deadlineMs: finite(deadlineMs),
    ...watchedOf(live, seen),
    clocks,
    ladder: log.ladder(ran),
    sigint,
    loop,
    evidence: [...ownEvidence(live, seen, judgement), ...(diagnosis?.evidence ?? [])],
    leftovers: seen.leftovers,
    dump,
    timeline: timelineOf(log.events, live.events.recorded, start ?? log.events[0]?.t ?? 0),
    outputTail: subject.output.tail(),
    subjectExit: exitText(exit),
    ...(actions.length === 0 ? {} : { actions: [...actions] }),
  };
}

/** After an operator's own doing it is not known what an actor was heard of for. */
function heardSinceSigint(
  { sigint, interventions }: Observations,
  events: readonly JournalEvent[],
  toMs: (t: number) => number,
): Heard[] {
  if (sigint === null || interventions.sinceMs !== null) return [];
  return heardOf(events, (t) => toMs(t) >= sigint.sentMs, (t) => tenths(toMs(t)));
}

/** The probe, without credit for a join where all that stood in code has come out of it since. */
function creditOf(
  sigint: SigintProbe | null,
  dump: Dump | null,
  heard: readonly Heard[],
): SigintProbe | null {
  if (sigint === null || !sigint.unwedged || dump === null) return sigint;
  const mainActedMs = sigint.by === undefined ? sigint.actedMs : null;
  const done = { atMs: sigint.sentMs, joinedMs: sigint.joinedMs ?? 0, mainActedMs, heard };
  const unsure = outByItself(dump, done);
  return unsure === null ? sigint : { ...sigint, unwedged: false, unsure };
}

/** A command may have no deadline. */
function finite(ms: number): number {
  return Number.isFinite(ms) ? ms : 0;
}

function watchedOf(
  { subject: { command }, process: { asked = null } }: LiveRun,
  { passed }: Observations,
): Pick<Attempt, "watched"> {
  if (command === undefined) return {};
  const { because = null, boundMs = null } = passed ?? {};
  return { watched: { command: [...command], because, boundMs, asked } };
}

/** Epoch milliseconds of the deadline as it stood at `atMs`: it moves on by as much as the clock has stood. */
function deadlineAt(clock: RunClock, start: number, deadlineMs: number, atMs: number): number {
  return start + deadlineMs + (atMs - start) - (clock.bound(atMs) - clock.bound(start));
}

/** Whether what happened at `atMs` (epoch milliseconds) may be owed to something that was done from outside. */
function isHelped(
  { log, clock }: LiveRun,
  { sigint, interventions: { sinceMs } }: Observations,
  atMs: number,
): boolean {
  if (sinceMs !== null && atMs >= sinceMs) return true;
  return sigint !== null && clock.ran(log.clockStart ?? atMs, atMs) >= sigint.sentMs;
}

/** A proof that the subject has refuted is none. It must never come to that; if it does, it is told. */
function proofReport(live: LiveRun, seen: Observations): ProofReport | null {
  const { log, clock } = live;
  const { proof } = seen;
  if (proof === null) return null;
  const start = log.clockStart ?? proof.atMs;
  const { finding } = proof;
  if (finding.kind === "not-provable") return finding;
  if (log.joined !== null && !isHelped(live, seen, log.joined.t)) {
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

/** What is concluded from the facts. */
interface Conclusions {
  readonly diagnosis: Diagnosis | null;
  readonly path: HangPath | null;
  readonly proof: ProofReport | null;
}

/** A run that ended well is not diagnosed, nor are the rules loaded for it. */
async function diagnose(
  facts: Facts & { readonly proof: ProofReport | null },
): Promise<Conclusions> {
  const { verdict, proof } = facts;
  if (verdict !== "hung" && verdict !== "leaked") return { diagnosis: null, path: null, proof };
  const [{ classify }, { hangPath, provenAlong }] = await Promise.all([
    loadLater<typeof import("../diagnose/classify.ts")>(
      import.meta.resolve("../diagnose/classify.ts"),
    ),
    loadLater<typeof import("../diagnose/hang_path.ts")>(
      import.meta.resolve("../diagnose/hang_path.ts"),
    ),
  ]);
  const path = verdict === "hung" ? hangPath(facts) : null;
  return { diagnosis: classify(facts), path, proof: provenAlong(proof, path) };
}

function clocksOf(live: LiveRun, seen: Observations): Clocks {
  const { log, clock, watch: { threadsGoneAt } } = live;
  const start = log.clockStart;
  const natural = (at: number | null | undefined): number | null => {
    if (start === null || at === null || at === undefined || isHelped(live, seen, at)) return null;
    return tenths(Math.max(0, clock.ran(start, at)));
  };
  return {
    nurseryJoinedMs: natural(log.joined?.t),
    threadsGoneMs: natural(threadsGoneAt),
    processExitedMs: natural(seen.exit?.atMs),
  };
}
