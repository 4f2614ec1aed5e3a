/**
 * Teardown of one child, rung by rung: soft kill (ask it), hard kill (`terminate()`), reap (end its thread for good, if
 * that remedy is on), abandon. Each rung is bounded, and recorded by what really happened, never by a call that
 * returned.
 *
 * Invariant: the ladder ends after at most softKillMs + hardKillMs, and `settled` is set when it has.
 *
 * @module
 */

import type { CancelReason, Rung } from "../../protocol/journal_event.ts";
import { CancelScope } from "../cancel_scope.ts";
import { BrokenResourceError, Cancelled } from "../errors.ts";
import { observe } from "../identity.ts";
import { openNursery } from "../nursery.ts";
import { recoverLocksOf } from "../shared_mutex.ts";
import { sleep } from "../sleep.ts";
import { moveOnAfter } from "../timeouts.ts";
import type { ActorEnd, Child } from "./child.ts";
import type { ActorRuntime, ReapService } from "./runtime.ts";

/**
 * Climbs the ladder for `child`, shielded from every cancel further out.
 *
 * @param reason why it shall end; it is told. Null when it has ended its conversation by itself, and only its thread
 * is still to be seen off
 */
export async function tearDown(
  child: Child,
  reason: CancelReason | null,
  runtime: ActorRuntime,
): Promise<ActorEnd> {
  const scope = new CancelScope({ shield: true, name: `teardown of ${child.peer.path}` });
  const outcome = await scope.run(() => climb(child, reason, runtime));
  // Nobody has a handle on the scope but us.
  if (outcome.kind === "cancelled") throw new Cancelled(outcome.reason);
  return outcome.value;
}

async function climb(
  child: Child,
  reason: CancelReason | null,
  runtime: ActorRuntime,
): Promise<ActorEnd> {
  const { softKillMs, hardKillMs, remedies } = runtime.options;
  const reaper = remedies.has("reap") ? runtime.newReaper() : null;
  try {
    if (await softKill(child, reason, softKillMs, reaper)) {
      return { kind: "ended", by: reason === null ? "itself" : "soft-kill" };
    }
    record(child, "hard-kill", "asked");
    child.terminate();
    if (reaper !== null) await reap(child, reaper);
    const by = reaper === null ? "hard-kill" : "reap";
    const gone = await goneWithin(child, hardKillMs);
    record(
      child,
      "hard-kill",
      "effect",
      reaper === null ? (gone ? "ended" : "no-answer") : "see reap",
    );
    if (reaper !== null) record(child, "reap", "effect", gone ? "ended" : "no-answer");
    if (gone) {
      recoverLocksOf(child.peer.path);
      letGo(child, remedies, `it was ended by ${by}`);
      return { kind: "ended", by };
    }
    abandon(child, remedies);
    return { kind: "abandoned" };
  } finally {
    reaper?.release();
  }
}

/** Asks the child to end, and waits for the proof. */
async function softKill(
  child: Child,
  reason: CancelReason | null,
  boundMs: number,
  reaper: ReapService | null,
): Promise<boolean> {
  if (reason !== null) {
    record(child, "soft-kill", "asked");
    child.link.cancelCall(null, reason);
  }
  const outcome = await moveOnAfter(boundMs, () =>
    openNursery(async (nursery) => {
      nursery.spawn(async () => {
        await child.acked.wait();
        record(child, "soft-kill", "acked");
      }, "acknowledgement");
      // Half of the bound is gone and it lives: get the reaper ready, so that later 2 ms are enough.
      if (reaper !== null) {
        nursery.spawn(async () => {
          await sleep(boundMs / 2);
          await reaper.arm();
        }, "arm the reaper");
      }
      await child.life.gone.wait();
      nursery.cancelScope.cancel("the child has ended");
    }, { name: `soft kill of ${child.peer.path}` }), { name: "soft-kill bound" });
  const gone = outcome.kind === "done";
  if (reason !== null || !gone) {
    record(child, "soft-kill", "effect", gone ? "ended" : softKillFailure(child));
  }
  return gone;
}

function softKillFailure(child: Child): string {
  return child.link.done.isSet ? "said goodbye, but its thread stays" : "no-answer";
}

async function reap(child: Child, reaper: ReapService): Promise<void> {
  record(child, "reap", "asked");
  const outcome = await reaper.reap(child.peer.path);
  if (outcome.kind === "failed") {
    record(child, "reap", "effect", `failed: ${outcome.why}`);
    return;
  }
  observe({
    kind: "remedy",
    remedy: "reap",
    peer: child.peer.path,
    did: "evaluated self.close() in its inspector session",
  });
}

async function goneWithin(child: Child, boundMs: number): Promise<boolean> {
  const outcome = await moveOnAfter(boundMs, () => child.life.gone.wait(), {
    name: "hard-kill bound",
  });
  return outcome.kind === "done";
}

function abandon(child: Child, remedies: ReadonlySet<string>): void {
  record(child, "abandon", "asked");
  child.peer.state = "abandoned";
  letGo(child, remedies, "it was abandoned");
  record(child, "abandon", "effect", "abandoned");
}

/** What the remedies make of a conversation whose other side was ended by force or given up. */
function letGo(child: Child, remedies: ReadonlySet<string>, why: string): void {
  const { channel, loopScope, done } = child.link;
  const { path } = child.peer;
  if (remedies.has("channel-abort") && !done.isSet) {
    observe({
      kind: "remedy",
      remedy: "channel-abort",
      peer: path,
      did: "broke this end of its channel",
    });
    channel.abort(new BrokenResourceError(`channel to ${path} aborted: ${why}`));
  }
  if (remedies.has("cancel-peer-tasks") && !done.isSet) {
    observe({
      kind: "remedy",
      remedy: "cancel-peer-tasks",
      peer: path,
      did: "cancelled the tasks bound to its channel",
    });
    loopScope.cancel(why);
  }
}

function record(
  child: Child,
  rung: Rung,
  step: "asked" | "acked" | "effect",
  effect: string | null = null,
): void {
  observe({ kind: "rung", peer: child.peer.path, rung, step, effect });
}
