/** The hang of the seed. @module */

import {
  defineScenario,
  durationParam,
  failAfter,
  openActorNursery,
  optionalDurationParam,
  sleep,
} from "../mod.ts";

export default defineScenario({
  name: "non-checkpointing",
  summary:
    "a child that never checkpoints is abandoned, and the parent's receive on its channel never ends",
  story:
    "A supervisor cancels its child. The child's task sits in a blocking wait, one second at a time, and never " +
    "reaches a checkpoint, so the request to cancel itself stays unread. The hard kill does not end its thread either, " +
    "and the child is abandoned. But the parent's message loop is still parked in recv on the dead child's channel, " +
    "which was never broken, and the nursery waits for the loop. The event loop turns, and nothing but Ctrl-C ends this.",
  expected: { verdict: "hung", class: "orphaned-channel", owner: "supervisor", ctrlC: "unwedges" },
  fixedBy: ["channel-abort", "reap"],
  params: {
    failAfter: optionalDurationParam(
      "none",
      "a failAfter around the nursery, as the seed's test has it: it fails visibly while the loop is still parked",
    ),
    slice: durationParam("1s", "how long one blocking wait of the child lasts"),
  },
  async run({ settleMs, params }) {
    const supervise = () =>
      openActorNursery(async (actors) => {
        const module = import.meta.resolve("../fixtures/children/slices.ts");
        await actors.runInActor("stuck", { module }, "waitInSlices", params.slice);
        await sleep(settleMs);
        actors.cancel("the supervisor is done");
      });
    await (params.failAfter === null ? supervise() : failAfter(params.failAfter, supervise));
  },
});
