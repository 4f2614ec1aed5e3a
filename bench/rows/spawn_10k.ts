/**
 * 10,000 tasks that each reach one checkpoint and end. Timed on every side: entering the runtime, making the 10,000
 * functions or effects, running them all at once, joining them, leaving the runtime.
 *
 * @module
 */

import { Effect } from "npm:effect@4.1.0";
import { run as runOperation, sleep as sleepOperation, spawn } from "npm:effection@4.1.1";
import { openNursery } from "../../lib/actor/nursery.ts";
import { run } from "../../lib/actor/run.ts";
import { sleep } from "../../lib/actor/sleep.ts";
import { compare, type Figures, type Side, timed } from "../measure.ts";

const TASKS = 10_000;

const ours: Side = {
  name: "unwedge",
  once: () =>
    timed(() =>
      run(() =>
        openNursery((nursery) => {
          for (let i = 0; i < TASKS; i++) nursery.spawn(() => sleep(0));
        })
      )
    ),
};

const effect: Side = {
  name: "effect",
  once: () =>
    timed(() => {
      const tasks = Array.from({ length: TASKS }, () => Effect.sleep(0));
      // Without `discard` Effect would also collect 10,000 results, which a nursery does not.
      return Effect.runPromise(Effect.all(tasks, { concurrency: "unbounded", discard: true }));
    }),
};

const effection: Side = {
  name: "effection",
  once: () =>
    timed(() =>
      runOperation(function* () {
        const tasks = [];
        for (let i = 0; i < TASKS; i++) tasks.push(yield* spawn(() => sleepOperation(0)));
        for (const task of tasks) yield* task;
      })
    ),
};

/** What JavaScript offers without a tree, cancellation or a dump. */
const promises: Side = {
  name: "bare promises",
  once: () =>
    timed(() =>
      Promise.all(
        Array.from({ length: TASKS }, () => new Promise<void>((done) => setTimeout(done, 0))),
      )
    ),
};

/** Measures the row. */
export async function measure(): Promise<Figures> {
  return await compare(effect, [ours, effection, promises], { warmup: 5, rounds: 21 });
}
