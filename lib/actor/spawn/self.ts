/** What code in an actor can ask of the actor it runs in. @module */

import { UsageError } from "../errors.ts";
import { park, type PeerRef, type Where } from "../park.ts";
import type { Functions, Link } from "../rpc/link.ts";
import { Portal } from "../rpc/portal.ts";
import { captureSite } from "../site.ts";
import { knownPeer } from "../shared_mutex.ts";
import { heldBelow, LifeWatch, pathOfLock } from "./life.ts";
import { boot, currentRuntime } from "./runtime.ts";

/**
 * Memory that the parent shared with this actor under `name`.
 *
 * @throws {UsageError} when it shared none by that name
 */
export function sharedMemory(name: string): SharedArrayBuffer {
  const memory = boot.shared[name];
  if (memory === undefined) {
    throw new UsageError(`the parent shared no memory by the name "${name}"`);
  }
  return memory;
}

/**
 * Registers a function that runs when this actor ends in order: after its last task has ended and it has said goodbye
 * to its parent, before its thread goes. Hooks run in the reverse order of their registration.
 */
export function onExit(hook: () => unknown): void {
  boot.exitHooks.push(hook);
}

function parentLink(): Link {
  const { parentLink } = currentRuntime().wiring;
  if (parentLink === null) throw new UsageError("the root actor has no parent");
  return parentLink;
}

/**
 * A portal to the parent of this actor; it serves what `expose` named when it started us. `parentPortal<typeof exposed>()`
 * checks calls against that.
 *
 * @throws {UsageError} in the root, which has no parent
 */
export function parentPortal<M extends object = Functions>(): Portal<M> {
  return new Portal<M>(parentLink(), currentRuntime().options.softKillMs, () => {
    throw new UsageError("an actor cannot cancel its parent");
  });
}

/**
 * Closes this actor's end of the channel to its parent at once, without a goodbye, as an actor does that does not trust
 * its parent any more. The platform tells the parent nothing of it. What this actor does for its parent is cancelled.
 *
 * @throws {UsageError} in the root, which has no parent
 */
export function hangUp(): void {
  parentLink().channel.close("this side has hung up");
}

/**
 * Waits until no isolate of an actor below this one is left, at any depth and whether it was abandoned or not: for a
 * program that takes away what its actors might still use, a scratch directory or a device. That a nursery returns is
 * no proof of it. The proof is their life locks; nothing bounds this wait but the scope around it.
 *
 * @throws {UsageError} outside `runActors()` and outside an actor
 * @throws {Cancelled} when the scope is or gets cancelled
 */
export async function threadsGone(): Promise<void> {
  const site = captureSite(threadsGone);
  const { lifeLock } = currentRuntime().wiring;
  for (;;) {
    const [first] = await heldBelow(lifeLock);
    if (first === undefined) return;
    await threadGone(first, site);
  }
}

function threadGone(lifeLock: string, where: Where): Promise<void> {
  const path = pathOfLock(lifeLock);
  const peer: PeerRef = knownPeer(lifeLock) ?? { path, state: "alive" };
  const life = new LifeWatch(lifeLock, peer, null);
  return park<void>(
    { kind: "thread", resource: `end of the thread of ${path}`, peer },
    where,
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
