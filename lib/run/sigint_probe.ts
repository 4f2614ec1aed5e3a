/**
 * The SIGINT probe: a real signal is sent to a hung subject, and the journal is asked whether, and how fast, the
 * runtime acted on it. This one fact splits "ours to fix" from "the runtime is starved".
 *
 * Invariant: times are taken from the journal; a probe concludes "not acted on" only after a whole grace period, and
 * only about a subject that was alive all that time.
 *
 * @module
 */

import { stillMoving } from "../diagnose/cause/still_moving.ts";
import { maskHas, readSignalMasks } from "../os/proc.ts";
import type { FreeMainOutcome } from "../intervene/free_main.ts";
import { time } from "../protocol/duration.ts";
import { epochNow } from "../protocol/epoch.ts";
import type { Dump, StackFrame } from "../model/dump.ts";
import type { SigintProbe, SigintStandIn, StarvationCertificate } from "../model/result.ts";
import type { LiveRun } from "./live_run.ts";
import type { Prover } from "./prover.ts";
import type { SubjectExit } from "../subject/subject_process.ts";
import { tenths } from "./tenths.ts";

const SIGINT = 2;

/**
 * Sends SIGINT and watches. Null when there is nothing to conclude: the subject had gone before it could be sent, or
 * the operator stopped the run before the grace period was over. The runtime has the grace period for each step: to
 * act, to join after it acted, to run the handler once it is freed. A proof that it never joins ends the wait sooner, and
 * a grace period that is too short for a step leaves it unseen.
 */
export async function probeSigint(
  live: LiveRun,
  dump: Dump | null,
  prover: Prover,
): Promise<SigintProbe | null> {
  const { watch, process, log, events: { emit }, settings: { graceMs }, clock } = live;
  const start = log.clockStart ?? epochNow();
  const mark = log.mark();
  const sentAt = epochNow();
  if (!process.signal("SIGINT")) return null;
  emit({ type: "sigint-sent" });
  // A join, or the end of the process, is an effect of the signal too: without a listener SIGINT kills a process at
  // once, even one whose main isolate is blocked (PLATFORM 3).
  const acted = () => log.firstAfter(mark, "signal-acted", isSigint);
  await watch.until(() => acted() !== null || log.joined !== null, clock.bound(sentAt) + graceMs);
  const actedAt = acted()?.t ?? log.joined?.t ?? process.exit?.atMs ?? null;
  const by = standIn(acted(), process.exit, log.joined !== null);
  if (actedAt === null && watch.stopAsked) return null;
  const base = {
    sentMs: tenths(clock.ran(start, sentAt)),
    actedMs: actedAt === null ? null : since(sentAt, actedAt),
    ...by,
  };
  if (actedAt === null) {
    const inVain = { ...base, unwedged: false, joinedMs: null };
    emit({ type: "sigint-ignored", waitedMs: graceMs });
    const unseen = tooShortToAct(live, graceMs);
    if (unseen !== null) return { ...inVain, unseen, certificate: null };
    return { ...inVain, certificate: await certify(live, dump, mark) };
  }
  emit({ type: "sigint-acted", afterMs: since(sentAt, actedAt), ...by });
  const isProven = () => log.joined === null && (prover.look()?.atMs ?? -Infinity) > actedAt;
  await watch.until(() => log.joined !== null || isProven(), clock.bound(actedAt) + graceMs);
  if (log.joined === null) {
    const inVain = { ...base, unwedged: false, joinedMs: null, certificate: null };
    // A process that has ended, by whatever hand, joins no more.
    const unseen = process.exit !== null || isProven()
      ? null
      : tooShortToJoin(live, graceMs, "SIGINT");
    return unseen === null ? inVain : { ...inVain, unseen };
  }
  const joinedMs = since(sentAt, log.joined.t);
  const unsure = dump === null ? null : stillMoving(dump);
  return unsure === null
    ? { ...base, unwedged: true, joinedMs, certificate: null }
    : { ...base, unwedged: false, joinedMs, unsure, certificate: null };
}

/** A loop that turns acts within milliseconds, on a loaded machine within tens of them; a flooded one takes longer. */
const LEAST_TO_ACT_MS = 1_000;

/** Why it is not known that the signal is ignored; null when it is. @param waitedMs for how long nothing acted on it */
export function tooShortToAct({ log, clock }: LiveRun, waitedMs: number): string | null {
  const { lastAt } = log.beats;
  const stopped = lastAt !== null && clock.ran(lastAt, epochNow()) >= LEAST_TO_ACT_MS;
  if (waitedMs >= LEAST_TO_ACT_MS || stopped) return null;
  return `the grace period of ${time(waitedMs)} is too short to see that SIGINT is not acted on; ` +
    `it takes ${time(LEAST_TO_ACT_MS)}`;
}

