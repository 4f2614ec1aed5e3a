/**
 * 10,000 tasks wait forever, each for itself; then they are cancelled as one. Timed on every side: from the request
 * until everything has ended and been joined. Making and parking the tasks is not timed.
 *
 * @module
 */

import { Effect, Fiber } from "npm:effect@4.1.0";
import { run as runOperation, spawn, suspend } from "npm:effection@4.1.1";
import { openNursery } from "../../lib/actor/nursery.ts";
import { run } from "../../lib/actor/run.ts";
import { sleep, sleepForever } from "../../lib/actor/sleep.ts";
import { compare, type Figures, type Side, timed } from "../measure.ts";

const TASKS = 10_000;

/**
 * A side that says what it took to cancel. It calls `leave` for each task that is really unwound, so that no side is
 * credited with work it has not done.
 */
function cancelling(name: string, cancel: (leave: () => void) => Promise<number>): Side {
  return {
    name,
    once: async () => {
      let unwound = 0;
      const ms = await cancel(() => unwound++);
      if (unwound !== TASKS) throw new Error(`${unwound} of ${TASKS} tasks were unwound`);
      return ms;
    },
  };
}

const ours = cancelling("unwedge", async (leave) => {
  let began = 0;
  await run(() =>
    openNursery(async (nursery) => {
      for (let i = 0; i < TASKS; i++) {
        nursery.spawn(async () => {
          try {
            await sleepForever();
          } finally {
            leave();
          }
        });
      }
      await sleep(0);
      began = performance.now();
      nursery.cancelScope.cancel();
    })
  );
  return performance.now() - began;
});

const effection = cancelling("effection", async (leave) => {
  const parked = Promise.withResolvers<void>();
  const root = runOperation(function* () {
    for (let i = 0; i < TASKS; i++) {
      yield* spawn(function* () {
        try {
          yield* suspend();
        } finally {
          leave();
        }
      });
    }
    parked.resolve();
    yield* suspend();
  });
  await parked.promise;
  return await timed(() => root.halt());
});

const effect = cancelling("effect", async (leave) => {
  const task = Effect.ensuring(Effect.never, Effect.sync(leave));
  const all = Effect.all(Array.from({ length: TASKS }, () => task), {
    concurrency: "unbounded",
    discard: true,
  });
  const root = Effect.runFork(all);
  await new Promise<void>((done) => setTimeout(done, 0));
  return await timed(() => Effect.runPromise(Fiber.interrupt(root)));
});

/** Measures the row. */
export async function measure(): Promise<Figures> {
  // Effection takes seconds a round: few rounds, and the ratio is far from its bound.
  return await compare(effection, [ours, effect], { warmup: 1, rounds: 7 });
}
