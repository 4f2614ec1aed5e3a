import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import type { SubjectSpec } from "../../protocol/subject_spec.ts";
import { factsOf, loadScenario, readRequest, Refused, timingOf } from "./load.ts";
import {
  countParam,
  defineScenario,
  durationParam,
  optionalDurationParam,
  type Scenario,
} from "./scenario.ts";

const SCENARIOS = new URL("../../../scenarios/", import.meta.url);

/** A spec that asks for nothing, with something that it does ask for. */
function spec(asked: Partial<SubjectSpec> = {}): SubjectSpec {
  return {
    schema: "unwedge/subject@1",
    scenarioUrl: "file:///scenario.ts",
    runDir: "/run",
    journalPath: "/run/journal.msgpack",
    remedies: [],
    set: {},
    settleMs: null,
    softKillMs: null,
    hardKillMs: null,
    deadlineMs: null,
    seed: 1,
    lifelineFd: 3,
    ...asked,
  };
}

function scenario(): Scenario {
  return defineScenario({
    name: "of-the-test",
    summary: "a summary",
    story: "a story",
    expected: { verdict: "hung", class: "stuck-child", owner: "program", ctrlC: "unwedges" },
    fixedBy: ["reap"],
    timing: { softKillMs: 100 },
    params: {
      slice: durationParam("1s", "how long a slice is"),
      bound: optionalDurationParam("none", "a bound"),
      children: countParam(2, "how many", { min: 1, max: 4 }),
    },
    run: () => {},
  });
}

