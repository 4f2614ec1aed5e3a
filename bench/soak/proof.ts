/**
 * Looks for false proofs: random programs, each asked about again and again while it runs, and then waited for. Most of
 * them in this isolate; some with actors, each in a process of its own.
 *
 *     deno run -A bench/soak/proof.ts --programs 5000 --actors 300 --seed 1
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { checkActorPrograms } from "./proof/check_actor_programs.ts";
import { checkPrograms } from "./proof/check_programs.ts";

if (import.meta.main) {
  const flags = parseArgs(Deno.args, { string: ["programs", "actors", "seed", "jobs"] });
  const programs = Number(flags.programs ?? 5_000);
  const actors = Number(flags.actors ?? 0);
  const seed = Number(flags.seed ?? Date.now() % 1_000_000);
  console.error(`${programs} programs and ${actors} with actors, from seed ${seed}`);
  const single = await checkPrograms({
    programs,
    seed,
    onProgress: (done) => {
      if (done % 500 === 0) console.error(`${done} of ${programs}`);
    },
  });
  const several = await checkActorPrograms({
    programs: actors,
    seed,
    jobs: Number(flags.jobs ?? 2),
  });
  const { latencies } = several;
  const report = {
    seed,
    programs: { ...single, reasons: Object.fromEntries(single.reasons) },
    actors: {
      ...several,
      reasons: Object.fromEntries(several.reasons),
      latencies: {
        medianMs: latencies[Math.floor(latencies.length / 2)] ?? null,
        mostMs: latencies.at(-1) ?? null,
      },
    },
  };
  console.log(JSON.stringify(report, null, 2));
  if (single.falseProofs.length + several.falseProofs.length > 0) Deno.exitCode = 1;
}
