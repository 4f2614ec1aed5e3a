/** The hang of the seed, with a child that burns a core instead of blocking. @module */

import { defineScenario, openActorNursery, sleep } from "../mod.ts";

export default defineScenario({
  name: "spinning-child",
  summary:
    "a child that never stops computing is abandoned, and the parent's receive on its channel never ends",
  story:
    "A supervisor cancels a child that computes and never awaits. No message is ever read in it, the hard kill " +
    "does not end its thread, and the parent's message loop stays parked on its channel. One core stays busy.",
  expected: { verdict: "hung", class: "orphaned-channel", owner: "supervisor", ctrlC: "unwedges" },
  fixedBy: ["channel-abort", "reap"],
  load: "spins",
  async run({ settleMs }) {
    await openActorNursery(async (actors) => {
      const module = import.meta.resolve("../fixtures/children/spinning.ts");
      await actors.runInActor("spinning", { module }, "searchForever");
      await sleep(settleMs);
      actors.cancel("the supervisor is done");
    });
  },
});
