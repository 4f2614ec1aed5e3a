import { assert, assertEquals } from "@std/assert";
import { REMEDIES } from "../../protocol/remedies.ts";
import { shippedScenarios } from "../catalog.ts";
import { FLAGS, goesWith } from "../flags.ts";
import { VERBS } from "../verbs.ts";
import { complete } from "./candidates.ts";
import { sortWords } from "./line.ts";

/** What is offered for a line; a space at its end begins a new word. */
async function offered(line: string): Promise<string[]> {
  const { candidates } = await complete(line.split(/ +/));
  return candidates.map(({ value }) => value);
}

async function mode(line: string): Promise<string> {
  return (await complete(line.split(/ +/))).mode;
}

Deno.test("complete offers every verb, each with what it does", async () => {
  const { candidates } = await complete([""]);
  assertEquals(candidates.map(({ value }) => value), VERBS.map(({ name }) => name));
  assert(candidates.every(({ about }) => about !== ""));
});

Deno.test("complete offers every flag of a verb and none of another's", async () => {
  for (const { name } of VERBS) {
    const expected = FLAGS.filter((flag) => goesWith(flag, name)).map((flag) => flag.name);
    const names = (await offered(`${name} -`)).map((each) => each.replace(/^--/, ""));
    assertEquals(names.filter((each) => FLAGS.some((flag) => flag.name === each)), expected, name);
  }
  assertEquals(await offered("--ver"), ["--version"]);
});

Deno.test("complete finds the verb behind flags and their values", async () => {
  assertEquals(await offered("--color never rep"), ["repro", "report"]);
  assertEquals(await offered("-o out repro happ"), ["happy"]);
  assertEquals(await offered("--json repro happ"), ["happy"]);
});

Deno.test("complete offers the scenarios that there are, with what each shows", async () => {
  const { candidates } = await complete(["repro", ""]);
  assertEquals(candidates.map(({ value }) => value), shippedScenarios().map(({ name }) => name));
  assertEquals(candidates.filter(({ about }) => about === ""), []);
});

Deno.test("complete offers each remedy once in a list, and all and none alone", async () => {
  const all = REMEDIES.map(({ name }) => name);
  assertEquals(await offered("repro happy --remedy "), [...all, "all", "none"]);
  const rest = all.filter((name) => name !== "reap").map((name) => `reap,${name}`);
  assertEquals(await offered("repro happy --remedy reap,"), rest);
  assertEquals(await offered("repro happy --remedy=reap,"), rest.map((each) => `--remedy=${each}`));
  assertEquals(await mode("repro happy --remedy re"), "open");
});

Deno.test("complete offers the parameters of the scenarios that were named, else of all", async () => {
  assertEquals(await offered("repro non-checkpointing --set s"), ["slice="]);
  assertEquals(await offered("smoke happy mass-abandon --set "), ["children="]);
  const all = await offered("matrix --set ");
  assertEquals(all.filter((each) => /^(children|slice)=$/.test(each)).sort(), [
    "children=",
    "slice=",
  ]);
  assertEquals(await offered("repro --set "), []);
});

Deno.test("complete offers paths only where a path can stand", async () => {
  const cases: readonly [line: string, mode: string][] = [
    ["repro ", "words"],
    ["repro ./min", "files"],
    ["repro happy --out-dir ", "directories"],
    ["repro happy -o ", "directories"],
    ["repro happy -o=", "directories"],
    ["smoke --junit ", "files"],
    ["smoke --junit=", "files"],
    ["merge ", "directories"],
    ["report ", "words"],
    ["report ./out", "directories"],
    ["repro happy --deadline ", "words"],
    ["schema ", "words"],
    ["repro happy -- ", "files"],
  ];
  for (const [line, expected] of cases) assertEquals(await mode(line), expected, line);
});

Deno.test("complete offers the flags where no more words may stand", async () => {
  assert((await offered("explain happy ")).includes("--color"));
  assertEquals(await offered("nonsense "), []);
});

Deno.test("sortWords counts the words behind -- as another's", () => {
  const { current, verb } = sortWords(["watch", "--json", "--", "deno", "--js"]);
  assertEquals([verb, current], ["watch", { kind: "foreign", text: "--js", at: 1 }]);
});
