/** A notification that came before anybody waited for it. @module */

import {
  choiceParam,
  defineScenario,
  Event,
  Notifier,
  openActorNursery,
  openNursery,
} from "../mod.ts";

export default defineScenario({
  name: "lost-wakeup",
  summary: "a task waits for a notification that was sent before it began to wait",
  story:
    "A child tells its parent that its batch is done, and ends. The parent's reporter first waits until the child is " +
    "gone, to have its core, and then for the word that the batch is done. That word has come and gone: there was " +
    "no task to hear it, and the actor that could say it again is dead. Nothing is wrong with any actor or channel; two lines of " +
    "the program stand in the wrong order. No remedy of a supervisor helps, only a cancel does.",
  expected: {
    verdict: "hung",
    class: "lost-wakeup",
    owner: "program",
    ctrlC: "unwedges",
    proven: true,
  },
  fixedBy: [],
  params: {
    order: choiceParam(
      ["end-first", "word-first"],
      "what the reporter waits for first: with word-first it hears the word, and all is well",
    ),
  },
  async run({ params, note }) {
    await openActorNursery(async (actors) => {
      const batchDone = new Notifier("batch done");
      const childEnded = new Event("the child has ended");
      const waits = [() => childEnded.wait(), () => batchDone.wait()];
      if (params.order === "word-first") waits.reverse();
      await openNursery(async (tasks) => {
        tasks.spawn(async function report() {
          for (const wait of waits) await wait();
          note("reported the batch");
        });
        await actors.runInActor("batch", {
          module: import.meta.resolve("../fixtures/children/notifies.ts"),
          expose: { batchDone: () => void batchDone.notifyAll() },
          onEnd: () => childEnded.set(),
        }, "work");
        await childEnded.wait();
        actors.cancel("the supervisor is done");
      });
    });
  },
});
