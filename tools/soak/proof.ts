/**
 * Looks for false proofs: random programs, each asked about again and again while it runs, and then waited for. Most of
 * them in this isolate; some with actors, each in a process of its own; some that hide what wakes them; and texts, to
 * hold the reading of sources against the engine. And for classes that were named without a proof of what did not stand:
 * programs beside whose hang timers go on ticking.
 *
 *     deno run -A tools/soak/proof.ts --programs 5000 --actors 300 --hidden 100 --texts 5000 --ticking 1000 --seed 1
 *
 * @module
 */

import { flagsOrExit } from "../flags.ts";
import { checkActorPrograms } from "./proof/check_actor_programs.ts";
import { checkHiddenPrograms } from "./proof/check_hidden_programs.ts";
import { checkPrograms } from "./proof/check_programs.ts";
import { checkReading } from "./proof/check_reading.ts";
import { checkStanding } from "./proof/check_standing.ts";

if (import.meta.main) {
  const flags = flagsOrExit("Usage: deno run -A tools/soak/proof.ts [flags]", {
    programs: { kind: "count", default: 5_000, min: 0, about: "random programs in one isolate" },
    actors: { kind: "count", default: 0, min: 0, about: "programs with actors" },
    hidden: { kind: "count", default: 0, min: 0, about: "programs that hide what wakes them" },
    texts: { kind: "count", default: 0, min: 0, about: "texts whose reading is checked" },
    ticking: { kind: "count", default: 0, min: 0, about: "programs that hang beside timers" },
    seed: {
      kind: "count",
      default: null,
      min: 0,
      about: "what they are made from (default: time)",
    },
    jobs: { kind: "count", default: 2, about: "processes at once" },
  });
  const { programs, actors, jobs } = flags;
  const seed = flags.seed ?? Date.now() % 1_000_000;
  console.error(`${programs} programs and ${actors} with actors, from seed ${seed}`);
  const single = await checkPrograms({
    programs,
    seed,
    onProgress: (done) => {
      if (done % 500 === 0) console.error(`${done} of ${programs}`);
    },
  });
  const several = await checkActorPrograms({ programs: actors, seed, jobs });
  const hidden = await checkHiddenPrograms({ programs: flags.hidden, seed, jobs });
  const texts = checkReading({ texts: flags.texts, seed });
  const ticking = await checkStanding({ programs: flags.ticking, seed });
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
    ticking,
  };
  console.log(JSON.stringify(report, null, 2));
  const wrong = [single.falseProofs, several.falseProofs, hidden.falseProofs, texts.missed];
  if (wrong.some((each) => each.length > 0) || ticking.falseClasses.length > 0) Deno.exitCode = 1;
}
