/** The sibling of the seed: a dead child's lock takes the main loop with it, and Ctrl-C too. @module */

import { defineScenario, openActorNursery, SharedMutex, sleep } from "../mod.ts";

export default defineScenario({
  name: "sigint-starved",
  summary:
    "an abandoned child still holds a shared lock; the parent takes it with a blocking wait and never turns again",
  story:
    "Parent and child share a journal in memory, guarded by a lock in shared memory (the stand-in for a lock like " +
    "the GIL). Asked to go, the child says goodbye; then its exit hook takes the lock and blocks on a dead disk. The " +
    "hard kill does not end its thread, the parent believes that it is over and takes the lock to merge the journal, " +
    "with a blocking wait. The main loop never turns again: the signal is delivered, and no code can act on it. Reaping the child " +
    "keeps it from happening; a sentinel (--remedy sentinel), which runs while main is blocked, ends it when it has.",
  expected: { verdict: "hung", class: "loop-starved", owner: "program", ctrlC: "ignored" },
  fixedBy: ["reap"],
  async run({ settleMs, note }) {
    const lock = new SharedMutex("journal");
    await openActorNursery(async (actors) => {
      await actors.runInActor("keeper", {
        module: import.meta.resolve("../fixtures/children/lock_keeper.ts"),
        shared: { lock: lock.memory },
        onEnd() {
          lock.acquireBlocking();
          note("merged the journal");
          lock.release();
        },
      }, "work");
      await sleep(settleMs);
      actors.cancel("the supervisor is done");
    });
  },
});
