/** A child that dies before its handshake. @module */

import {
  BrokenResourceError,
  defineScenario,
  openActorNursery,
  openNursery,
  sleep,
} from "../mod.ts";

export default defineScenario({
  name: "boot-death",
  summary:
    "a child dies before its handshake, and the parent waits for a peer that will never connect",
  story:
    "A supervisor starts a child beside its other work. The child's module finds that it is not configured and closes " +
    "its isolate while it is loaded. No error is raised and nothing is sent, so the parent goes on waiting for the " +
    "handshake. Asking the child to end changes nothing, because the request needs the connection.",
  expected: {
    verdict: "hung",
    class: "boot-death",
    owner: "supervisor",
    ctrlC: "unwedges",
    proven: true,
  },
  fixedBy: ["boot-race"],
  async run({ settleMs, note }) {
    await openActorNursery(async (actors) => {
      const module = import.meta.resolve("../fixtures/children/stillborn.ts");
      await openNursery(async (tasks) => {
        tasks.spawn(async function startWorker() {
          try {
            await actors.startActor("stillborn", { module });
          } catch (error) {
            if (!(error instanceof BrokenResourceError)) throw error;
            note(`goes on without it: ${error.message}`);
          }
        });
        await sleep(settleMs);
        actors.cancel("the supervisor is done");
      });
    });
  },
});
