/** A child that closes its end of the channel and says nothing. @module */

import { defineScenario, openActorNursery, sleep } from "../mod.ts";

export default defineScenario({
  name: "silent-channel",
  summary: "a child closes its own end without a word and sleeps; the parent never stops listening",
  story:
    "A child closes its end of the channel, as a child does that has lost its transport, and sleeps without end. A port whose " +
    "other end is closed says nothing, so the parent never hears of it: its request to end is sent into the void, and " +
    "only the hard kill ends the child, for it sleeps. It is really dead then, its thread is gone, and the parent's " +
    "message loop still waits for a word from it.",
  expected: {
    verdict: "hung",
    class: "orphaned-channel",
    owner: "supervisor",
    ctrlC: "unwedges",
    proven: true,
  },
  fixedBy: ["channel-abort"],
  async run({ settleMs }) {
    await openActorNursery(async (actors) => {
      const module = import.meta.resolve("../fixtures/children/hangs_up.ts");
      await actors.runInActor("silent", { module }, "hangUpAndWait");
      await sleep(settleMs);
      actors.cancel("the supervisor is done");
    });
  },
});
