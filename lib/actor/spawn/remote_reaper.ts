/**
 * Reaping on behalf of an actor in a worker: only the main isolate can reach the inspector of the process, so the
 * request goes up the tree to the root.
 *
 * @module
 */

import { Cancelled } from "../errors.ts";
import type { Link } from "../rpc/link.ts";
import { moveOnAfter } from "../cancel_scope.ts";
import type { WireValue } from "../wire/frame.ts";
import type { ReapOutcome } from "./reaper.ts";
import { LifeWatch, pathOfLock } from "./life.ts";
import type { ActorRuntime, ReapService } from "./runtime.ts";

/** The function under which every supervisor serves reaping to its children. */
export const REAP_FUNCTION = "unwedge:reap";

/** What a supervisor does when it is asked: reaps, or passes it on. The answer is null, or why it failed. */
export async function reapFor(runtime: ActorRuntime, lifeLock: string): Promise<WireValue> {
  const reaper = runtime.wiring.newReaper();
  const life = new LifeWatch(lifeLock, { path: pathOfLock(lifeLock), state: "alive" }, null);
  try {
    const outcome = await reaper.reap(lifeLock);
    if (outcome.kind === "failed") return outcome.why;
    // Let go of the inspector only when the worker has heard.
    life.begin();
    await moveOnAfter(runtime.options.hardKillMs, () => life.gone.wait(), { name: "reaped" });
    return null;
  } finally {
    life.stop();
    reaper.release();
  }
}

/** Asks the parent to reap. */
export class RemoteReaper implements ReapService {
  readonly #parent: Link;

  constructor(parent: Link) {
    this.#parent = parent;
  }

  /** The root connects when it is asked. */
  arm(): Promise<void> {
    return Promise.resolve();
  }

  /** See {@linkcode ReapService.reap}. */
  async reap(lifeLock: string): Promise<ReapOutcome> {
    let why: WireValue;
    try {
      why = await this.#parent.run(REAP_FUNCTION, [lifeLock]);
    } catch (error) {
      if (error instanceof Cancelled) throw error;
      return { kind: "failed", why: `the supervisor cannot be asked: ${String(error)}` };
    }
    return why === null || why === undefined
      ? { kind: "asked" }
      : { kind: "failed", why: String(why) };
  }

  /** Nothing is held here. */
  release(): void {}
}
