/** A main loop that turns too rarely, because of what abandoned children send. @module */

import { countParam, defineScenario, durationParam, openActorNursery, sleep } from "../mod.ts";

export default defineScenario({
  name: "sigint-flooded",
  summary:
    "25 abandoned children keep posting, and the parent's loop turns too rarely to heed SIGINT",
  story:
    "A supervisor gives up a pool of 25 children that do not end, and closes its books. The children find that out and " +
    "protest: each hands its results in all the same, seventeen pages at a time, twice a second, for no side has closed " +
    "their channels. A page costs its sender microseconds and the parent 100 ms of honest work, so that a single child " +
    "outruns it, and a turn of its loop takes in what has come for as long as more has come. A Ctrl-C is delivered at " +
    "once, and heeded when the turn is over, minutes later.",
  expected: { verdict: "hung", class: "loop-starved", owner: "supervisor", ctrlC: "ignored" },
  fixedBy: ["channel-abort", "reap"],
  load: "spins",
  params: {
    children: countParam(25, "how many children there are", { min: 1, max: 100 }),
    pages: countParam(17, "how many pages a child hands in at a time", { min: 1, max: 1_000 }),
    work: durationParam("100ms", "how long the parent works on one page"),
  },
  async run({ settleMs, params, note }) {
    const books = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    let open = params.children;
    await openActorNursery(async (actors) => {
      for (let n = 1; n <= params.children; n++) {
        await actors.runInActor(
          `child-${n}`,
          {
            module: import.meta.resolve("../fixtures/children/floods.ts"),
            shared: { closed: books },
            expose: { handIn: (page: string) => merge(page, params.work) },
            onEnd() {
              if (--open === 0) close(books);
            },
          },
          "work",
          params.pages,
        );
      }
      await sleep(settleMs);
      actors.cancel("the supervisor is done");
    });
    note("the pool is gone");
  },
});

function close(books: SharedArrayBuffer): void {
  Atomics.store(new Int32Array(books), 0, 1);
  Atomics.notify(new Int32Array(books), 0);
}

let merged = 0;

/** Works for `ms` milliseconds without a pause. */
function merge(page: string, ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until;) {
    for (let n = 0; n < page.length; n++) merged = (merged * 31 + page.charCodeAt(n)) | 0;
  }
}
