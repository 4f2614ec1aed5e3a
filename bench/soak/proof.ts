/**
 * Looks for false proofs: random programs, each asked about again and again while it runs, and then waited for.
 *
 *     deno run -A bench/soak/proof.ts --programs 5000 --seed 1
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { checkPrograms } from "./proof/check_programs.ts";

if (import.meta.main) {
  const flags = parseArgs(Deno.args, { string: ["programs", "seed"] });
  const programs = Number(flags.programs ?? 5_000);
  const seed = Number(flags.seed ?? Date.now() % 1_000_000);
  console.error(`${programs} programs from seed ${seed}`);
  const counts = await checkPrograms({
    programs,
    seed,
    onProgress: (done) => {
      if (done % 500 === 0) console.error(`${done} of ${programs}`);
    },
  });
  console.log(
    JSON.stringify({ ...counts, seed, reasons: Object.fromEntries(counts.reasons) }, null, 2),
  );
  if (counts.falseProofs.length > 0) Deno.exitCode = 1;
}
