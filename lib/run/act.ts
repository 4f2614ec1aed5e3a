/**
 * Does one thing to a hung subject, and watches what comes of it.
 *
 * Invariants: every time is the journal's own where the journal has it. A run counts as unwedged only if it joined
 * after the action took effect, and if what it had waited for could not come by itself: a subject that is only slow
 * ends whatever is done to it. The inspector is disconnected before any clock is judged.
 *
 * @module
 */

import { nameOf } from "../diagnose/cause/actions.ts";
import { outByItself } from "../diagnose/cause/came_out.ts";
import { stillMoving } from "../diagnose/cause/still_moving.ts";
import { buildTaskTree } from "../dump/task_tree.ts";
import { epochNow } from "../protocol/epoch.ts";
import type { ControlReply } from "../protocol/control.ts";
import type { Action, ActionReport } from "../model/action.ts";
import type { SigintStandIn } from "../model/result.ts";
import type { DumpOutcome } from "./try_dump.ts";
import type { LiveRun } from "./live_run.ts";
import type { RunLog } from "./run_log.ts";
import { type ActionTarget, type Done, look, NOBODY, perform } from "./perform.ts";
import { standIn, tooShortToAct, tooShortToJoin } from "./sigint_probe.ts";
import { tasksLeft } from "../intervene/tasks_left.ts";
import { heardOf } from "./heard.ts";
import { tenths } from "./tenths.ts";

/** An action and when it took effect at the earliest; null when it did nothing. Epoch milliseconds. */
export interface Acted {
  readonly report: ActionReport;
  readonly tookEffectAt: number | null;
  /** How long after a SIGINT the runtime acted on it; null when it did not, and for any other action. */
  readonly sigintActedMs: number | null;
  /** Who acted on it in place of main; absent when main did, or the signal was not acted on. */
  readonly sigintBy?: SigintStandIn;
}

/** Acts. Never throws for what the subject does. */
export async function act(
  target: ActionTarget,
  action: Action,
  boundMs: number,
  threadsMs: number = boundMs,
): Promise<Acted> {
  const { live, lastDump } = target;
  const { log, watch, events: { emit }, clock, pause, process } = live;
  emit({ type: "action-started", action });
  watch.look();
  const beganAt = epochNow();
  const joinedBefore = hasJoined(log);
  const mark = log.mark();
  const done = await pause.whileRunning(() => perform(target, action));
  watch.look();
  const changed = done.effect.kind === "applied" || (done.effect.kind === "failed" && done.sent);
  const tookEffectAt = changed ? byHandAt(log, mark) ?? done.atMs : null;
  const from = performance.now();
  if (tookEffectAt !== null && done.effect.kind === "applied") {
    await watch.until(
      () =>
        allIsDone(live) || isProvenSince(target, tookEffectAt) ||
        keptByThreads(live, tookEffectAt, threadsMs),
      clock.bound() + boundMs,
    );
  }
  const waitedMs = performance.now() - from;
  const sawUntil = epochNow();
  const left = changed ? await whoLeft(target, done.before) : [];
  const start = log.clockStart ?? log.scenarioAt ?? beganAt;
  const acted = action.kind === "sigint" ? log.firstAfter(mark, "signal-acted") : null;
  const sigintActedMs = acted === null ? null : tenths(Math.max(0, acted.t - done.atMs));
  const { by } = action.kind === "sigint" ? standIn(acted, process.exit, log.joined !== null) : {};
  const joinedAfter = !joinedBefore && tookEffectAt !== null && joinedAt(log) >= tookEffectAt;
  const unsure = joinedAfter
    ? couldMove(lastDump, done.before) ??
      (isForced(action) ? null : outSince(target, beganAt, by === undefined ? sigintActedMs : null))
    : null;
  const isOpen = tookEffectAt !== null && done.effect.kind === "applied" && !joinedAfter &&
    process.exit === null && !isProvenSince(target, tookEffectAt);
  const unseen = !isOpen
    ? null
    : action.kind === "sigint" && acted === null
    ? tooShortToAct(live, boundMs)
    : tooShortToJoin(live, boundMs, nameOf(action));
  const clocks = clocksOf(live, tookEffectAt, joinedBefore);
  // From the effect on, as the clocks are: a thread is ended before the watch begins.
  const watchedMs = tookEffectAt === null
    ? waitedMs
    : Math.max(clock.ran(tookEffectAt, sawUntil), ...Object.values(clocks).map((ms) => ms ?? 0));
  const report: ActionReport = {
    action,
    atMs: tenths((tookEffectAt ?? beganAt) - start),
    // What has no journal does not say what it made of a signal.
    effect: live.subject.journal === null
      ? done.effect
      : withAct(done.effect, action, sigintActedMs, by),
    tasksLeft: left,
    clocks,
    unwedged: joinedAfter && unsure === null,
    ...(joinedAfter && unsure !== null ? { unsure } : {}),
    ...(unseen === null ? {} : { unseen }),
    watchedMs: tenths(watchedMs),
  };
  emit({ type: "action-done", report });
  return { report, tookEffectAt, sigintActedMs, ...by === undefined ? {} : { sigintBy: by } };
}

