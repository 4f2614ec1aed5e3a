import { assertEquals } from "@std/assert";
import { FAILED, HUNG, step } from "../../../tests/support/attempts.ts";
import { DIAGNOSED } from "../../../tests/support/diagnosed.ts";
import type { Attempt } from "../../model/result.ts";
import { type Commands, nextStep } from "./next_step.ts";

const COMMANDS: Commands = {
  again: "again",
  diagnose: "diagnose",
  againWith: (flag) => `again ${flag}`,
  explain: (name) => `explain ${name}`,
  doctor: "doctor",
  flags: [],
};

function next(attempt: Attempt, flags: readonly string[] = []): string {
  return nextStep(attempt, { ...COMMANDS, flags }, "/project");
}

const UNKNOWN: Attempt = { ...HUNG, class: "unknown", owner: null };

Deno.test("nextStep() tries on copies what unwedges a hang, and then tells how its class is mended", () => {
  assertEquals(next(HUNG), "diagnose");
  assertEquals(next({ ...HUNG, diagnosis: DIAGNOSED.diagnosis }), "explain orphaned-channel");
  assertEquals(next(FAILED), "again");
});

Deno.test("nextStep() of an unknown class is the first step that the run has not had", () => {
  const at = { file: "file:///project/mine.ts", line: 3, column: 5 };
  const unlabelled = step({ kind: "unlabelled", spawnedAt: at });
  const path = { kind: "dead-end" as const, because: "", steps: [unlabelled] };
  assertEquals(next({ ...UNKNOWN, path }).includes("mine.ts:3,"), true);
  const sleeps = { ...path, steps: [step({ kind: "sleep", resource: "500 ms to go" })] };
  assertEquals(next({ ...UNKNOWN, path: sleeps }).includes("longer --deadline"), true);
  const unloaded = { ...UNKNOWN, phase: "start" as const, path: null, dump: null };
  assertEquals(next(unloaded).startsWith("look for an await at the top"), true);
  assertEquals(next({ ...UNKNOWN, dump: null }).startsWith("doctor"), true);
  const unprobed = { ...UNKNOWN, sigint: null };
  assertEquals(
    next(unprobed, ["--no-sigint-probe"]).startsWith("the same without --no-sigint-probe"),
    true,
  );
  assertEquals(next(UNKNOWN), "diagnose");
  assertEquals(next({ ...UNKNOWN, diagnosis: DIAGNOSED.diagnosis }), "again --samples 5");
});
