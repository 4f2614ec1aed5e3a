/** Many stuck children, torn down at once. @module */

import { countParam, defineScenario, openActorNursery, openNursery, sleep } from "../mod.ts";

export default defineScenario({
  name: "mass-abandon",
  summary:
    "25 stuck children are torn down at once: every one is abandoned, and every message loop waits on",
  story:
    "A pool of workers is shut down while all of them block. None hears the request, none dies of the hard kill, and " +
    "the parent is left with as many loops on silent channels as it had workers. The bounds of the ladder must overlap " +
    "and not add up: a pool takes as long to give up as one worker does.",
  expected: { verdict: "hung", class: "orphaned-channel", owner: "supervisor", ctrlC: "unwedges" },
  fixedBy: ["channel-abort", "reap"],
  params: { children: countParam(25, "how many stuck children there are", { min: 1, max: 200 }) },
  async run({ settleMs, params, note }) {
    const beforeMb = rssMb();
    await openActorNursery(async (actors) => {
      const module = import.meta.resolve("../fixtures/children/slices.ts");
      await openNursery((starting) => {
        for (let n = 1; n <= params.children; n++) {
          starting.spawn(
            () => actors.runInActor(`worker-${n}`, { module }, "waitInSlices", 1_000),
            `start worker-${n}`,
          );
        }
      });
      await sleep(settleMs);
      note(`memory: ${beforeMb} MB before the children, ${rssMb()} MB with them`);
      actors.cancel("the supervisor is done");
    });
    note(`memory: ${rssMb()} MB after the children`);
  },
});

function rssMb(): number {
  return Math.round(Deno.memoryUsage().rss / 1_000_000);
}
