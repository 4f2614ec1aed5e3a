/** A cancel from two nurseries up, and a grandchild in a synchronous sleep. @module */

import { defineScenario, Event, openActorNursery, sleep, threadsGone } from "../mod.ts";

export default defineScenario({
  name: "sync-sleep-grandchild",
  summary: "a grandchild sits in a synchronous sleep, and the program waits for its thread to end",
  story:
    "A supervisor ends its foreman, the foreman its own child. That one says goodbye, and then tries to deliver its " +
    "last report, with a synchronous sleep between two tries. The foreman gives it up and goes in order; two levels " +
    "up the nursery returns. But the program will not remove the scratch directory while an actor may still write to " +
    "it, so it waits until every thread below it is really gone, as it should, and one never goes.",
  expected: { verdict: "hung", class: "stuck-child", owner: "program", ctrlC: "unwedges" },
  fixedBy: ["reap"],
  // A worker of a worker takes 500 ms to start on Deno 2.9, and the ladder is climbed twice.
  timing: { settleMs: 0, deadlineMs: 4_000 },
  async run({ settleMs, note }) {
    const up = new Event("the branch is up");
    await openActorNursery(async (actors) => {
      await actors.runInActor("foreman", {
        module: import.meta.resolve("../fixtures/children/foreman.ts"),
        expose: { branchIsUp: () => up.set() },
      }, "supervise");
      await up.wait();
      await sleep(settleMs);
      actors.cancel("the supervisor is done");
    });
    await threadsGone();
    note("removed the scratch directory");
  },
});
