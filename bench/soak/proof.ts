/**
 * Looks for false proofs: random programs, each asked about again and again while it runs, and then waited for. Most of
 * them in this isolate; some with actors, each in a process of its own; some that hide what wakes them; and texts, to
 * hold the reading of sources against the engine.
 *
 *     deno run -A bench/soak/proof.ts --programs 5000 --actors 300 --hidden 100 --texts 5000 --seed 1
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { checkActorPrograms } from "./proof/check_actor_programs.ts";
import { checkHiddenPrograms } from "./proof/check_hidden_programs.ts";
import { checkPrograms } from "./proof/check_programs.ts";
import { checkReading } from "./proof/check_reading.ts";

if (import.meta.main) {
  const flags = parseArgs(Deno.args, {
    string: ["programs", "actors", "hidden", "texts", "seed", "jobs"],
  });
  const programs = Number(flags.programs ?? 5_000);
  const actors = Number(flags.actors ?? 0);
  const jobs = Number(flags.jobs ?? 2);
  const seed = Number(flags.seed ?? Date.now() % 1_000_000);
  console.error(`${programs} programs and ${actors} with actors, from seed ${seed}`);
  const single = await checkPrograms({
    programs,
    seed,
    onProgress: (done) => {
      if (done % 500 === 0) console.error(`${done} of ${programs}`);
    },
  });
  const several = await checkActorPrograms({ programs: actors, seed, jobs });
  const hidden = await checkHiddenPrograms({ programs: Number(flags.hidden ?? 0), seed, jobs });
  const texts = checkReading({ texts: Number(flags.texts ?? 0), seed });
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
    hidden,
    texts,
  };
  console.log(JSON.stringify(report, null, 2));
  const wrong = [single.falseProofs, several.falseProofs, hidden.falseProofs, texts.missed];
  if (wrong.some((each) => each.length > 0)) Deno.exitCode = 1;
}
