/**
 * Teardown of one child, rung by rung: soft kill (ask it), hard kill (`terminate()`), reap (end its thread for good, if
 * that remedy is on), abandon. Each rung is bounded, and recorded by what really happened, never by a call that
 * returned.
 *
 * Invariant: the ladder ends after at most softKillMs + hardKillMs, and twice hardKillMs when the child leaves orphans;
 * a child that has slow ones below it is given the time that it asks for (`soft_kill_bound.ts`).
 *
 * An actor that is to end as a whole does not wait until the isolates of its children are dismantled, which takes the
 * platform milliseconds for each and would add up by level: it goes when they have said that they close, and its own
 * supervisor, who looks for everything below it (`orphans.ts`), has the proof of their deaths to wait for.
 *
 * @module
 */

import type { CancelReason } from "../../protocol/terms.ts";
import { CancelScope, moveOnAfter } from "../cancel_scope.ts";
import { Cancelled } from "../errors.ts";
import { observeRung } from "../identity.ts";
import { openNursery } from "../nursery.ts";
import { sleep } from "../sleep.ts";
import type { ActorEnd, Child } from "./child.ts";
import { abortChannel, cancelPeerTasks } from "./remedies.ts";
import { leftOf, tellCut } from "./left.ts";
import { endOrphans, reapWorker } from "./orphans.ts";
import type { ActorRuntime, ReapService } from "./runtime.ts";

/** When a soft kill counts as late, and the supervisor is asked for more time: after this part of its bound. */
const LATE = 1 / 4;
/** When the reaper is got ready: later than that, for a connected inspector is felt by every start of a worker. */
const ALARMING = 1 / 2;
/** When a child is asked what keeps it: an answer that comes says that it is slow, and not stuck. */
const ASKED_WHAT = 3 / 4;
/** What messages between two levels may take in milliseconds, on a machine that is busy. */
const MESSAGES_MS = 100;

/**
 * Climbs the ladder for `child`, shielded from every cancel further out.
 *
 * @param reason why it shall end; it is told. Null when it has ended its conversation by itself, and only its thread
 * has yet to end
 */
export async function tearDown(
  child: Child,
  reason: CancelReason | null,
  runtime: ActorRuntime,
): Promise<ActorEnd> {
  const scope = new CancelScope({ shield: true, name: `teardown of ${child.peer.path}` });
  const outcome = await scope.run(() => climb(child, reason, runtime));
  // No other code has a handle on the scope.
  if (outcome.kind === "cancelled") throw new Cancelled(outcome.reason);
  return outcome.value;
}

async function climb(
  child: Child,
  reason: CancelReason | null,
  runtime: ActorRuntime,
): Promise<ActorEnd> {
  const { remedies } = runtime.options;
  const reaper = remedies.has("reap") ? runtime.wiring.newReaper() : null;
  try {
    const end = await endOf(child, reason, runtime, reaper);
    if (end === "closes") return { kind: "ended", by: "soft-kill" };
    await endOrphans(child.lifeLock, end.kind === "ended", runtime, reaper);
    return end;
  } finally {
    reaper?.release();
  }
}

async function endOf(
  child: Child,
  reason: CancelReason | null,
  runtime: ActorRuntime,
  reaper: ReapService | null,
): Promise<ActorEnd | "closes"> {
  if (child.life.gone.isSet) return { kind: "ended", by: "itself" };
  const softly = await softKill(child, reason, runtime, reaper);
  if (softly === "closes") return softly;
  if (softly === "late") return await hardKill(child, runtime, reaper);
  return { kind: "ended", by: reason === null ? "itself" : "soft-kill" };
}