/**
 * What was still getting on by itself before: when it was last looked into, or just before, by the tasks as they were
 * asked then. The stacks of the one say nothing about the tasks of the other: what slept there may compute here.
 */
function couldMove(lastDump: DumpOutcome | null, before: Done["before"]): string | null {
  if (lastDump?.kind !== "taken") return "what it was doing before could not be seen";
  const { dump } = lastDump;
  const moved = stillMoving(dump);
  if (moved !== null || before.length === 0) return moved;
  return stillMoving({ ...dump, tasks: buildTaskTree(before).tasks });
}

/** Whether threads were ended, so that an actor's death says nothing of the code that it was in. */
function isForced(action: Action): boolean {
  return action.kind === "remedy" && action.remedy === "reap";
}

/** What stood in code, and came out of it after that without being ended. */
function outSince(
  { live: { log, clock }, lastDump }: ActionTarget,
  beganAt: number,
  mainActedMs: number | null,
): string | null {
  if (lastDump?.kind !== "taken") return null;
  const sinceStart = (at: number) => clock.ran(log.clockStart ?? beganAt, at);
  const heard = heardOf(log.events, (t) => t >= beganAt, sinceStart);
  const atMs = sinceStart(beganAt);
  const joinedMs = sinceStart(joinedAt(log)) - atMs;
  return outByItself(lastDump.dump, { atMs, joinedMs, mainActedMs, heard });
}

function hasJoined({ joined }: RunLog): boolean {
  return joined !== null;
}

/** Epoch milliseconds; before everything when it has not joined. */
function joinedAt({ joined }: RunLog): number {
  return joined?.t ?? -Infinity;
}

/** When the runtime began to do it, by its own record. */
function byHandAt(log: RunLog, mark: number): number | null {
  return log.firstAfter(mark, "remedy", ({ by }) => by === "operator")?.t ?? null;
}

function allIsDone({ log, watch, process }: LiveRun): boolean {
  return log.joined !== null && watch.threads === "none" && process.exit !== null;
}

/** The nursery has joined for some time, and there are threads that have not gone: they will not by themselves. */
function keptByThreads({ log, watch }: LiveRun, sinceMs: number, boundMs: number): boolean {
  if (log.joined === null || watch.threads === "none") return false;
  return epochNow() - Math.max(log.joined.t, sinceMs) > boundMs;
}

/** It moved, came to rest, and will never join: there is nothing to wait for any more. */
function isProvenSince({ live: { log }, prover }: ActionTarget, sinceMs: number): boolean {
  if (log.joined !== null) return false;
  const proven = prover.look();
  return proven !== null && proven.atMs > sinceMs;
}

async function whoLeft(target: ActionTarget, before: Done["before"]): Promise<readonly string[]> {
  const { process, pause } = target.live;
  const gone = () => process.exit !== null;
  const after = gone() ? NOBODY : await pause.whileRunning(() => look(target));
  return tasksLeft(before, gone() ? "gone" : after.before, after.silent);
}

/** For a signal: also whether it was acted on. */
function withAct(
  effect: ControlReply,
  action: Action,
  actedMs: number | null,
  by: SigintStandIn | undefined,
): ControlReply {
  if (action.kind !== "sigint" || effect.kind !== "applied") return effect;
  const said = by === "kernel"
    ? "the process died of it: it had no listener for it"
    : actedMs === null
    ? "the runtime did not act on it"
    : by === "sentinel"
    ? `main did not take it, and after ${actedMs} ms the sentinel ended the process with it`
    : `the runtime acted on it after ${actedMs} ms`;
  return { kind: "applied", did: [...effect.did, said] };
}

function clocksOf(
  { log, watch, process, clock }: LiveRun,
  from: number | null,
  joinedBefore: boolean,
): ActionReport["clocks"] {
  const since = (at: number | null | undefined) =>
    from === null || at === null || at === undefined || at < from
      ? null
      : tenths(clock.ran(from, at));
  return {
    nurseryJoinedMs: joinedBefore ? null : since(log.joined?.t),
    threadsGoneMs: since(watch.threadsGoneAt),
    processExitedMs: process.endedByUs ? null : since(process.exit?.atMs),
  };
}
