/**
 * The end of a worker's thread. Ours: a worker stuck in `Atomics.wait`, from the decision for the hard kill until its
 * thread is gone from /proc. Baseline: `terminate()` of a raw idle worker until its thread is gone; of a stuck one it
 * never goes. Both threads are looked for in the same way, once a millisecond.
 *
 * The inspector of this process is closed again after each teardown, so each reaping opens it anew, as a user's first
 * one does; by design it is armed in the second half of the soft kill's time.
 *
 * @module
 */

import { setObserver } from "../../lib/actor/identity.ts";
import { openActorNursery, runActors } from "../../mod.ts";
import { readThread } from "../../lib/os/proc.ts";
import { nextTurn, workerTids } from "../../tests/support/spawn_testing.ts";
import { compare, type Figures, type Side } from "../measure.ts";
import { startRaw } from "./workers.ts";

const SOFT_KILL_MS = 300;

const idle: Side = {
  name: "terminate() idle",
  once: async () => {
    const worker = await startRaw("raw_worker.ts");
    const tid = onlyWorker();
    const began = performance.now();
    worker.terminate();
    await threadGone(tid);
    return performance.now() - began;
  },
};

function reaping(name: string, fn: "block" | "spin"): Side {
  return {
    name,
    once: async () => {
      const hardKill = Promise.withResolvers<number>();
      setObserver((body) => {
        if (body.kind === "rung" && body.rung === "hard-kill" && body.step === "asked") {
          hardKill.resolve(performance.now());
        }
      });
      const gone = Promise.withResolvers<number>();
      await runActors(() =>
        openActorNursery(async (actors) => {
          const module = import.meta.resolve("../../fixtures/children/zoo.ts");
          const portal = await actors.startActor("child", { module });
          const tid = onlyWorker();
          // Its answer never comes; teardown breaks the channel under it.
          const call = portal.run(fn).catch(() => {});
          hardKill.promise.then(() => threadGone(tid)).then(() => gone.resolve(performance.now()));
          actors.cancel();
          await call;
        }), { softKillMs: SOFT_KILL_MS, reap: true });
      setObserver(null);
      return await gone.promise - await hardKill.promise;
    },
  };
}

function onlyWorker(): number {
  const [tid, ...others] = workerTids().values();
  if (tid === undefined || others.length > 0) throw new Error("there is not exactly one worker");
  return tid;
}

async function threadGone(tid: number): Promise<void> {
  while (readThread(Deno.pid, tid) !== null) await nextTurn();
}

/** Measures the row. */
export async function measure(): Promise<Figures> {
  return await compare(idle, [reaping("unwedge", "block"), reaping("spinning", "spin")], {
    warmup: 2,
    rounds: 15,
  });
}
