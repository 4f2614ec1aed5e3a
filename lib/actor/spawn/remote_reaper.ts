/**
 * Reaping on behalf of an actor in a worker: only the main isolate can reach the inspector of the process, so the
 * request goes up the tree to the root.
 *
 * @module
 */

import { Cancelled } from "../errors.ts";
import type { Link } from "../rpc/link.ts";
import type { WireValue } from "../wire/frame.ts";
import type { ReapOutcome } from "./reaper.ts";
import type { ReapService } from "./runtime.ts";

/** The function under which every supervisor serves reaping to its children. */
export const REAP_FUNCTION = "unwedge:reap";

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
