/**
 * The start of an actor in a spare worker that is ready, timed as in `start_actor.ts`. Not timed: the start of the spare,
 * and of the one that takes its place.
 *
 * @module
 */

import { compare, type Figures } from "../measure.ts";
import { rawWorker, startOf } from "./start_actor.ts";
import { startRaw } from "./workers.ts";

/** Measures the row. */
export async function measure(): Promise<Figures> {
  const raw = rawWorker("raw worker", () => startRaw("raw_worker.ts"));
  const cold = { ...startOf(false), name: "cold" };
  return await compare(raw, [startOf(true), cold], { warmup: 2, rounds: 15 });
}
