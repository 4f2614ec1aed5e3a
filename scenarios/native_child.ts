/** A child that nothing can reach. @module */

import { defineScenario, openActorNursery, sleep } from "../mod.ts";

export default defineScenario({
  name: "native-child",
  summary:
    "a child sits in a synchronous native call: no remedy ends it, only the end of the process",
  story:
    "A child runs an external program with a synchronous call and waits for its end. It is asked to go, and does not " +
    "hear it; terminate() does nothing, and not even the inspector gets an answer, for no JavaScript runs in it. The " +
    "supervisor can give it up (its nursery then joins), but its thread cannot be ended: the process is lost, and " +
    "with every remedy on it still has to be killed.",
  expected: {
    verdict: "hung",
    class: "stuck-child",
    owner: "program",
    ctrlC: "unwedges",
    withRemedies: { verdict: "leaked", class: "stuck-child", owner: "program" },
  },
  fixedBy: ["channel-abort"],
  async run({ settleMs }) {
    await openActorNursery(async (actors) => {
      const module = import.meta.resolve("../fixtures/children/calls_natively.ts");
      await actors.runInActor("native", { module }, "runForever");
      await sleep(settleMs);
      actors.cancel("the supervisor is done");
    });
  },
});
