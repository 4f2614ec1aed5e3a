/**
 * Pools of healthy, idle actors that are torn down together, from the cancel until the outermost nursery has returned:
 * by then every thread is proven gone. A pool of which one was ended by force is a failure, not a figure. Growing the
 * pools is not timed.
 *
 * @module
 */

import { type ActorEnd, openActorNursery, openNursery, runActors } from "../../mod.ts";
import { workersGone } from "../../tests/support/spawn_testing.ts";
import type { Side } from "../measure.ts";

/** A pool of actors. */
export function actors(size: number): Side {
  return {
    name: `${size} actors`,
    once: async () => {
      const module = import.meta.resolve("../programs/actor.ts");
      const ends: ActorEnd[] = [];
      const onEnd = (end: ActorEnd) => void ends.push(end);
      let began = NaN;
      await runActors(() =>
        openActorNursery(async (actors) => {
          await openNursery((starting) => {
            for (let n = 0; n < size; n++) {
              starting.spawn(() => actors.startActor("child", { module, onEnd }));
            }
          });
          began = performance.now();
          actors.cancel("teardown is what is measured");
        })
      );
      const ms = performance.now() - began;
      const soft = ends.filter((end) => end.kind === "ended" && end.by === "soft-kill").length;
      if (soft !== size) throw new Error(`${soft} of ${size} actors ended when they were asked to`);
      await workersGone();
      return ms;
    },
  };
}
