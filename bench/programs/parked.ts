/** Prints by how many bytes the heap grows for each of many tasks that wait, made as the argument says. @module */

import { AsyncLocalStorage } from "node:async_hooks";
import { Deferred, Effect, type Fiber } from "npm:effect@4.1.0";
import { Event, openNursery, run } from "../../mod.ts";

/** How the tasks are made. */
export type Kind = "unwedge" | "bare" | "context" | "effect";

const TASKS = 20_000;
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

function heapUsed(): number {
  const gc: unknown = Reflect.get(globalThis, "gc");
  if (typeof gc !== "function") throw new Error("needs --v8-flags=--expose-gc");
  for (let times = 0; times < 5; times++) gc();
  return Deno.memoryUsage().heapUsed;
}

/** Once to have everything compiled, then to count. */
async function bytesEach(park: (count: number) => void): Promise<number> {
  park(500);
  await turn();
  const before = heapUsed();
  park(TASKS);
  await turn();
  return (heapUsed() - before) / TASKS;
}

const MEASURES: Readonly<Record<Kind, () => Promise<number>>> = {
  unwedge: async () => {
    let bytes = NaN;
    await run(() =>
      openNursery(async (nursery) => {
        const never = new Event("never");
        const wait = () => never.wait();
        bytes = await bytesEach((count) => {
          for (let i = 0; i < count; i++) nursery.spawn(wait);
        });
        nursery.cancelScope.cancel();
      })
    );
    return bytes;
  },
  bare: () => {
    const wakes: (() => void)[] = [];
    return kept(async () => {
      await new Promise<void>((resolve) => wakes.push(resolve));
    });
  },
  context: () => {
    const wakes: (() => void)[] = [];
    const storage = new AsyncLocalStorage<object>();
    return kept(() =>
      storage.run({}, async () => {
        await new Promise<void>((resolve) => wakes.push(resolve));
      })
    );
  },
  effect: async () => {
    const fibers: Fiber.Fiber<void>[] = [];
    const never = Deferred.makeUnsafe<void>();
    const bytes = await bytesEach((count) => {
      for (let i = 0; i < count; i++) fibers.push(Effect.runFork(Deferred.await(never)));
    });
    if (fibers.length < TASKS) throw new Error("no fibers");
    return bytes;
  },
};

async function kept(wait: () => Promise<void>): Promise<number> {
  const waiting: Promise<void>[] = [];
  const bytes = await bytesEach((count) => {
    for (let i = 0; i < count; i++) waiting.push(wait());
  });
  if (waiting.length < TASKS) throw new Error("nothing waits");
  return bytes;
}

const [kind] = Deno.args;
for (const [name, measure] of Object.entries(MEASURES)) {
  if (name !== kind) continue;
  console.log(await measure());
  Deno.exit(0);
}
throw new RangeError(`no kind "${kind}"`);
