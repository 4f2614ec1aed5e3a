import { assertEquals } from "@std/assert";
import type { Described } from "../../protocol/subject_spec.ts";
import { describe } from "./describe.ts";

const HAPPY = import.meta.resolve("../../../scenarios/happy.ts");
const MISSING = import.meta.resolve("./there_is_none.ts");

Deno.test("describe() describes each file in turn, good or bad", async () => {
  const [happy, missing] = await describe([HAPPY, MISSING]);
  assertEquals(happy?.ok === true && happy.facts.name, "happy");
  assertEquals(missing, {
    ok: false,
    file: MISSING,
    line: null,
    message: `TypeError: Module not found "${MISSING}".`,
  });
});

Deno.test("describe() says what a scenario would refuse for the parameters that it has", async () => {
  const slices = import.meta.resolve("../../../scenarios/non_checkpointing.ts");
  const refused = async (set: Record<string, string>) =>
    (await describe([slices, HAPPY], set)).map((each) => each.ok && each.refused);
  assertEquals(await refused({ slice: "1s", toString: "1" }), [undefined, undefined]);
  const [why, none] = await refused({ slice: "soon" });
  assertEquals([String(why).startsWith('--set slice: "soon"'), none], [true, undefined]);
});

Deno.test("describe, as a program, prints one JSON array", { timeout: 30_000 }, async () => {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.resolve("./describe.ts"), HAPPY, MISSING],
    stdin: "null",
    stderr: "null",
  }).output();
  const described: Described[] = JSON.parse(new TextDecoder().decode(stdout));
  assertEquals(code, 0);
  assertEquals(described.map(({ ok }) => ok), [true, false]);
});
