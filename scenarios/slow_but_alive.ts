/** The other control: late, and nothing is wrong. @module */

import { countParam, defineScenario, durationParam, openActorNursery, sleep } from "../mod.ts";

export default defineScenario({
  name: "slow-but-alive",
  summary: "a child takes its cleanup step by step, late but inside the deadline: nothing hangs",
  story:
    "A supervisor ends its child and gives it time. The child has a dozen things to put in order, computes a " +
    "little for each and waits a little, all under a shield, as a cleanup may. It says nothing for a second and more, " +
    "its tasks are parked, its thread burns a core now and then, and it gets done. A detector that calls this a hang has only " +
    "looked at a clock.",
  expected: { verdict: "finished", class: null, owner: null, ctrlC: "not-needed" },
  fixedBy: [],
  timing: { softKillMs: 8_000, deadlineMs: 10_000 },
  params: {
    steps: countParam(12, "how many things it has to put in order", { min: 1, max: 1_000 }),
    step: durationParam("100ms", "how long it waits in each step"),
  },
  async run({ settleMs, params, note }) {
    await openActorNursery(async (actors) => {
      await actors.runInActor(
        "tidy",
        {
          module: import.meta.resolve("../fixtures/children/slow_cleaner.ts"),
          onEnd: ({ kind }) => note(`the child has ${kind}`),
        },
        "work",
        params.steps,
        params.step,
      );
      await sleep(settleMs);
      actors.cancel("the supervisor is done");
    });
  },
});
