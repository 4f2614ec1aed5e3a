/**
 * Teardown of a healthy tree, from the cancel at the root until the outermost nursery has returned; by then every
 * worker thread is proven gone. All remedies on. Growing the trees is not timed (on Deno 2.9 a nested worker takes
 * 500 ms to start).
 *
 * Depth 3, breadth 2 is 2 + 4 + 8 = 14 actors. The baseline has the same 14 actors, all at depth 1: what the ratio
 * shows is what the levels cost. Beside it, for information, a tree of depth 1 with breadth 2, which has 2 actors: the
 * platform alone takes 4 to 9 times as long to end 14 idle raw workers as to end 2 (two cores, terminate() and
 * self.close()).
 *
 * @module
 */

import { openActorNursery, runActors } from "../../mod.ts";
import { growIn } from "../../fixtures/children/boss.ts";
import { workersGone, workerThreads } from "../../tests/support/spawn_testing.ts";
import { compare, type Figures, type Side } from "../measure.ts";

function tree(depth: number, breadth: number, actorsInAll: number): Side {
  return {
    name: `${actorsInAll} actors at depth ${depth}`,
    once: async () => {
      let began = NaN;
      let standing = 0;
      await runActors(async () => {
        await openActorNursery((actors) =>
          growIn(actors, depth, breadth, () => {
            standing = workerThreads().length;
            began = performance.now();
            actors.cancelScope.cancel("teardown is what is measured");
          })
        );
      });
      const ms = performance.now() - began;
      if (standing !== actorsInAll) {
        throw new Error(`${standing} workers stood, not ${actorsInAll}`);
      }
      await workersGone();
      return ms;
    },
  };
}

/** Measures the row. */
export async function measure(): Promise<Figures> {
  return await compare(tree(1, 14, 14), [tree(3, 2, 14), tree(1, 2, 2)], { warmup: 1, rounds: 11 });
}
