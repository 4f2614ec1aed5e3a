/** The control: nothing hangs, and nothing may be reported. @module */

import { defineScenario, openActorNursery } from "../mod.ts";

export default defineScenario({
  name: "happy",
  summary: "one RPC and a clean close: nothing hangs",
  story:
    "A supervisor starts a child, asks it one question, and tears it down. The child reaches a checkpoint at once " +
    "and goes. Every detector must stay silent here.",
  expected: { verdict: "finished", class: null, owner: null, ctrlC: "not-needed" },
  fixedBy: [],
  timing: { settleMs: 0 },
  async run({ note }) {
    await openActorNursery(async (actors) => {
      const portal = await actors.startActor("child", {
        module: import.meta.resolve("../fixtures/children/polite.ts"),
      });
      note(`2 + 3 = ${await portal.run("add", 2, 3)}`);
      actors.cancel("the question is answered");
    });
  },
});