/** Loads a module with this source, from a file whose name is no easy one. */
async function load(source: string): Promise<Awaited<ReturnType<typeof loadScenario>>> {
  const directory = await Deno.makeTempDir({ prefix: "unwedge of a test " });
  try {
    const path = `${directory}/my scenario.ts`;
    await Deno.writeTextFile(path, source);
    const loaded = await loadScenario(urlOf(path));
    if (loaded.kind === "loaded") return loaded;
    assertStringIncludes(loaded.file, "/my%20scenario.ts");
    return {
      ...loaded,
      file: "my scenario.ts",
      message: loaded.message.replaceAll(/file:\S+\//g, ""),
    };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function urlOf(path: string): string {
  return `file://${path.replaceAll(" ", "%20")}`;
}

for (
  const [what, source, message, line] of [
    [
      "exports nothing by default",
      "export const name = 1;",
      "has no default export; it needs `export default defineScenario({ … })`",
      1,
    ],
    [
      "exports something else by default",
      `\nexport default { name: "x" };`,
      "exports something by default that did not come from defineScenario()",
      2,
    ],
    ["throws", `\n\nthrow new RangeError("no good\\nmore of it");`, "RangeError: no good", 3],
    ["throws what is no error", `throw "a fit";`, "it threw a fit", null],
    [
      "throws what cannot be shown",
      "throw Object.create(null);",
      "it threw something that cannot be shown",
      null,
    ],
    [
      "imports a file that is not there",
      `\nimport "./missing.ts";`,
      'TypeError: Module not found "missing.ts".',
      2,
    ],
    [
      "imports a package that is not in the import map",
      `\n\nimport "some-bare-name";`,
      'TypeError: Import "some-bare-name" not a dependency and not in import map from "my%20scenario.ts"',
      3,
    ],
    [
      "imports a name that is not exported",
      `import { nothing } from ${JSON.stringify(import.meta.resolve("./scenario.ts"))};\nnothing;`,
      `SyntaxError: The requested module 'scenario.ts' does not provide an export named 'nothing'`,
      1,
    ],
    ["cannot be parsed", "\nexport default {\n  a: ;\n};", "SyntaxError: Expression expected", 3],
    [
      "uses what is not defined",
      "defineScenario({});",
      "ReferenceError: defineScenario is not defined",
      1,
    ],
  ] as const
) {
  Deno.test(`loadScenario() of a file that ${what} says so in a sentence`, async () => {
    assertEquals(await load(source), {
      kind: "load-failed",
      message,
      file: "my scenario.ts",
      line,
    });
  });
}

/** A scenario file in which some of its lines, by their numbers, are others. */
function declaring(change: Readonly<Record<number, string>>): string {
  const lines = [
    `import { defineScenario } from ${JSON.stringify(import.meta.resolve("./scenario.ts"))};`,
    "export default defineScenario({",
    `  name: "x", summary: "", story: "", run() {},`,
    `  expected: { verdict: "hung", class: "late", owner: null, ctrlC: "ignored", proven: true },`,
    `  fixedBy: ["reap"],`,
    "  timing: { settleMs: 0, deadlineMs: 2_000 },",
    "});",
  ];
  return lines.map((line, n) => change[n + 1] ?? line).join("\n");
}

for (
  const [line, text, said] of [
    [
      4,
      `expected: { verdict: "hang", class: null, owner: null },`,
      /verdict` cannot be "hang".*hung\?/,
    ],
    [4, `expected: { verdict: "hung", class: "exit-leek", owner: null },`, /mean exit-leak\?$/],
    [
      4,
      `expected: { verdict: "hung", class: "late", owner: 'programm' },`,
      /owner` cannot be "programm": write superv.*mean program\?$/,
    ],
    [4, `expected: { verdict: "hung", class: "late", ctrlC: "unwedge" },`, /mean unwedges\?$/],
    [
      4,
      `expected: { verdict: "hung", class: "late", proven: "yes" },`,
      /proven` cannot be "yes": write true/,
    ],
    [4, `expected: { verdict: "hung", clas: "late" },`, /no "clas" in expected.*mean class\?$/],
    [4, `expected: { class: "late" },`, /expected\.verdict` is missing/],
    [
      4,
      `expected: { verdict: "hung", withRemedies: { verdict: "hung", class: "late" } },`,
      /withRemedies\.owner` is missing/,
    ],
    [4, "// nothing is expected", /^`expected` is missing/],
    [5, `fixedBy: ["death-watch",\n  "reep"],`, /fixedBy\[1\]` cannot be "reep".*mean reap\?$/],
    [5, "fixedBy: null,", /fixedBy` cannot be null: write a list/],
    [
      6,
      "timing: { deadlineMs: -4 },",
      /timing\.deadlineMs` cannot be -4: write a number of milliseconds, 1/,
    ],
    [6, `timing: { settleMs: "2s" },`, /settleMs` cannot be "2s"/],
    [6, "timing: { settleMs: NaN },", /settleMs` cannot be NaN/],
    [6, "timing: { deadline: 4 },", /no "deadline" in timing.*mean deadlineMs\?$/],
    [6, `laod: "spins",`, /no "laod" in a scenario.*mean load\?$/],
    [6, `fixedBy: ["reap"], params: { slice: 3 },`, /params\.slice` cannot be 3/],
  ] as const
) {
  Deno.test(`loadScenario() refuses ${text}`, async () => {
    const loaded = await load(declaring({ [line]: text }));
    if (loaded.kind === "loaded") throw new Error("it was loaded");
    assertEquals(loaded.kind, "misdeclared");
    assertMatch(loaded.message, said);
    const wanted = text.startsWith("//") ? 2 : line + (said.source.includes("reep") ? 1 : 0);
    assertEquals(loaded.line, wanted);
  });
}

Deno.test("loadScenario() names the file in which a mistake stands, also where another one passes it on", async () => {
  const directory = await Deno.makeTempDir({ prefix: "unwedge-passed-on-" });
  try {
    const wrong = declaring({ 6: `laod: "spins",` });
    await Deno.writeTextFile(`${directory}/inner.ts`, wrong);
    await Deno.writeTextFile(`${directory}/outer.ts`, `export { default } from "./inner.ts";`);
    const loaded = await loadScenario(`file://${directory}/outer.ts`);
    assertEquals(loaded.kind === "misdeclared" && [loaded.file, loaded.line], [
      `file://${directory}/inner.ts`,
      6,
    ]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("loadScenario() reads the old name of an owner as what it means", async () => {
  const loaded = await load(declaring({ 4: `expected: { verdict: "hung", owner: "ours" },` }));
  assertEquals(loaded.kind === "loaded" && loaded.scenario.expected.owner, "supervisor");
});

Deno.test("loadScenario() takes what an expectation may leave out as not expected", async () => {
  const loaded = await load(declaring({ 4: `expected: { verdict: "finished" },` }));
  assertEquals(loaded.kind === "loaded" && loaded.scenario.expected, {
    verdict: "finished",
    class: null,
    owner: null,
    ctrlC: "not-needed",
  });
});

Deno.test("loadScenario() of a file that is not there names that file", async () => {
  const url = new URL("./there_is_none.ts", import.meta.url).href;
  const loaded = await loadScenario(url);
  assertEquals(loaded, {
    kind: "load-failed",
    message: `TypeError: Module not found "${url}".`,
    file: url,
    line: null,
  });
});

Deno.test("loadScenario() loads what defineScenario() has made, wherever it was loaded from", async () => {
  const loaded = await load(
    `import { defineScenario } from ${
      JSON.stringify(`${import.meta.resolve("./scenario.ts")}?another`)
    };
     export default defineScenario({ name: "mine", summary: "", story: "", fixedBy: [], run() {},
       expected: { verdict: "finished", class: null, owner: null, ctrlC: "not-needed" } });`,
  );
  assertEquals(loaded.kind === "loaded" && loaded.scenario.name, "mine");
});

Deno.test("loadScenario() loads every scenario of the catalog under the name of its file", async () => {
  for (const { name } of Deno.readDirSync(SCENARIOS)) {
    if (!name.endsWith(".ts")) continue;
    const loaded = await loadScenario(new URL(name, SCENARIOS).href);
    const scenarioName = loaded.kind === "loaded" ? loaded.scenario.name : loaded.message;
    assertEquals(scenarioName, name.slice(0, -".ts".length).replaceAll("_", "-"));
  }
});

Deno.test("readRequest() reads the defaults, and what was set", () => {
  assertEquals(readRequest(scenario(), spec()), { slice: 1_000, bound: null, children: 2 });
  assertEquals(
    readRequest(scenario(), spec({ set: { slice: "250ms", bound: "2s", children: "4" } })),
    { slice: 250, bound: 2_000, children: 4 },
  );
});

for (
  const [what, asked, message] of [
    [
      "a parameter that is not declared",
      { set: { slcie: "1s" } },
      'scenario of-the-test has no parameter "slcie": it has slice, bound, children',
    ],
    [
      "a duration without a unit",
      { set: { slice: "5" } },
      "--set slice: 5: a duration needs its unit; write 5s or 5ms",
    ],
    ["a duration that is none", { set: { bound: "soon" } }, "--set bound: "],
    [
      "a count that is out of range",
      { set: { children: "5" } },
      '--set children: "5" is not a whole number from 1 to 4',
    ],
    ["a count that is no number", { set: { children: "" } }, "--set children: "],
    ["a remedy that does not exist", { remedies: ["prayer"] }, 'there is no remedy "prayer"'],
    [
      "what every object has",
      { set: { constructor: "1" } },
      'scenario of-the-test has no parameter "constructor"',
    ],
  ] as const
) {
  Deno.test(`readRequest() refuses ${what}`, () => {
    assertThrows(() => readRequest(scenario(), spec(asked)), Refused, message);
  });
}

Deno.test("readRequest() refuses parameters of a scenario that has none, and says so", () => {
  const bare: Scenario = { ...scenario(), params: {} };
  assertThrows(() => readRequest(bare, spec({ set: { a: "1" } })), Refused, "it has none");
});

Deno.test("timingOf() is the scenario's, unless the spec says otherwise", () => {
  assertEquals(timingOf(scenario(), null), {
    settleMs: 200,
    softKillMs: 100,
    hardKillMs: 500,
    deadlineMs: 3_000,
  });
  assertEquals(timingOf(scenario(), spec({ settleMs: 0, deadlineMs: 9 })), {
    settleMs: 0,
    softKillMs: 100,
    hardKillMs: 500,
    deadlineMs: 9,
  });
});

Deno.test("factsOf() shows each parameter as it is set, beside its default", () => {
  const facts = factsOf(scenario(), "file:///s.ts", spec({ set: { slice: "2s" } }));
  assertEquals(facts.params["slice"], { value: "2s", default: "1s", about: "how long a slice is" });
  assertEquals(facts.params["children"], { value: "2", default: "2", about: "how many" });
  assertEquals([facts.name, facts.file, facts.softKillMs], ["of-the-test", "file:///s.ts", 100]);
});
