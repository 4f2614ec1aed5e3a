/** Teardown is done, and the process does not go. @module */

import { defineScenario, openActorNursery, sleep } from "../mod.ts";

export default defineScenario({
  name: "exit-leak",
  summary:
    "teardown is done and reported done, and the thread of a child keeps the process from exiting",
  story:
    "A child ends as it was asked to and says goodbye, and its supervisor closes the books on it. Then its exit hook " +
    "flushes a log, with a blocking wait, to a disk that does not answer. terminate() does not end a thread that is " +
    "stuck in JavaScript, so the child is abandoned; no task waits for it any more, the nursery joins in time, the " +
    "program says that it is done. And the process stays until it is killed.",
  expected: { verdict: "leaked", class: "exit-leak", owner: "platform", ctrlC: "not-needed" },
  fixedBy: ["reap"],
  async run({ settleMs, note }) {
    await openActorNursery(async (actors) => {
      await actors.runInActor("logger", {
        module: import.meta.resolve("../fixtures/children/exit_flusher.ts"),
      }, "work");
      await sleep(settleMs);
      actors.cancel("the supervisor is done");
    });
    note("all is done");
  },
});