/**
 * Why it is not known that something was in vain: what it set going may still have been under way. Null when it is.
 *
 * @param waitedMs the bound within which nothing came of it
 */
export function tooShortToJoin({ log }: LiveRun, waitedMs: number, what: string): string | null {
  const { softKillMs = 0, hardKillMs = 0 } = log.facts ?? {};
  const leastMs = Math.max(LEAST_TO_ACT_MS, softKillMs + hardKillMs);
  if (waitedMs >= leastMs) return null;
  return `the grace period of ${
    time(waitedMs)
  } is too short to see that nothing comes of ${what}; ` +
    `ending children may take ${time(leastMs)}`;
}

/**
 * Who acted in place of main: the kernel ends a process without a handler for the signal.
 *
 * @param acted the first record that the signal was acted on
 */
export function standIn(
  acted: { readonly by?: "sentinel" } | null,
  exit: SubjectExit | null,
  joined: boolean,
): { readonly by?: SigintStandIn } {
  if (acted?.by !== undefined) return { by: acted.by };
  const died = acted === null && !joined && exit?.kind === "signal" && exit.signal === "SIGINT";
  return died ? { by: "kernel" } : {};
}

/** The clocks of two processes may differ by a fraction of a millisecond; no effect comes before its cause. */
function since(from: number, to: number): number {
  return tenths(Math.max(0, to - from));
}

function isSigint(event: { readonly signal: string }): boolean {
  return event.signal === "SIGINT";
}

/**
 * The four facts of starvation: a handler is installed, the kernel has nothing left to deliver, a frame keeps main
 * from turning, and, once main is freed, the handler that was queued all the time runs.
 */
async function certify(
  live: LiveRun,
  dump: Dump | null,
  mark: number,
): Promise<StarvationCertificate> {
  const { watch, process, log, events: { emit }, settings: { graceMs }, clock } = live;
  const { pause, tools, subject: { inspector: { wsUrl } } } = live;
  const masks = readSignalMasks(process.pid);
  const seen = () => log.firstAfter(mark, "signal-seen", isSigint);
  // Read before main is freed: afterwards they would describe another process than the starved one.
  const delivered = {
    caught: masks.kind === "ok" ? maskHas(masks.masks.caught, SIGINT) : null,
    nothingPending: masks.kind === "ok"
      ? !maskHas(masks.masks.pending | masks.masks.sharedPending, SIGINT)
      : null,
    blockingFrame: blockingFrame(dump),
  };
  if (wsUrl === null || seen() !== null) {
    return { ...delivered, handledAfterFreeMs: null, freedBy: null };
  }
  // Main was freed between this moment and the answer; counting from here gives an upper bound.
  const askedAt = epochNow();
  const outcome = await pause.whileRunning(() => tools.freeMain({ wsUrl }));
  if (outcome.kind !== "freed") {
    emit({ type: "main-freed", how: notFreed(outcome), handledMs: null });
    return { ...delivered, handledAfterFreeMs: null, freedBy: null };
  }
  await watch.until(() => seen() !== null, clock.bound() + graceMs);
  const handledAt = seen()?.t ?? null;
  const handledMs = handledAt === null ? null : since(askedAt, handledAt);
  const freedBy = `recovered ${outcome.locks} shared ${outcome.locks === 1 ? "lock" : "locks"} ` +
    "in main through the inspector";
  emit({ type: "main-freed", how: freedBy, handledMs });
  return { ...delivered, handledAfterFreeMs: handledMs, freedBy };
}

function notFreed(outcome: Exclude<FreeMainOutcome, { kind: "freed" }>): string {
  switch (outcome.kind) {
    case "nothing-to-free":
      return "main is not blocked on a lock that could be recovered";
    case "not-ours":
      return "no runtime of unwedge's lives in main";
    case "no-answer":
      return "main answers nothing: it is blocked in native code";
    case "failed":
      return `main could not be reached: ${outcome.why}`;
  }
}

/** The program's own frame that main is in; the innermost of any kind when all are internal. */
export function blockingFrame(dump: Dump | null): StackFrame | null {
  const main = dump?.isolates.find((isolate) => isolate.kind === "main");
  const frames = main?.samples.at(-1)?.frames ?? [];
  return frames.find((frame) => !frame.internal) ?? frames[0] ?? null;
}
