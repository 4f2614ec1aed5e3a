/**
 * Large values there and back. The same value goes both ways on every side, made before it is timed; three kinds, of
 * which the one that compares worst is the figure, and the others stand beside it.
 *
 * @module
 */

import type { Portal } from "../../mod.ts";
import { compare, type Figures, type Side, timed } from "../measure.ts";
import { startRaw, withActor } from "./workers.ts";

const KINDS: Readonly<Record<string, (bytes: number) => unknown>> = {
  text: (bytes) => "unwedge ".repeat(bytes / 8),
  bytes: (bytes) => new Uint8Array(bytes).fill(7),
  // About a hundred bytes each.
  objects: (bytes) =>
    Array.from({ length: bytes / 100 }, (_, id) => ({
      id,
      name: `object ${id}`,
      tags: ["one", "two"],
      at: { x: id, y: 0.5 },
    })),
};

/** Measures values of about `bytes` bytes. */
export async function measureBulk(bytes: number, rounds: number): Promise<Figures> {
  const worker = await startRaw("raw_worker.ts");
  const all = await withActor("actor.ts", async (portal) => {
    const measured: (Figures & { readonly kind: string })[] = [];
    for (const [kind, make] of Object.entries(KINDS)) {
      const value = make(bytes);
      const figures = await compare(raw(worker, value), [ours(portal, value)], {
        warmup: 3,
        rounds,
        most: 2 * rounds,
      });
      measured.push({ ...figures, kind });
    }
    return measured;
  });
  worker.terminate();
  const [worst, ...others] = all.sort((a, b) => b.value - a.value);
  if (worst === undefined) throw new Error("nothing was measured");
  return {
    ...worst,
    peers: [
      { name: `(${worst.kind})`, value: worst.value, spread: worst.spread },
      ...others.map(({ kind, value, spread }) => ({ name: kind, value, spread })),
    ],
  };
}

function raw(worker: Worker, value: unknown): Side {
  return echo("raw postMessage", value, () =>
    new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.postMessage(value);
    }));
}

function ours(portal: Portal, value: unknown): Side {
  return echo("unwedge", value, () => portal.run("echo", value));
}

function echo(name: string, value: unknown, trip: () => Promise<unknown>): Side {
  return {
    name,
    once: async () => {
      let back: unknown;
      const ms = await timed(async () => back = await trip());
      if (sizeOf(back) !== sizeOf(value)) throw new Error(`${name} answered something else`);
      return ms;
    },
  };
}

function sizeOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "length" in value
    ? value.length
    : String(value).length;
}
