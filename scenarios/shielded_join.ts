/** Everything is dead, and a shield keeps the parent from noticing anything. @module */

import { CancelScope, defineScenario, openActorNursery, openNursery, sleep } from "../mod.ts";

export default defineScenario({
  name: "shielded-join",
  summary: "everything is dead, and the parent is parked in a join under a shield without a bound",
  story:
    "A supervisor runs its actors in a section that must not be torn in the middle, so it shields the whole of it. Its " +
    "child is slow to save, is hard-killed, and really dies. The nursery now joins the child's message loop, which " +
    "never ends, and the join has no bound. Ctrl-C reaches the runtime, the runtime cancels the program, and the " +
    "shield does what it is for.",
  expected: {
    verdict: "hung",
    class: "shield-trapped",
    owner: "supervisor",
    ctrlC: "in-vain",
    proven: true,
  },
  fixedBy: ["bounded-join"],
  async run({ settleMs }) {
    await openNursery((tasks) => {
      tasks.spawn(async () => {
        const migration = new CancelScope({ shield: true, name: "migration" });
        await migration.run(() => migrate(settleMs));
      }, "migration");
    });
  },
});

async function migrate(settleMs: number): Promise<void> {
  await openActorNursery(async (actors) => {
    const module = import.meta.resolve("../fixtures/children/slow_goodbye.ts");
    await actors.runInActor("migrator", { module }, "work");
    await sleep(settleMs);
    actors.cancel("the migration is done");
  });
}
