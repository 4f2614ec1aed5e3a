/**
 * Teardown of a pool of 25 stuck actors beside that of one, from the cancel until the outermost nursery has returned;
 * by then every thread is proven gone. All remedies on, bounds as in the scenario `mass-abandon`. Growing the pools is
 * not timed.
 *
 * Both wait for the whole soft kill, so the ratio shows whether the waits of many overlap. What is left above 1 is the
 * work of dismantling the isolates, most of it `malloc_trim`, which the platform calls for each
 * (docs/teardown-cost.md).
 *
 * @module
 */

import { openActorNursery, openNursery, runActors } from "../../mod.ts";
import { workersGone } from "../../tests/support/spawn_testing.ts";
import { compare, type Figures, type Side } from "../measure.ts";

const SOFT_KILL_MS = 500;

function pool(size: number): Side {
  return {
    name: `${size} stuck`,
    once: async () => {
      let began = NaN;
      await runActors(() =>
        openActorNursery(async (actors) => {
          const module = import.meta.resolve("../../fixtures/children/zoo.ts");
          await openNursery((starting) => {
            for (let n = 0; n < size; n++) {
              starting.spawn(() => actors.runInActor("child", { module }, "block"));
            }
          });
          began = performance.now();
          actors.cancel("teardown is what is measured");
        }), { softKillMs: SOFT_KILL_MS, reap: true });
      const ms = performance.now() - began;
      await workersGone();
      return ms;
    },
  };
}

/** Measures the row. */
export async function measure(): Promise<Figures> {
  return await compare(pool(1), [pool(25)], { warmup: 1, rounds: 7 });
}
