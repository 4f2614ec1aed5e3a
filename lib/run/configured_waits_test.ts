import { FACTS } from "../../tests/support/scenario_facts.ts";
import { assertEquals } from "@std/assert";
import { FINISHED, HUNG, LEAKED, STARVED } from "../../tests/support/attempts.ts";
import type { ScenarioFacts } from "../protocol/journal_event.ts";
import type { Attempt } from "../model/result.ts";
import { configuredMs, SPINNERS, type TimedRun, waitsOf } from "./configured_waits.ts";

const TIMES: ScenarioFacts = {
  ...FACTS,
  settleMs: 200,
  softKillMs: 500,
  hardKillMs: 600,
  deadlineMs: 5_000,
};

function run(attempt: Attempt, given: Partial<TimedRun> = {}): TimedRun {
  return {
    name: "x",
    spins: false,
    facts: TIMES,
    attempt: { ...attempt, deadlineMs: 5_000 },
    request: {
      settleMs: null,
      softKillMs: null,
      hardKillMs: null,
      graceMs: 2_000,
      samples: 2,
      sampleGapMs: 250,
    },
    durationMs: 60_000,
    ...given,
  };
}

Deno.test("configuredMs of a hang: settle, deadline, the gap between two looks, grace", () => {
  // Freed by Ctrl-C, its process stayed: one grace period.
  assertEquals(configuredMs(run(HUNG)), 200 + 5_000 + 250 + 2_000);
  // Freed by Ctrl-C, and it went by itself.
  assertEquals(configuredMs(run({ ...HUNG, subjectExit: "0" })), 200 + 5_000 + 250);
  // Not acted on; then main was freed from outside, and the process stayed.
  assertEquals(configuredMs(run(STARVED)), 200 + 5_000 + 250 + 2_000 + 2_000);
  // Not tried.
  assertEquals(configuredMs(run({ ...HUNG, sigint: null, dump: null })), 200 + 5_000);
});

Deno.test("configuredMs of a proven hang does not count the deadline, only bounds that ran out", () => {
  const proven = run({ ...HUNG, proven: true, subjectExit: "0" });
  assertEquals(configuredMs(proven), 200 + 500 + 250);
  // Unless it was waited for all the same.
  const awaited = { ...proven, request: { ...proven.request, awaitDeadline: true } };
  assertEquals(configuredMs(awaited), 200 + 5_000 + 250);
});

Deno.test("configuredMs of a leak waits for the exit", () => {
  assertEquals(configuredMs(run({ ...LEAKED, subjectExit: null })), 200 + 5_000 + 250 + 2_000);
});

Deno.test("configuredMs of a finish: settle and each bound that ran out, once for all children", () => {
  assertEquals(configuredMs(run(FINISHED)), 200);
  const rung = { askedMs: 0, ackedMs: null, effectMs: 1 };
  const ladder = ["a", "b"].flatMap((actor) => [
    { ...rung, actor, rung: "soft-kill", effect: "no-answer" } as const,
    { ...rung, actor, rung: "hard-kill", effect: "ended" } as const,
  ]);
  assertEquals(configuredMs(run({ ...FINISHED, ladder })), 200 + 500);
});

Deno.test("configuredMs is never more than the run took", () => {
  assertEquals(configuredMs(run(HUNG, { durationMs: 300 })), 300);
});

Deno.test("waitsOf adds up what spins, and takes the longest of the rest alone", () => {
  const light = run(FINISHED, { name: "light", durationMs: 300 });
  const spinning = run(HUNG, { spins: true, durationMs: 7_650 });
  const slower = run(HUNG, { spins: true, durationMs: 8_000 });
  const spinners = Array.from({ length: 2 * SPINNERS - 1 }, () => spinning);
  const { chainMs, chain, wallMs } = waitsOf([light, ...spinners, slower], 16_000);
  // Twice the configured waits, each with the least that was measured beside them: 200 ms.
  assertEquals([chainMs, wallMs], [2 * 7_650, 16_000]);
  assertEquals(chain, `${2 * SPINNERS} runs that spin, ${SPINNERS} at a time`);
  const single = waitsOf([light, { ...slower, name: "hung", spins: false }], 9_000);
  assertEquals([single.chainMs, single.chain], [8_000, "the longest run, hung"]);
  assertEquals(waitsOf([], 10), { chainMs: 0, chain: "the longest run, none", wallMs: 10 });
});
