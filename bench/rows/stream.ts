/**
 * Small messages one way, from the worker to its parent, as fast as they go. Timed from the request until the last one
 * has been read. Ours has backpressure (the writer waits when 256 are unread) and a task on each side; the baseline has
 * neither: the worker posts all of them in one loop.
 *
 * @module
 */

import type { Portal } from "../../mod.ts";
import { compare, type Figures, type Side, timed } from "../measure.ts";
import type { Produce } from "../programs/raw_worker.ts";
import { startRaw, withActor } from "./workers.ts";

const MESSAGES = 20_000;

/** Measures the row. */
export async function measure(): Promise<Figures> {
  const worker = await startRaw("raw_worker.ts");
  const measured = await withActor(
    "actor.ts",
    (portal) => compare(raw(worker), [ours(portal)], { warmup: 4, rounds: 25, rate: true }),
  );
  worker.terminate();
  return measured;
}

function raw(worker: Worker): Side {
  return {
    name: "raw postMessage",
    once: () =>
      timed(() =>
        new Promise<void>((resolve, reject) => {
          let read = 0;
          worker.onmessage = ({ data }) => {
            if (data.seq !== read) reject(new Error(`message ${data.seq} came as number ${read}`));
            if (++read === MESSAGES) resolve();
          };
          worker.postMessage({ count: MESSAGES } satisfies Produce);
        })
      ),
  };
}

function ours(portal: Portal): Side {
  return {
    name: "unwedge",
    once: () =>
      timed(() =>
        portal.openContext("produce", [MESSAGES], async (context) => {
          let read = 0;
          for await (const value of context) {
            if (!isNumber(value, read++)) throw new Error(`message ${read} is ${value}`);
          }
          if (read !== MESSAGES) throw new Error(`${read} of ${MESSAGES} messages came`);
        })
      ),
  };
}

function isNumber(value: unknown, seq: number): boolean {
  return typeof value === "object" && value !== null && "seq" in value && value.seq === seq;
}
