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
import { compare, type Side, timed } from "../measure.ts";
import { type Figures, timeFigures } from "../row.ts";

const TASKS = 10_000;

/** Counts the tasks that were really unwound, so that no side is credited with work it has not done. */
class Census {
  #unwound = 0;

  readonly leave = (): void => {
    this.#unwound++;
  };

  assertAll(): void {
    if (this.#unwound !== TASKS) throw new Error(`${this.#unwound} of ${TASKS} tasks were unwound`);
  }
}

const ours: Side = {
  name: "unwedge",
  once: async () => {
    const census = new Census();
    let began = 0;
    await run(() =>
      openNursery(async (nursery) => {
        for (let i = 0; i < TASKS; i++) {
          nursery.spawn(async () => {
            try {
              await sleepForever();
            } finally {
              census.leave();
            }
          });
        }
        await sleep(0);
        began = performance.now();
        nursery.cancelScope.cancel();
      })
    );
    const ms = performance.now() - began;
    census.assertAll();
    return ms;
  },
};

const effection: Side = {
  name: "effection",
  once: async () => {
    const census = new Census();
    const parked = Promise.withResolvers<void>();
    const root = runOperation(function* () {
      for (let i = 0; i < TASKS; i++) {
        yield* spawn(function* () {
          try {
            yield* suspend();
          } finally {
            census.leave();
          }
        });
      }
      parked.resolve();
      yield* suspend();
    });
    await parked.promise;
    const ms = await timed(() => root.halt());
    census.assertAll();
    return ms;
  },
};

const effect: Side = {
  name: "effect",
  once: async () => {
    const census = new Census();
    const task = Effect.ensuring(Effect.never, Effect.sync(census.leave));
    const all = Effect.all(Array.from({ length: TASKS }, () => task), {
      concurrency: "unbounded",
      discard: true,
    });
    const root = Effect.runFork(all);
    await new Promise<void>((done) => setTimeout(done, 0));
    const ms = await timed(() => Effect.runPromise(Fiber.interrupt(root)));
    census.assertAll();
    return ms;
  },
};

/** Measures the row. */
export async function measure(): Promise<Figures> {
  // Effection takes seconds a round: few rounds, and the ratio is far from its bound.
  return timeFigures(await compare(effection, [ours, effect], { warmup: 1, rounds: 7 }));
}
