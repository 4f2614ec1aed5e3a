import { assert, assertEquals } from "@std/assert";
import { checkWaits } from "./waits/check_waits.ts";

/** More of them: `deno run -A tools/soak/waits.ts --programs 5000 --seed 1`. */
const PROGRAMS = 150;

Deno.test(
  "NeverSettled proves no promise of a random program that settles, and most that do not",
  { timeout: 90_000 },
  async () => {
    const { falseProofs, proven, stayed, settled } = await checkWaits({
      programs: PROGRAMS,
      batch: PROGRAMS,
      seed: 20_261_128,
      timerMs: 1_500,
    });
    assertEquals(falseProofs, []);
    // Else a prover that never proves anything would pass, or a generator in which nothing hangs, or everything.
    assert(proven > stayed / 2 && settled > PROGRAMS, `${proven} of ${stayed}, ${settled} settled`);
  },
);
