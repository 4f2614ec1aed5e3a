/** A main loop that is starved by microtasks alone. @module */

import { defineScenario, openActorNursery, sleep } from "../mod.ts";

export default defineScenario({
  name: "microtask-storm",
  summary:
    "a task of the parent polls with await, microtasks run, and the event loop never turns again",
  story:
    "A supervisor has asked its child to end and polls a cache for the news that it has. The look-up is async, so the " +
    "loop awaits in every round and looks as if it gave way; but the cache answers at once, with a promise that is " +
    "resolved, and such an await goes on from microtask to microtask. The message that would fill the cache, the " +
    "timers and the signal handler wait for a turn of the event loop that never comes. One core is at its limit. A " +
    "sentinel sees that the loop stands still while microtasks run, and has each await wait for a turn of the loop: the " +
    "news comes in, and the program goes on as if its cache had been slow.",
  expected: { verdict: "hung", class: "loop-starved", owner: "program", ctrlC: "ignored" },
  // Nothing that runs in main, and nothing that ends children, can help a main that never turns.
  fixedBy: ["sentinel"],
  load: "spins",
  async run({ settleMs }) {
    await openActorNursery(async (actors) => {
      const news = new Map<string, string>();
      await actors.startActor("worker", {
        module: import.meta.resolve("../fixtures/children/polite.ts"),
        onEnd: ({ kind }) => void news.set("worker", kind),
      });
      await sleep(settleMs);
      actors.cancel("the supervisor is done");
      await untilCached(news, "worker");
    });
  },
});

async function untilCached(cache: Map<string, string>, key: string): Promise<void> {
  while (await lookUp(cache, key) === undefined);
}

/** Async, because a look-up in a cache may have to ask another server. */
// deno-lint-ignore require-await -- this is the mistake that the scenario is about
async function lookUp(cache: Map<string, string>, key: string): Promise<string | undefined> {
  return cache.get(key);
}
