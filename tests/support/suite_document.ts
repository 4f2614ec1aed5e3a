/** Result documents for the tests of what is rendered from runs of many scenarios. @module */

import type { Attempt, ResultDocument, ScenarioResult, Unjudged } from "../../lib/model/result.ts";
import { assembleDocument } from "../../lib/run/result/document.ts";
import { FINISHED, HUNG } from "./attempts.ts";

/** What a scenario declares that hangs as the seed does. */
export const EXPECTED: ScenarioResult["expected"] = {
  verdict: "hung",
  class: "orphaned-channel",
  owner: "supervisor",
  ctrlC: "unwedges",
  withRemedies: null,
};

/** A scenario that hangs and is fixed by two remedies, with these attempts. */
export function scenarioOf(name: string, attempts: readonly Attempt[]): ScenarioResult {
  return {
    name,
    file: `file:///project/scenarios/${name}.ts`,
    summary: "",
    expected: EXPECTED,
    fixedBy: ["channel-abort", "reap"],
    attempts,
    runs: attempts.map((_, index) => ({ dir: `attempts/${name}/${index}`, durationMs: 1_500 })),
  };
}

/** An attempt that is as {@linkcode scenarioOf} declares, in the remedied direction. */
export const FIXED: Attempt = { ...FINISHED, remedies: ["channel-abort", "reap"] };

/** A fault of a scenario's file. */
export const BROKEN: Unjudged = {
  kind: "fault",
  scenario: "broken",
  scenarioFile: "file:///project/scenarios/broken.ts",
  remedies: [],
  message: "Error: thrown on load",
  file: "file:///project/scenarios/broken.ts",
  line: 7,
};

/** A run that was not started. */
export const SKIPPED: Unjudged = {
  kind: "skipped",
  scenario: "late",
  scenarioFile: "file:///project/scenarios/late.ts",
  remedies: [],
  message: "not started: stopped by --fail-fast",
  file: null,
  line: null,
};

/** A smoke run with one of each: as declared, a mismatch, a fault, and one that was skipped. */
export function suiteDocument(
  scenarios: readonly ScenarioResult[] = [
    scenarioOf("good", [HUNG, FIXED]),
    scenarioOf("bad", [FINISHED, { ...HUNG, remedies: FIXED.remedies }]),
  ],
  unjudged: readonly Unjudged[] = [BROKEN, SKIPPED],
  run: Partial<ResultDocument["run"]> = {},
): ResultDocument {
  return assembleDocument(
    {
      id: "1",
      startedAt: "2026-11-22T12:00:00.000Z",
      durationMs: 4_200,
      argv: ["smoke"],
      seed: 1,
      shard: null,
      partial: true,
      interruptedBy: null,
      exitCode: 1,
      verb: "smoke",
      replayFlags: ["--seed", "1"],
      waits: { chainMs: 4_000, chain: "the longest run, good with no remedy", wallMs: 4_200 },
      ...run,
    },
    scenarios,
    unjudged,
  );
}

/** A command for tests. */
export function again({ scenario }: { readonly scenario: string }): string {
  return `repro ${scenario}`;
}
