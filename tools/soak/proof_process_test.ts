import { assertEquals } from "@std/assert";
import { checkActorPrograms } from "./proof/check_actor_programs.ts";
import { checkHiddenPrograms } from "./proof/check_hidden_programs.ts";
import { checkPrograms } from "./proof/check_programs.ts";
import { checkReading } from "./proof/check_reading.ts";
import { checkStanding } from "./proof/check_standing.ts";

/** All of it takes minutes: `deno run -A tools/soak/proof.ts --programs 5000 --seed 1`. */
const PROGRAMS = 300;

Deno.test(
  "prove() proves no random program hung that moves again",
  { timeout: 60_000 },
  async () => {
    const counts = await checkPrograms({ programs: PROGRAMS, seed: 20_261_122 });
    assertEquals(counts.falseProofs, []);
    // A prover that never proves anything, or a generator that makes nothing hang, would pass the line above.
    assertEquals(counts.ended > PROGRAMS / 5, true, "programs that end");
    assertEquals(counts.proven > PROGRAMS / 5, true, "programs that hang and are proven to");
    assertEquals(counts.hung > counts.proven, true, "programs that hang and cannot be proven to");
  },
);

Deno.test(
  "classify names no class without a proof whose waits do not stand, beside timers that tick",
  {
    timeout: 60_000,
  },
  async () => {
    const { falseClasses, stood } = await checkStanding({ programs: 60, seed: 1 });
    assertEquals(falseClasses, []);
    assertEquals(
      [(stood["wait-cycle"] ?? 0) > 5, (stood["never-settled"] ?? 0) > 3],
      [true, true],
    );
  },
);

Deno.test("prove() proves no random program of several actors hung that moves again", {
  timeout: 120_000,
}, async () => {
  const counts = await checkActorPrograms({ programs: 10, seed: 1, jobs: 2 });
  assertEquals(counts.falseProofs, []);
  assertEquals([counts.ended > 0, counts.proven > 0], [true, true]);
});

Deno.test("runScenario proves no program hung that hides among noise what wakes it", {
  timeout: 120_000,
}, async () => {
  const counts = await checkHiddenPrograms({ programs: 8, seed: 1, jobs: 2 });
  assertEquals(counts.falseProofs, []);
  assertEquals([counts.woken > 0, counts.proven > 0], [true, true]);
});

Deno.test("foreignSources() finds every call that the engine makes, however it is hidden", () => {
  const counts = checkReading({ texts: 2_000, seed: 1 });
  assertEquals(counts.missed, []);
  // A reading that doubts everything would pass the line above.
  assertEquals([counts.found > 300, counts.clean > 300], [true, true]);
});
