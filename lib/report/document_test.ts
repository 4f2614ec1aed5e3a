import { assertEquals } from "@std/assert";
import { CRASHED, FINISHED, HUNG, INTERRUPTED, LEAKED } from "../../fixtures/attempts.ts";
import { asDeclared, assembleDocument, totalsOf } from "./document.ts";
import type { Attempt, ResultDocument, ScenarioResult } from "./result.ts";

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
};

function result(attempts: readonly Attempt[]): ScenarioResult {
  return {
    name: "x",
    file: "file:///x.ts",
    summary: "",
    expected: { verdict: "hung", class: "orphaned-channel" },
    attempts,
  };
}

Deno.test("asDeclared compares verdict and class when no remedy is on", () => {
  const declared = result([]);
  assertEquals(asDeclared(HUNG, declared, ["reap"]), true);
  assertEquals(asDeclared({ ...HUNG, class: "unknown" }, declared, ["reap"]), false);
  assertEquals(asDeclared(FINISHED, declared, ["reap"]), false);
});

Deno.test("asDeclared wants a finish once the declared remedies are on", () => {
  const declared = result([]);
  assertEquals(asDeclared({ ...FINISHED, remedies: ["reap", "x"] }, declared, ["reap"]), true);
  assertEquals(asDeclared({ ...HUNG, remedies: ["reap"] }, declared, ["reap"]), false);
});

Deno.test("asDeclared says nothing where nothing was declared", () => {
  const declared = result([]);
  assertEquals(asDeclared({ ...LEAKED, remedies: ["channel-abort"] }, declared, ["reap"]), null);
  assertEquals(asDeclared(INTERRUPTED, declared, ["reap"]), null);
});

Deno.test("totalsOf counts every attempt", () => {
  const attempts = [HUNG, FINISHED, LEAKED, CRASHED, INTERRUPTED];
  assertEquals(totalsOf([{ result: result(attempts), fixedBy: ["reap"] }]), {
    selected: 1,
    finished: 1,
    leaked: 1,
    hung: 1,
    failed: 0,
    crashed: 1,
    matched: 1,
    mismatched: 2,
  });
});

Deno.test("assembleDocument names the tool and its schema", () => {
  const document = assembleDocument(RUN, []);
  assertEquals(document.schema, "unwedge/result@1");
  assertEquals(document.tool.deno, Deno.version.deno);
});
