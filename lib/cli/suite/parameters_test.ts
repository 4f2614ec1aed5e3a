import { FACTS } from "../../../tests/support/scenario_facts.ts";
import { assertEquals, assertRejects } from "@std/assert";
import type { Described } from "../../protocol/subject_spec.ts";
import { CommandLineError } from "../command_line_error.ts";
import { refuseStray, whoGets } from "./selection.ts";

const FILES = ["a", "b"].map((name) => ({ name, url: `file:///${name}.ts` }));
const BROKEN: Described = { ok: false, file: "file:///b.ts", line: 1, message: "no" };

function described(name: string, ...keys: readonly string[]): Described {
  const param = { value: "", default: "", about: "" };
  const params = Object.fromEntries(keys.map((key) => [key, param]));
  return { ok: true, facts: { ...FACTS, name, params } };
}

Deno.test("refuseStray refuses what none has, and nothing that one has", async () => {
  const both = [described("a", "slice", "children"), described("b")];
  await refuseStray({ slice: "1s", children: "2" }, FILES, both);
  const error = await assertRejects(
    () => refuseStray({ slize: "1s" }, FILES, both),
    CommandLineError,
  );
  assertEquals(
    error.message,
    'none of the 2 scenarios has a parameter "slize"; did you mean slice?',
  );
});

Deno.test("refuseStray lets a run with a broken file go on: the parameter may be that file's", async () => {
  await refuseStray({ slize: "1s" }, FILES, [described("a", "slice"), BROKEN]);
  await refuseStray({ slize: "1s" }, [], []);
});

Deno.test("refuseStray passes on why a value is none, also beside a broken file", async () => {
  const refused: Described = { ok: true, facts: FACTS, refused: "--set slice: no" };
  await assertRejects(
    () => refuseStray({ slice: "x" }, FILES, [refused, BROKEN]),
    CommandLineError,
    "--set slice: no",
  );
});

Deno.test("whoGets tells of a value only where not all get it", () => {
  const set = { slice: "1s", children: "2" };
  const scenarios = [{ name: "a", set }, { name: "b", set: { children: "2" } }];
  assertEquals(whoGets(set, scenarios), ["--set slice=1s counts for 1 of 2 scenarios: a"]);
  assertEquals(whoGets({ other: "1" }, scenarios), ["--set other=1 counts for 0 of 2 scenarios"]);
});
