/** A cleanup under a shield that asks a dead peer for something. @module */

import {
  BrokenResourceError,
  CancelScope,
  defineScenario,
  openActorNursery,
  openNursery,
  type Portal,
  sleep,
  sleepForever,
} from "../mod.ts";

export default defineScenario({
  name: "shielded-cleanup",
  summary: "a finally under a shield asks a peer to say goodbye, and the peer dies over it",
  story:
    "A session cleans up after itself: its finally asks the child to say goodbye, under a shield, so that no cancel can " +
    "cut it short. The child saves its state first and never gets done; the hard kill ends it in the middle. The answer " +
    "will never come, no code breaks the call, and the shield keeps every cancel away from it, that of Ctrl-C too.",
  expected: {
    verdict: "hung",
    class: "shield-trapped",
    owner: "supervisor",
    ctrlC: "in-vain",
    proven: true,
  },
  fixedBy: ["channel-abort"],
  async run({ settleMs, note }) {
    await openActorNursery(async (actors) => {
      const module = import.meta.resolve("../fixtures/children/slow_goodbye.ts");
      const portal = await actors.startActor("partner", { module });
      await openNursery(async (tasks) => {
        tasks.spawn(() => session(portal, note), "session");
        await sleep(settleMs);
        tasks.cancelScope.cancel("the session is over");
        actors.cancel("the supervisor is done");
      });
    });
  },
});

async function session(portal: Portal, note: (text: string) => void): Promise<void> {
  try {
    await sleepForever();
  } finally {
    await new CancelScope({ shield: true, name: "cleanup" }).run(() => sayGoodbye(portal, note));
  }
}

async function sayGoodbye(portal: Portal, note: (text: string) => void): Promise<void> {
  try {
    await portal.run("goodbye");
  } catch (error) {
    if (!(error instanceof BrokenResourceError)) throw error;
    note(`no goodbye: ${error.message}`);
  }
}
