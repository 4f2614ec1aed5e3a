/**
 * Round trips, one after the other: the next begins when the answer of the last has been awaited. The same object goes
 * there and comes back on every side; all workers are alive and idle while another is measured.
 *
 * @module
 */

import { wrap } from "npm:comlink@4.4.2";
import { Piscina } from "npm:piscina@5.1.3";
import workerpool from "npm:workerpool@9.3.4";
import { compare, type Figures, type Side, timed } from "../measure.ts";
import type { api } from "../programs/comlink_worker.ts";
import { startRaw, withActor } from "./workers.ts";

const TRIPS = 500;
const MESSAGE = {
  id: 7,
  kind: "query",
  body: { key: "value", list: [1, 2, 3], text: "x".repeat(100) },
};

/** Measures the row. */
export async function measure(): Promise<Figures> {
  const rawWorker = await startRaw("raw_worker.ts");
  const comlinkUrl = new URL("../programs/comlink_worker.ts", import.meta.url);
  const comlinkWorker = new Worker(comlinkUrl, { type: "module" });
  const remote = wrap<typeof api>(comlinkWorker);
  const comlink = trips("comlink", () => remote.echo(MESSAGE));
  const pools = startPools();
  const piscina = trips("piscina", () => pools.piscina.run(MESSAGE));
  const workerpool = trips("workerpool", () => pools.workerpool.exec("echo", [MESSAGE]));
  const raw = trips("raw postMessage", () =>
    new Promise((resolve) => {
      rawWorker.onmessage = ({ data }) => resolve(data);
      rawWorker.postMessage(MESSAGE);
    }));
  const measured = await withActor("actor.ts", (portal) => {
    const ours = trips("unwedge", () => portal.run("echo", MESSAGE));
    return compare(raw, [ours, comlink, piscina, workerpool], { warmup: 4, rounds: 31, most: 91 });
  });
  await Promise.all([pools.piscina.destroy(), pools.workerpool.terminate()]);
  for (const worker of [rawWorker, comlinkWorker]) worker.terminate();
  return measured;
}

/** Pools of one worker, each in a `node:worker_threads` worker. */
function startPools() {
  const piscina = new Piscina({
    filename: new URL("../programs/pool_worker.mjs", import.meta.url).href,
    minThreads: 1,
    maxThreads: 1,
  });
  const file = new URL("../programs/workerpool_worker.mjs", import.meta.url);
  const one = { minWorkers: 1, maxWorkers: 1, workerType: "thread" } as const;
  return { piscina, workerpool: workerpool.pool(file.pathname, one) };
}

function trips(name: string, trip: () => Promise<unknown>): Side {
  return {
    name,
    once: () =>
      timed(async () => {
        let last: unknown;
        for (let i = 0; i < TRIPS; i++) last = await trip();
        if (JSON.stringify(last) !== JSON.stringify(MESSAGE)) {
          throw new Error(`${name} answered ${JSON.stringify(last)}`);
        }
      }),
  };
}
