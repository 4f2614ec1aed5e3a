/**
 * The join of threads: what a program waits for that takes away what its actors might still use, a scratch directory
 * or a device. A nursery that returns is no proof of that: a child that was abandoned lives on.
 *
 * @module
 */

import { park, type PeerRef } from "../park.ts";
import { knownPeer } from "../shared_mutex.ts";
import { heldBelow, LifeWatch, pathOfLock } from "./life.ts";
import { currentRuntime } from "./runtime.ts";

/**
 * Waits until no isolate of an actor below this one is left, at any depth and whether it was abandoned or not. The
 * proof is their life locks; nothing bounds this wait but the scope around it.
 *
 * @throws {UsageError} outside `runActors()` and outside an actor
 * @throws {Cancelled} when the scope is or gets cancelled
 */
export async function threadsGone(): Promise<void> {
  const { lifeLock } = currentRuntime().wiring;
  for (;;) {
    const [first] = await heldBelow(lifeLock);
    if (first === undefined) return;
    await threadGone(first);
  }
}

function threadGone(lifeLock: string): Promise<void> {
  const path = pathOfLock(lifeLock);
  const peer: PeerRef = knownPeer(lifeLock) ?? { path, state: "alive" };
  const life = new LifeWatch(lifeLock, peer, null);
  return park<void>(
    { kind: "thread", resource: `end of the thread of ${path}`, peer },
    threadsGone,
    (self) => {
      life.onGone(() => self.wake());
      life.begin();
      return () => {
        life.stop();
        return "left";
      };
    },
  );
}
