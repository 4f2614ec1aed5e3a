/**
 * How much the heap grows for each of 20,000 tasks that wait for one event, after a collection. Each side is a process
 * of its own, because none is to find the heap of another. The tasks run one arrow function that returns the wait: what
 * is counted is the task, the wait, where both were entered, and what the platform keeps for them.
 *
 * Beside it, the same way: an async function that awaits a promise, the same inside of an AsyncLocalStorage of its own
 * (the platform's price for a context), Effect's fiber on a deferred.
 *
 * @module
 */

import { absoluteFigures, type Figures, median, spreadOf } from "../measure.ts";
import type { Kind } from "../programs/parked.ts";

const RUNS = 3;

async function bytesOf(kind: Kind): Promise<number> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--v8-flags=--expose-gc",
      new URL("../programs/parked.ts", import.meta.url).href,
      kind,
    ],
    stdin: "null",
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return Number(new TextDecoder().decode(stdout));
}

/** Measures the row. */
export async function measure(): Promise<Figures> {
  const ours: number[] = [];
  for (let run = 0; run < RUNS; run++) ours.push(await bytesOf("unwedge"));
  const peers = [];
  for (const kind of ["bare", "context", "effect"] as const) {
    const bytes: number[] = [];
    for (let run = 0; run < RUNS; run++) bytes.push(await bytesOf(kind));
    peers.push({ name: kind, value: median(bytes), spread: spreadOf(bytes) });
  }
  return { ...absoluteFigures(ours), peers };
}
