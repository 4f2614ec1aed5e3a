/**
 * What an actor leaves below itself when it is gone or given up: actors that nobody supervises any more. The platform
 * terminates the workers of a worker that ends, so those that live in their event loop are gone in milliseconds, and
 * what stays is stuck. It is reaped, if that remedy is on, or written down as abandoned: no thread may get lost.
 *
 * They are found by their life locks (`life.ts`), so it does not matter how their supervisor has died.
 *
 * @module
 */

import type { Rung } from "../../protocol/journal_event.ts";
import { observe } from "../identity.ts";
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
export async function seeOffOrphans(
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
  const patienceMs = !dead ? 0 : reaper === null ? hardKillMs : hardKillMs / 2;
  await openNursery((nursery) => {
    for (const orphan of orphans) {
      nursery.spawn(
        () => new Orphan(orphan).seeOff(patienceMs, hardKillMs - patienceMs, reaper),
        `orphan ${pathOfLock(orphan)}`,
      );
    }
  }, { name: `orphans of ${pathOfLock(lifeLock)}` });
}

class Orphan {
  readonly #lifeLock: string;
  readonly #peer: PeerRef;
  readonly #life: LifeWatch;

  constructor(lifeLock: string) {
    this.#lifeLock = lifeLock;
    this.#peer = { path: pathOfLock(lifeLock), state: "alive" };
    this.#life = new LifeWatch(lifeLock, this.#peer, null);
  }

  async seeOff(patienceMs: number, reapMs: number, reaper: ReapService | null): Promise<void> {
    knowPeer(this.#peer, this.#lifeLock);
    this.#life.onGone(() => {
      if (reaper !== null) recoverLocksOf(this.#peer.path, this.#lifeLock);
      forgetPeer(this.#lifeLock);
    });
    this.#life.begin();
    try {
      if (await this.#goneWithin(patienceMs, () => this.#life.gone.wait())) return;
      if (reaper !== null) {
        this.#record("reap", "asked");
        if (await this.#goneWithin(reapMs, () => this.#reap(reaper))) {
          this.#record("reap", "effect", "ended");
          return;
        }
      }
      this.#record("abandon", "asked");
      this.#peer.state = "abandoned";
      this.#record("abandon", "effect", "abandoned");
    } finally {
      this.#life.stop();
    }
  }

  async #goneWithin(boundMs: number, wait: () => Promise<void>): Promise<boolean> {
    await moveOnAfter(boundMs, wait, { name: `end of orphan ${this.#peer.path}` });
    return this.#life.gone.isSet;
  }

  async #reap(reaper: ReapService): Promise<void> {
    const outcome = await reaper.reap(this.#lifeLock);
    if (outcome.kind === "failed") return this.#record("reap", "effect", `failed: ${outcome.why}`);
    observe({
      kind: "remedy",
      remedy: "reap",
      peer: this.#peer.path,
      did: "evaluated self.close() in its inspector session",
    });
    await this.#life.gone.wait();
  }

  #record(rung: Rung, step: "asked" | "effect", effect: string | null = null): void {
    observe({ kind: "rung", peer: this.#peer.path, rung, step, effect });
  }
}
