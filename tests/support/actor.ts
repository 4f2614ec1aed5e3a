/** The module that the tests with real actors start. @module */

import { openActorNursery } from "../../lib/actor/spawn/actor_nursery.ts";
import { sleepForever } from "../../lib/actor/sleep.ts";
import type { WireValue } from "../../lib/actor/wire/frame.ts";
import type { ServedContext } from "../../lib/actor/rpc/context.ts";

/** Gives back what it is given. */
export function echo(value: WireValue): WireValue {
  return value;
}

/** Throws an error with everything that can cross. */
export function fail(): never {
  const cause = new RangeError("why");
  throw new AggregateError([new TypeError("part")], "it failed", { cause });
}

/** Starts an actor below this one and passes on how a function of it fails. */
export async function failBelow(): Promise<void> {
  await openActorNursery(async (actors) => {
    const below = await actors.startActor("leaf", { module: import.meta.url });
    await below.run("fail");
  });
}

/** Returns what cannot cross. */
export function unsendable(): unknown {
  return new Map();
}

const cancels: WireValue[] = [];

/** Waits, and remembers by whom and why it was cancelled. */
export async function wait(): Promise<void> {
  try {
    await sleepForever();
  } catch (error) {
    if (error instanceof Error && "reason" in error) cancels.push(error.reason as WireValue);
    throw error;
  }
}

/** The reasons of all cancels so far. */
export function cancelsHeard(): WireValue {
  return cancels;
}

/** Sends every value back. */
export async function echoAll(context: ServedContext): Promise<number> {
  context.started();
  let count = 0;
  for await (const value of context) {
    await context.send(value);
    count++;
  }
  return count;
}

/** Sends numbers forever, as fast as its reader lets it. */
export async function countUp(context: ServedContext): Promise<void> {
  context.started();
  for (let i = 0;; i++) await context.send(i);
}

/** Sends `count` numbers and then ends this isolate without a word. */
export async function countAndDie(context: ServedContext, count: number): Promise<void> {
  context.started();
  for (let i = 0; i < count; i++) await context.send(i);
  self.close();
}
