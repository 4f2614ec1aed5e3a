/** Teardown is done, and a timer of the program's own keeps the process. @module */

import { choiceParam, defineScenario, openActorNursery, sleep } from "../mod.ts";

export default defineScenario({
  name: "exit-leak-timer",
  summary:
    "teardown is done and reported done, and a timer that was not cleared keeps the process from exiting",
  story:
    "A program reports the length of its queue every second, by the platform's setInterval, and supervises a child " +
    "beside that. Teardown ends the child as it should and joins everything; it knows nothing of the interval, which " +
    "is a task of no nursery. So the program says that it is done, no thread is left, and the process stays, to " +
    "report an empty queue every second. No remedy of a supervisor can help: nothing in its charge is left, and only " +
    "the program knows that the timer is not wanted any more. What finishes it is the program's to do: clear the timer " +
    "(--set timer=cleared), or unref it, so that it does not keep the process (--set timer=unref); a task that sleeps in a nursery " +
    "would have ended with it.",
  expected: { verdict: "leaked", class: "exit-leak", owner: "program", ctrlC: "not-needed" },
  fixedBy: [],
  params: {
    timer: choiceParam(
      ["forgotten", "cleared", "unref"],
      "what becomes of the timer: forgotten, or cleared with everything else, or one that does not keep the process",
    ),
  },
  async run({ settleMs, params, note }) {
    const queue: string[] = [];
    function reportQueue(): void {
      note(`${queue.length} in the queue`);
    }
    const reporting = setInterval(reportQueue, 1_000);
    if (params.timer === "unref") Deno.unrefTimer(reporting);
    await openActorNursery(async (actors) => {
      await actors.startActor("worker", {
        module: import.meta.resolve("../fixtures/children/polite.ts"),
      });
      await sleep(settleMs);
      actors.cancel("the supervisor is done");
    });
    if (params.timer === "cleared") clearInterval(reporting);
    note("all is done");
  },
});
