/**
 * Does one thing to a hung subject, and watches what comes of it.
 *
 * Invariants: every time is the journal's own where the journal has it; a run counts as unwedged only if it joined after
 * what was done took effect, and if what it waited for could not come by itself (a subject that is only slow ends
 * whatever is done to it), so one that came free by itself is not claimed; and the inspector is disconnected before any clock is judged.
 *
 * @module
 */

import { stillMoving } from "../diagnose/cause/still_moving.ts";
import type { ControlOutcome, ControlPlan } from "./control.ts";
import { buildTaskTree } from "../dump/task_tree.ts";
import { epochNow } from "../protocol/epoch.ts";
import type { ControlReply } from "../protocol/control.ts";
import { REMEDIES } from "../protocol/remedies.ts";
import type { IsolateSnapshot } from "../protocol/snapshot.ts";
import type { Action, ActionReport } from "../model/action.ts";
import type { SigintStandIn } from "../model/result.ts";
import type { DumpOutcome } from "../run/try_dump.ts";
import { lostActors } from "./lost_actors.ts";
import type { Prover } from "../run/prover.ts";
import type { LiveRun } from "../run/live_run.ts";
import type { RunLog } from "../run/run_log.ts";
import { standIn } from "../run/sigint_probe.ts";
import { tasksLeft } from "./tasks_left.ts";
import { tenths } from "../run/tenths.ts";
import { loadLater } from "../os/load_later.ts";

/** What an action works on. */
export interface ActionTarget {
  readonly live: LiveRun;
  readonly prover: Prover;
  /** The latest before the action. */
  readonly lastDump: DumpOutcome | null;
  /** Actors whose threads were ended earlier. */
  readonly reaped: Set<string>;
  /** Isolates that did not answer when they were last asked. */
  readonly unresponsive: Set<string>;
  /** The run is over, or goes on. */
  readonly over: AbortSignal;
}

/** What was done, before anything can be said of its effect. */
interface Done {
  readonly effect: ControlReply;
  readonly before: readonly { readonly isolate: string; readonly snapshot: IsolateSnapshot }[];
  /** When it took effect at the earliest, epoch milliseconds. */
  readonly atMs: number;
  /** Whether anything reached the subject. */
  readonly sent: boolean;
}

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
  const unsure = joinedAfter ? couldMove(lastDump, done.before) : null;
  const clocks = clocksOf(live, tookEffectAt, joinedBefore);
  // From the effect on, as the clocks are: a thread is ended before the watch begins.
  const watchedMs = tookEffectAt === null
    ? waitedMs
    : Math.max(clock.ran(tookEffectAt, sawUntil), ...Object.values(clocks).map((ms) => ms ?? 0));
  const report: ActionReport = {
    action,
    atMs: tenths((tookEffectAt ?? beganAt) - start),
    effect: withAct(done.effect, action, sigintActedMs, by),
    tasksLeft: left,
    clocks,
    unwedged: joinedAfter && unsure === null,
    ...(joinedAfter && unsure !== null ? { unsure } : {}),
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

function hasJoined({ joined }: RunLog): boolean {
  return joined !== null;
}

/** Epoch milliseconds; before everything when it has not joined. */
function joinedAt({ joined }: RunLog): number {
  return joined?.t ?? -Infinity;
}

async function perform(target: ActionTarget, action: Action): Promise<Done> {
  const { live: { subject, process }, reaped, over, unresponsive } = target;
  const nothing = (why: string): Done => ({
    effect: { kind: "nothing-to-do", why },
    before: [],
    atMs: epochNow(),
    sent: false,
  });
  if (process.exit !== null) return nothing("the subject has exited");
  if (action.kind === "sigint") return await sendSigint(target);
  const plan = planOf(target, action);
  if (typeof plan === "string") return nothing(plan);
  const { wsUrl } = subject.inspector;
  if (wsUrl === null) {
    const why = "the subject's inspector never came up";
    return { ...nothing(why), effect: { kind: "failed", why } };
  }
  const { controlSubject } = await loadLater<typeof import("./control.ts")>(
    import.meta.resolve("./control.ts"),
  );
  const outcome = await controlSubject(
    { pid: process.pid, wsUrl, signal: over, unresponsive },
    plan,
  );
  for (const actor of outcome.reaped) reaped.add(actor);
  noteSilence(unresponsive, outcome);
  const { effect, before, sentAt } = outcome;
  return { effect, before, atMs: sentAt ?? epochNow(), sent: sentAt !== null };
}

/** What has to be asked of whom; in words when it cannot be asked of anybody. */
function planOf(
  target: ActionTarget,
  action: Exclude<Action, { kind: "sigint" }>,
): ControlPlan | string {
  const { live, reaped } = target;
  switch (action.kind) {
    case "remedy": {
      const { remedy } = action;
      if (!REMEDIES.some(({ name }) => name === remedy)) return `there is no remedy "${remedy}"`;
      if (remedy === "sentinel") return freeMainPlan(live);
      if (remedy !== "reap") {
        const control = { do: "remedy", remedy, dead: [...reaped] } as const;
        return { kind: "ask", control, actor: null };
      }
      const actors = lostActors(live.log.events).filter((path) => !reaped.has(path));
      return actors.length > 0
        ? { kind: "reap", actors }
        : "no actor was given up whose thread is still there";
    }
    case "cancel-root":
      return { kind: "ask", control: { do: "cancel-root" }, actor: "root" };
    case "cancel-task": {
      const { actor, task } = action;
      return { kind: "ask", control: { do: "cancel-task", task }, actor };
    }
    case "abort-channel": {
      const { actor, channel } = action;
      return { kind: "ask", control: { do: "abort-channel", channel }, actor };
    }
    case "reap":
      return { kind: "reap", actors: [action.actor] };
  }
}

/** The heart beats ten times a second; a main that is only slow shows within this. */
const STARVED_MS = 600;

function freeMainPlan({ log, clock }: LiveRun): ControlPlan | string {
  const { lastAt } = log.beats;
  const silentMs = lastAt === null ? 0 : clock.ran(lastAt, epochNow());
  return silentMs > STARVED_MS ? { kind: "free-main" } : "main's loop turns: nothing keeps it";
}

async function sendSigint(target: ActionTarget): Promise<Done> {
  const { before } = await look(target);
  const atMs = epochNow();
  const sent = target.live.process.signal("SIGINT");
  const effect: ControlReply = sent
    ? { kind: "applied", did: ["sent SIGINT to the subject"] }
    : { kind: "nothing-to-do", why: "the subject has exited" };
  return { effect, before, atMs, sent };
}

const NOBODY = { before: [], silent: [] } as const;

/** A look at the tasks without a stack: quick, and no isolate is paused. */
async function look(target: ActionTarget): Promise<Pick<ControlOutcome, "before" | "silent">> {
  const { live: { subject, process }, over, unresponsive } = target;
  const { wsUrl } = subject.inspector;
  if (wsUrl === null || process.exit !== null) return NOBODY;
  const { controlSubject } = await loadLater<typeof import("./control.ts")>(
    import.meta.resolve("./control.ts"),
  );
  const options = { pid: process.pid, wsUrl, signal: over, unresponsive };
  const outcome = await controlSubject(options, { kind: "look" });
  noteSilence(unresponsive, outcome);
  return outcome;
}

function noteSilence(unresponsive: Set<string>, { silent, before }: ControlOutcome): void {
  for (const isolate of silent) unresponsive.add(isolate);
  for (const { isolate } of before) unresponsive.delete(isolate);
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
