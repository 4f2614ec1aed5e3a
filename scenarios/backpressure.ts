/** A writer that waits for room which no reader will make. @module */

import {
  BrokenResourceError,
  defineScenario,
  Event,
  openActorNursery,
  openNursery,
  type Portal,
  sleep,
} from "../mod.ts";

export default defineScenario({
  name: "backpressure",
  summary: "a bounded stream is full and its reader is gone: the writer waits for room without end",
  story:
    "A parent writes into a stream, faster than its child reads, until the window is full; then it waits for room, as " +
    "it should. The child sits in a shielded write and does not end when it is asked to. The hard kill ends it, and " +
    "with it the only reader. The writer is parked in send, not in recv: a detector that looks only at receivers " +
    "misses it.",
  expected: {
    verdict: "hung",
    class: "orphaned-channel",
    owner: "supervisor",
    ctrlC: "unwedges",
    proven: true,
  },
  fixedBy: ["channel-abort"],
  async run({ settleMs, note }) {
    await openActorNursery(async (actors) => {
      const module = import.meta.resolve("../fixtures/children/stops_reading.ts");
      const portal = await actors.startActor("reader", { module });
      const writing = new Event("the child writes");
      await openNursery(async (tasks) => {
        tasks.spawn(() => writeForever(portal, writing, note), "writer");
        await writing.wait();
        await sleep(settleMs);
        actors.cancel("the supervisor is done");
      });
    });
  },
});

async function writeForever(
  portal: Portal,
  writing: Event,
  note: (text: string) => void,
): Promise<void> {
  let written = 0;
  try {
    await portal.openContext("takeOne", [], async (stream) => {
      await stream.send(written++);
      await stream.receive();
      writing.set();
      for (;; written++) await stream.send(written);
    });
  } catch (error) {
    if (!(error instanceof BrokenResourceError)) throw error;
    note(`the stream broke after ${written} values: ${error.message}`);
  }
}
