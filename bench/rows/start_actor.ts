/**
 * From nothing to the first answer. Ours: `startActor` and one `portal.run`, with everything that lies between (worker,
 * life lock, spawn spec, import of the served module, handshake, call, answer), all remedies on. Baseline: `new Worker`
 * to the first message that it posts by itself. Comlink: `new Worker`, `wrap`, one call. "imports": a raw worker that
 * loads node:async_hooks first, which is as quick as an actor on it could ever be.
 *
 * Not timed on either side: the end of the worker, which is waited for.
 *
 * @module
 */

import { wrap } from "npm:comlink@4.4.2";
import { openActorNursery, runActors } from "../../mod.ts";
import { currentRuntime } from "../../lib/actor/spawn/runtime.ts";
import { workersGone } from "../../tests/support/spawn_testing.ts";
import { compare, type Figures, type Side, timed } from "../measure.ts";
import type { api } from "../programs/comlink_worker.ts";
import { endRaw, startRaw } from "./workers.ts";

/** A worker that is started and ended, without an actor. */
export function rawWorker(name: string, start: () => Promise<Worker>): Side {
  return {
    name,
    once: async () => {
      const began = performance.now();
      const worker = await start();
      const ms = performance.now() - began;
      await endRaw(worker);
      return ms;
    },
  };
}

/** @param spare whether a spare worker is ready when the start begins */
export function startOf(spare: boolean): Side {
  return {
    name: "unwedge",
    once: () => startOnce(spare),
  };
}

async function startOnce(spare: boolean): Promise<number> {
  let ms = NaN;
  await runActors(() =>
    openActorNursery(async (actors) => {
      await currentRuntime().wiring.spares?.filled();
      ms = await timed(async () => {
        const module = import.meta.resolve("../programs/actor.ts");
        const portal = await actors.startActor("child", { module });
        await portal.run("echo", 1);
      });
      actors.cancel();
    }), spare ? { spare: 1 } : {});
  await workersGone();
  return ms;
}

const comlink = rawWorker("comlink", async () => {
  const url = new URL("../programs/comlink_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  await wrap<typeof api>(worker).echo(1);
  return worker;
});

/** Measures the row. */
export async function measure(): Promise<Figures> {
  const raw = rawWorker("raw worker", () => startRaw("raw_worker.ts"));
  const imports = rawWorker("imports", () => startRaw("imports_worker.ts"));
  return await compare(raw, [startOf(false), imports, comlink], { warmup: 2, rounds: 25 });
}
