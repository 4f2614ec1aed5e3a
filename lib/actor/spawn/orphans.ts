/**
 * What an actor leaves below itself when it is gone or given up: orphans, which no actor supervises any more. The
 * platform terminates the workers of a worker that ends, so those that live in their event loop are gone in
 * milliseconds, and what stays is stuck. It is reaped, if that remedy is on, or written down as abandoned: no thread
 * may get lost.
 *
 * They are found by their life locks (`life.ts`), so it does not matter how their supervisor has died.
 *
 * @module
 */

import { observe, observeRemedy, observeRung } from "../identity.ts";
import { openNursery } from "../nursery.ts";
import type { PeerRef } from "../park.ts";
import { forgetPeer, knowPeer, recoverLocksOf } from "../shared_mutex.ts";
import { moveOnAfter } from "../cancel_scope.ts";
import { heldBelow, LifeWatch, pathOfLock } from "./life.ts";
import type { ActorRuntime, ReapService } from "./runtime.ts";

/**
 * Waits until nothing lives below the actor with `lifeLock`, for at most hardKillMs.
 *
 * @param dead whether that actor is proven dead; below one that was given up nothing ends by itself
 */
export async function endOrphans(
  lifeLock: string,
  dead: boolean,
  runtime: ActorRuntime,
  reaper: ReapService | null,
): Promise<void> {
  // Our own supervisor looks for everything below us, these too.
  if (runtime.ending.isSet) return;
  const orphans = await heldBelow(lifeLock);
  // A booting one that does not hold its lock yet finds that its supervisor is dead, and does not begin.
  if (dead) {
    observe({ kind: "orphans", peer: pathOfLock(lifeLock), living: orphans.map(pathOfLock) });
  }
  if (orphans.length === 0) return;
  const { hardKillMs } = runtime.options;
  const waitMs = !dead ? 0 : reaper === null ? hardKillMs : hardKillMs / 2;
  await openNursery((nursery) => {
    for (const orphan of orphans) {
      nursery.spawn(
        () => endOrphan(orphan, waitMs, hardKillMs - waitMs, reaper),
        `orphan ${pathOfLock(orphan)}`,
      );
    }
  }, { name: `orphans of ${pathOfLock(lifeLock)}` });
}

async function endOrphan(
  lifeLock: string,
  waitMs: number,
  reapMs: number,
  reaper: ReapService | null,
): Promise<void> {
  const path = pathOfLock(lifeLock);
  const peer: PeerRef = { path, state: "alive" };
  const life = new LifeWatch(lifeLock, peer, null);
  const goneWithin = async (boundMs: number, before: () => Promise<unknown>) => {
    await moveOnAfter(boundMs, async () => {
      if (await before() !== "failed") await life.gone.wait();
    }, { name: `end of orphan ${path}` });
    return life.gone.isSet;
  };
  knowPeer(peer, lifeLock);
  life.onGone(() => {
    if (reaper !== null) recoverLocksOf(path, lifeLock);
    forgetPeer(lifeLock);
  });
  life.begin();
  try {
    if (await goneWithin(waitMs, () => Promise.resolve())) return;
    if (reaper !== null && await goneWithin(reapMs, () => reapWorker(reaper, lifeLock, path))) {
      return observeRung(path, "reap", "effect", "ended");
    }
    observeRung(path, "abandon", "asked");
    peer.state = "abandoned";
    observeRung(path, "abandon", "effect", "abandoned");
  } finally {
    life.stop();
  }
}

/** Asks for the end of a worker's thread, and writes down that it was asked or why it could not be. */
export async function reapWorker(
  reaper: ReapService,
  lifeLock: string,
  path: string,
): Promise<"asked" | "failed"> {
  observeRung(path, "reap", "asked");
  const outcome = await reaper.reap(lifeLock);
  if (outcome.kind === "failed") {
    observeRung(path, "reap", "effect", `failed: ${outcome.why}`);
    return "failed";
  }
  observeRemedy("reap", path, "evaluated self.close() in its inspector session");
  return "asked";
}
