/**
 * Looks for waits that are said to be proven without end, and end: see `waits/check_waits.ts`.
 *
 *     deno run -A tools/soak/waits.ts --programs 5000 --seed 1 [--node]
 *
 * @module
 */

import { flagsOrExit } from "../flags.ts";
import { checkWaits } from "./waits/check_waits.ts";

if (import.meta.main) {
  const { programs, batch, seed, node } = flagsOrExit(
    "Usage: deno run -A tools/soak/waits.ts [flags]",
    {
      programs: { kind: "count", default: 5_000, about: "random programs" },
      batch: { kind: "count", default: 250, about: "programs that share a process" },
      seed: { kind: "count", default: 1, min: 0, about: "what they are made from" },
      node: { kind: "switch", about: "under the Node on PATH, and not Deno" },
    },
  );
  const counts = await checkWaits({
    programs,
    batch,
    seed,
    runtime: node ? "node" : "deno",
    onProgress: (done) => console.error(`${done} of ${programs}`),
  });
  const { places, ...totals } = counts;
  for (const [place, { stayed, proven, settled }] of [...places].toSorted()) {
    console.error(`${place}: ${proven} of ${stayed} that stayed are proven; ${settled} settled`);
  }
  console.log(JSON.stringify(totals, null, 2));
  Deno.exit(counts.falseProofs.length === 0 ? 0 : 1);
}
