import { assert, assertEquals } from "@std/assert";
import { Ajv2020, type ValidateFunction } from "npm:ajv@8.20.0/dist/2020.js";
import { DUMP, EVERY_VERDICT } from "../../tests/support/attempts.ts";
import { BROKEN, EXPECTED, scenarioOf, suiteDocument } from "../../tests/support/suite_document.ts";
import { EventLog } from "../report/events.ts";
import type { ResultDocument } from "./result.ts";
import { jsonSchema, type SchemaKind } from "./schema.ts";

/** An independent validator, so that the schema is not judged by the library that wrote it. */
function validator(kind: SchemaKind): ValidateFunction {
  // Formats would need one more package; the schema has a pattern beside each of them.
  return new Ajv2020({ strict: true, allErrors: true, validateFormats: false })
    .compile(jsonSchema(kind));
}

function example(): ResultDocument {
  const withRemedies = { verdict: "leaked", class: "exit-leak", owner: "platform" } as const;
  const scenario = scenarioOf("x", EVERY_VERDICT);
  return suiteDocument([{ ...scenario, expected: { ...EXPECTED, withRemedies } }], [BROKEN]);
}

Deno.test("jsonSchema of result accepts every verdict", () => {
  const validate = validator("result");
  assert(validate(JSON.parse(JSON.stringify(example()))), JSON.stringify(validate.errors));
});

Deno.test("jsonSchema of result refuses a missing field, a wrong type and an unknown verdict", () => {
  const validate = validator("result");
  const damage: ((attempt: Record<string, unknown>) => void)[] = [
    (attempt) => delete attempt.clocks,
    (attempt) => attempt.deadlineMs = "5s",
    (attempt) => attempt.verdict = "stuck",
    (attempt) => attempt.dump = { complete: true },
  ];
  for (const each of damage) {
    const document = JSON.parse(JSON.stringify(example()));
    each(document.scenarios[0].attempts[0]);
    assertEquals(validate(document), false, String(each));
  }
});

/** The same schema, shut: only what it names is allowed. */
function shut(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(shut);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, shut(value)]),
  );
  return "properties" in inner ? { ...inner, additionalProperties: false } : inner;
}

Deno.test("jsonSchema of result names every field that is written", () => {
  const schema = shut(jsonSchema("result"));
  assert(typeof schema === "object" && schema !== null);
  const validate = new Ajv2020({ strict: true, validateFormats: false }).compile(schema);
  assert(validate(JSON.parse(JSON.stringify(example()))), JSON.stringify(validate.errors));
  assertEquals(validate({ ...example(), added: 1 }), false);
});

Deno.test("jsonSchema of result accepts fields that a later @1 adds", () => {
  const document = { ...JSON.parse(JSON.stringify(example())), added: 1 };
  assert(validator("result")(document));
});

Deno.test("jsonSchema of dump accepts dump.json", () => {
  const validate = validator("dump");
  assert(validate({ schema: "unwedge/dump@1", ...DUMP }), JSON.stringify(validate.errors));
  assertEquals(validate({ schema: "unwedge/dump@2", ...DUMP }), false);
});

Deno.test("jsonSchema of event accepts what EventLog writes, and not a line without its number", () => {
  const validate = validator("event");
  const lines: string[] = [];
  const log = new EventLog((line) => lines.push(line));
  log.add({ type: "dump-started", attempt: 1 });
  log.add({ type: "signal", signal: "SIGINT", then: "stopping" });
  const { tool, totals } = example();
  const run = { runId: "1", scenario: "x", seed: 1, remedies: [], argv: [] };
  log.add({ type: "run-started", ...run, tool });
  log.add({ type: "run-finished", totals, partial: false, exitCode: 0 });
  for (const line of lines) {
    assert(validate(JSON.parse(line)), `${line} ${JSON.stringify(validate.errors)}`);
  }
  const { seq: _, ...numberless } = JSON.parse(lines[0] ?? "");
  assertEquals(validate(numberless), false);
});
