/** Pools of healthy actors that end together, of several sizes: none may be ended by force. @module */

import { type ActorEnd, openActorNursery, openNursery, runActors } from "../../mod.ts";
import type { Row } from "./row.ts";

const SIZES = [16, 32, 64, 96];

/** How long the cleanup of each takes. */
const CLEANUP_MS = [0, 200];

/**
 * Tears each pool down `runs` times.
 *
 * @yields a row for each size and cleanup: the times, and every actor that was ended by force
 */
export async function* soakHealthyPools(runs: number): AsyncIterable<Row> {
  for (const size of SIZES) {
    for (const cleanupMs of CLEANUP_MS) {
      const times: number[] = [];
      const wrong: string[] = [];
      for (let run = 0; run < runs; run++) times.push(await tearDown(size, cleanupMs, wrong));
      times.sort((a, b) => a - b);
      const [least, median, most] = [0, times.length >> 1, times.length - 1].map((at) =>
        Math.round(times[at] ?? NaN)
      );
      const name = `${size} actors that clean up for ${cleanupMs} ms, ${runs} times`;
      yield { name, said: `${median} ms (${least} to ${most})`, wrong };
    }
  }
}

async function tearDown(size: number, cleanupMs: number, wrong: string[]): Promise<number> {
  let began = NaN;
  const module = import.meta.resolve("../../fixtures/children/tidy.ts");
  const onEnd = (end: ActorEnd) => {
    const by = end.kind === "ended" ? end.by : end.kind;
    if (by !== "soft-kill") wrong.push(`an actor of ${size} was ended by ${by}`);
  };
  await runActors(() =>
    openActorNursery(async (actors) => {
      await openNursery((starting) => {
        for (let n = 0; n < size; n++) {
          starting.spawn(async () => {
            const portal = await actors.startActor(`tidy-${n}`, { module, onEnd });
            await portal.run("begin", cleanupMs);
          });
        }
      });
      began = performance.now();
      actors.cancel("the pool has nothing left to do");
    }), { handleSigint: false });
  return performance.now() - began;
}
