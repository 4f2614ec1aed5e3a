import { EXPECTED } from "../../../tests/support/suite_document.ts";
import { assertEquals } from "@std/assert";
import { CRASHED, FINISHED, HUNG, INTERRUPTED, LEAKED } from "../../../tests/support/attempts.ts";
import { assembleDocument, totalsOf } from "./document.ts";
import type { Attempt, ResultDocument, ScenarioResult, Unjudged } from "../../model/result.ts";

const RUN: ResultDocument["run"] = {
  id: "1",
  startedAt: "2026-11-22T12:00:00.000Z",
  durationMs: 1,
  argv: [],
  seed: 1,
  shard: null,
  partial: false,
  interruptedBy: null,
  exitCode: 0,
  verb: "repro",
  replayFlags: [],
  waits: null,
};

function result(attempts: readonly Attempt[]): ScenarioResult {
  return {
    name: "x",
    file: "file:///x.ts",
    summary: "",
    expected: EXPECTED,
    fixedBy: ["reap"],
    attempts,
    runs: [],
  };
}

Deno.test("totalsOf counts every attempt", () => {
  const attempts = [HUNG, FINISHED, LEAKED, CRASHED, INTERRUPTED];
  const fault: Unjudged = {
    kind: "fault",
    scenario: "x",
    scenarioFile: "file:///x.ts",
    remedies: [],
    message: "",
    file: null,
    line: null,
  };
  assertEquals(
    totalsOf([result(attempts)], [fault, { ...fault, kind: "skipped", scenario: "y" }]),
    {
      selected: 2,
      finished: 1,
      leaked: 1,
      hung: 1,
      failed: 0,
      crashed: 1,
      matched: 1,
      mismatched: 2,
      faults: 1,
      skipped: 1,
    },
  );
});

Deno.test("assembleDocument names the tool and its schema", () => {
  const document = assembleDocument(RUN, []);
  assertEquals(document.schema, "unwedge/result@1");
  assertEquals(document.tool.deno, Deno.version.deno);
});