/** Asks the child to end, and waits for the proof. */
async function softKill(
  child: Child,
  reason: CancelReason | null,
  runtime: ActorRuntime,
  reaper: ReapService | null,
): Promise<"gone" | "closes" | "late"> {
  const { softKillMs, hardKillMs } = child.bounds;
  const { path } = child.peer;
  const { softKillBound, closing } = child;
  const left: { tasks: readonly string[] } = { tasks: [] };
  if (reason !== null) {
    observeRung(path, "soft-kill", "asked");
    child.softKill(reason);
  }
  runtime.softKills.add(softKillBound);
  const inTime = await softKillBound.run(softKillMs, () =>
    openNursery(async (nursery) => {
      nursery.spawn(async () => {
        await sleep(softKillMs * ASKED_WHAT);
        left.tasks = await leftOf(child);
      }, "ask what is left");
      if (!runtime.isRoot) {
        nursery.spawn(async () => {
          await sleep(softKillMs * LATE);
          await runtime.askForTime(softKillMs * (1 - LATE) + hardKillMs + MESSAGES_MS);
        }, "ask for more time");
      }
      if (reaper !== null) {
        nursery.spawn(async () => {
          await sleep(softKillMs * ALARMING);
          // Nothing is left that could keep one from its end.
          if (!closing.isSet) await reaper.arm();
        }, "arm the reaper");
      }
      if (!runtime.isRoot && child.onEnd === undefined) {
        nursery.spawn(async () => {
          await child.closing.wait();
          await runtime.ending.wait();
          nursery.cancelScope.cancel("the child closes, and so does this actor");
        }, "last word");
      }
      await child.life.gone.wait();
      nursery.cancelScope.cancel("the child has ended");
    }, { name: `soft kill of ${path}` })).finally(() => runtime.softKills.delete(softKillBound));
  const how = !inTime ? "late" : child.life.gone.isSet ? "gone" : "closes";
  if (reason !== null || how === "late") {
    const effect = { gone: "ended", closes: "closes", late: late(child) }[how];
    observeRung(path, "soft-kill", "effect", effect);
  }
  if (how === "late") tellCut(child, left.tasks);
  return how;
}

function late(child: Child): string {
  return child.link.done.isSet ? "said goodbye, but its thread stays" : "no-answer";
}

/** Ends the child without its help, within hardKillMs. */
async function hardKill(
  child: Child,
  runtime: ActorRuntime,
  reaper: ReapService | null,
): Promise<ActorEnd> {
  const { remedies } = runtime.options;
  const { hardKillMs } = child.bounds;
  const { path } = child.peer;
  observeRung(path, "hard-kill", "asked");
  child.terminate();
  const reaping: { state: "off" | "looking" | "failed" | "asked" } = { state: "off" };
  const outcome = await moveOnAfter(hardKillMs, () =>
    openNursery(async (nursery) => {
      if (reaper !== null) {
        reaping.state = "looking";
        nursery.spawn(async () => {
          reaping.state = await reapWorker(reaper, child.lifeLock, path);
        }, "reap");
      }
      await child.life.gone.wait();
      nursery.cancelScope.cancel("its isolate is gone");
    }, { name: `hard kill of ${path}` }), { name: "hard-kill bound" });
  const gone = outcome.kind === "done";
  const { state } = reaping;
  observeRung(path, "hard-kill", "effect", gone && state !== "asked" ? "ended" : "no-answer");
  if (state === "asked") observeRung(path, "reap", "effect", gone ? "ended" : "no-answer");
  if (state === "looking") {
    const effect = gone ? "not needed" : "failed: its session was not found in time";
    observeRung(path, "reap", "effect", effect);
  }
  if (!gone) {
    abandon(child, remedies);
    return { kind: "abandoned" };
  }
  const by = state === "asked" ? "reap" : "hard-kill";
  applyRemedies(child, remedies, `it was ended by ${by}`);
  return { kind: "ended", by };
}

function abandon(child: Child, remedies: ReadonlySet<string>): void {
  const { path } = child.peer;
  observeRung(path, "abandon", "asked");
  child.peer.state = "abandoned";
  applyRemedies(child, remedies, "it was abandoned");
  observeRung(path, "abandon", "effect", "abandoned");
}

/** What the remedies make of a conversation whose other side was ended by force or given up. */
function applyRemedies({ link }: Child, remedies: ReadonlySet<string>, why: string): void {
  link.lost = why;
  if (remedies.has("channel-abort")) abortChannel(link, why);
  if (remedies.has("cancel-peer-tasks")) cancelPeerTasks(link, why);
}
