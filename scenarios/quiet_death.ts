/** A child that dies for real in the middle of a stream. @module */

import {
  BrokenResourceError,
  defineScenario,
  openActorNursery,
  openNursery,
  type Portal,
  sleep,
} from "../mod.ts";

export default defineScenario({
  name: "quiet-death",
  summary: "a child dies for real in the middle of a stream, and the parent is not told",
  story:
    "A parent reads a stream. Its child dies for real, thread and all, without an error: it closes its isolate. The " +
    "port falls silent, which looks exactly like a child that has nothing to say. The ladder of teardown finds at its " +
    "first rung that there is nothing to end, and goes; reader and message loop wait on.",
  expected: {
    verdict: "hung",
    class: "orphaned-channel",
    owner: "supervisor",
    ctrlC: "unwedges",
    proven: true,
  },
  fixedBy: ["death-watch"],
  async run({ settleMs, note }) {
    await openActorNursery(async (actors) => {
      const module = import.meta.resolve("../fixtures/children/dies_quietly.ts");
      const portal = await actors.startActor("quiet", { module });
      await openNursery(async (tasks) => {
        tasks.spawn(() => readAll(portal, note), "reader");
        await sleep(settleMs);
        actors.cancel("the supervisor is done");
      });
    });
  },
});

async function readAll(portal: Portal, note: (text: string) => void): Promise<void> {
  let read = 0;
  try {
    await portal.openContext("streamAndDie", [3], async (stream) => {
      for await (const _reading of stream) read++;
    });
  } catch (error) {
    if (!(error instanceof BrokenResourceError)) throw error;
    note(`the stream broke after ${read} readings: ${error.message}`);
  }
}
