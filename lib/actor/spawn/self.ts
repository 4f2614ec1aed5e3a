/** What code in an actor can ask of the actor it runs in. @module */

import { UsageError } from "../errors.ts";
import type { Link } from "../rpc/link.ts";
import { Portal } from "../rpc/portal.ts";
import { currentRuntime } from "./runtime.ts";

let shared: Readonly<Record<string, SharedArrayBuffer>> = {};
let exitHooks: (() => unknown)[] = [];

/** Boot puts in what the parent has shared. */
export function setSharedMemory(memory: Readonly<Record<string, SharedArrayBuffer>>): void {
  shared = memory;
}

/**
 * Memory that the parent shared with this actor under `name`.
 *
 * @throws {UsageError} when it shared none by that name
 */
export function sharedMemory(name: string): SharedArrayBuffer {
  const memory = shared[name];
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
  exitHooks.push(hook);
}

/** Runs the exit hooks. An error in one does not keep the others from running. */
export async function runExitHooks(): Promise<void> {
  const hooks = exitHooks.reverse();
  exitHooks = [];
  for (const hook of hooks) {
    try {
      await hook();
    } catch (error) {
      console.error("exit hook failed:", error);
    }
  }
}

/**
 * A portal to the parent of this actor; it serves what `expose` named when it started us.
 *
 * @throws {UsageError} in the root, which has no parent
 */
export function parentPortal(): Portal {
  const runtime = currentRuntime();
  const link: Link | null = runtime.wiring.parentLink;
  if (link === null) throw new UsageError("the root actor has no parent");
  return new Portal(link, runtime.options.softKillMs, () => {
    throw new UsageError("an actor cannot cancel its parent");
  });
}

/**
 * Closes this actor's end of the channel to its parent at once, without a goodbye: what one does whose parent is not to
 * be trusted any more. The platform tells the parent nothing of it. What this actor does for its parent is cancelled.
 *
 * @throws {UsageError} in the root, which has no parent
 */
export function hangUp(): void {
  const link: Link | null = currentRuntime().wiring.parentLink;
  if (link === null) throw new UsageError("the root actor has no parent");
  link.channel.close("this side has hung up");
}
