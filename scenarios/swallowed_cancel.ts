/** A cancel that is caught with everything else. @module */

import { defineScenario, openActorNursery, sleep } from "../mod.ts";

export default defineScenario({
  name: "swallowed-cancel",
  summary: "a child catches its cancel like any other error and goes on",
  story:
    "A child polls a server in a loop; a catch without a condition keeps it alive through every hiccup. A cancel is no " +
    "hiccup, but the catch takes it all the same, and the loop goes on. The cancel stays in force, so every wait " +
    "throws at once from now on: the child spins over its own catch, its loop never turns again, and terminate() " +
    "does not end it. It is given up for dead, and its parent never stops listening to its channel.",
  expected: { verdict: "hung", class: "cancel-swallowed", owner: "program", ctrlC: "unwedges" },
  fixedBy: ["channel-abort", "reap"],
  load: "spins",
  async run({ settleMs }) {
    await openActorNursery(async (actors) => {
      const module = import.meta.resolve("../fixtures/children/swallows_cancel.ts");
      await actors.runInActor("poller", { module }, "pollForever", 50);
      await sleep(settleMs);
      actors.cancel("the supervisor is done");
    });
  },
});
