/** A cancel that stops half-way down a tree. @module */

import { type ActorNursery, defineScenario, openActorNursery, openNursery, sleep } from "../mod.ts";

export default defineScenario({
  name: "cancel-cascade",
  summary:
    "in a tree of depth 3, one supervisor in the middle drops the cancel, and its branch waits on",
  story:
    "A root has two supervisors of two workers each. The workers wait for orders, the supervisors for results, the root " +
    "for its supervisors: each of them waits for a message. The root cancels. One supervisor passes the cancel " +
    "on and its branch goes. The other one collects its results under a shield, so it takes the cancel, keeps it, and " +
    "its workers never hear of it. At last it is ended by force, its workers with it, and the root's loop waits for " +
    "a goodbye from it.",
  expected: {
    verdict: "hung",
    class: "cascade-stalled",
    owner: "supervisor",
    ctrlC: "unwedges",
    proven: true,
  },
  fixedBy: ["cancel-peer-tasks"],
  async run({ settleMs }) {
    await openActorNursery(async (actors) => {
      await openNursery((starting) => {
        starting.spawn(() => branch(actors, "open", "collect"), "start open");
        starting.spawn(() => branch(actors, "deaf", "collectAtAnyPrice"), "start deaf");
      });
      await sleep(settleMs);
      actors.cancel("the supervisor is done");
    });
  },
});

async function branch(actors: ActorNursery, name: string, how: string): Promise<void> {
  const module = import.meta.resolve("../fixtures/children/middle.ts");
  const portal = await actors.runInActor(name, { module }, how, 2);
  await portal.run("untilReady");
}
