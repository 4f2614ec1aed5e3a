/** A reader for whom the end is no end. @module */

import { defineScenario, openActorNursery, sleep } from "../mod.ts";

export default defineScenario({
  name: "eof-spin",
  summary: "a child reads at the end of a log, again and again, and takes every end for 'not yet'",
  story:
    "A child follows a log until the line that says that it is complete. The writer has died before that line. A read " +
    "at the end does not wait, it says at once that nothing came, so the child burns a core on reads that bring " +
    "nothing, as a loop does that takes a closed wakeup socket for a quiet one. It reads synchronously: it hears no " +
    "cancel, terminate() does not end it, and its parent never stops listening to its channel.",
  expected: { verdict: "hung", class: "eof-spin", owner: "program", ctrlC: "unwedges" },
  fixedBy: ["channel-abort", "reap"],
  load: "spins",
  async run({ settleMs }) {
    await openActorNursery(async (actors) => {
      const module = import.meta.resolve("../fixtures/children/follows_log.ts");
      await actors.runInActor("follower", { module }, "followLog");
      await sleep(settleMs);
      actors.cancel("the supervisor is done");
    });
  },
});
