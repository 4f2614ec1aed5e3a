import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { writeScenario } from "../../tests/support/scenario_files.ts";
import { testInDirectory, unwedge } from "../../tests/support/unwedge.ts";
import type { ScenarioFacts } from "../protocol/journal_event.ts";
import {
  DescribeError,
  describeScenarios,
  findScenario,
  makeCatalog,
  type ScenarioFile,
  shippedScenarios,
} from "./catalog.ts";

const TIMEOUT = { timeout: 60_000 };

Deno.test("shippedScenarios are the files of scenarios/, by name and without their tests", () => {
  const names = shippedScenarios().map(({ name }) => name);
  for (const name of ["happy", "non-checkpointing", "sigint-starved", "spinning-child"]) {
    assert(names.includes(name), name);
  }
  assert(names.every((name) => !name.includes("_") && !name.endsWith("-test")));
  assertEquals(names, names.toSorted());
});

Deno.test(
  "list shows every scenario with class, deadline, remedies and summary",
  TIMEOUT,
  async () => {
    const { code, stdout, stderr } = await unwedge(["list"]);
    assertEquals([code, stderr], [0, ""]);
    for (const { name } of shippedScenarios()) assertMatch(stdout, new RegExp(`^${name} `, "m"));
    assertMatch(
      stdout,
      /^non-checkpointing +orphaned-channel +deadline [\d.]+ m?s +unwedged by channel-abort, reap$/m,
    );
  },
);

Deno.test(
  "list takes filters on name and class, and exits 4 when none is left",
  TIMEOUT,
  async () => {
    const [byName, byClass, none] = await Promise.all([
      unwedge(["list", "HAPPY"]),
      unwedge(["list", "loop-starved", "--json"]),
      unwedge(["list", "hapy"]),
    ]);
    assertMatch(byName.stdout, /^happy /);
    assertEquals(byName.stdout.includes("spinning"), false);
    const { schema, scenarios } = JSON.parse(byClass.stdout);
    assertEquals(schema, "unwedge/list@1");
    const classes = scenarios.map(({ expected }: ScenarioFacts) => expected.class);
    assertEquals([...new Set(classes)], ["loop-starved"]);
    assertEquals(scenarios.some(({ name }: ScenarioFacts) => name === "sigint-starved"), true);
    assertEquals([none.code, none.stdout], [4, ""]);
    assertStringIncludes(none.stderr, "did you mean happy?");
  },
);

Deno.test("explain tells a scenario, and a file of the user's own", TIMEOUT, async () => {
  const shipped = await unwedge(["explain", "non-checkpointing"]);
  assertEquals(shipped.code, 0);
  assertStringIncludes(shipped.stdout, "failAfter: ");
  assertStringIncludes(shipped.stdout, "class orphaned-channel");
  const path = decodeURIComponent(new URL("../../scenarios/happy.ts", import.meta.url).pathname);
  const own = await unwedge(["explain", path]);
  assertEquals(own.code, 0);
  assertStringIncludes(own.stdout, "nothing is needed");
  assertMatch(own.stdout, /repro '?\/.*\/scenarios\/happy\.ts'?$/m);
});

testInDirectory(
  "explain and repro of a file that is broken, or no scenario, say where, and exit 125",
  async (cwd) => {
    const number = "export default 1;\n";
    Deno.writeTextFileSync(`${cwd}/number.ts`, number);
    Deno.writeTextFileSync(`${cwd}/100% broken.ts`, `${number}\nconst = 2;\n`);
    for (const verb of ["explain", "repro"]) {
      for (const [name, place] of [["100% broken.ts", ":3"], ["number.ts", ""]] as const) {
        const { code, stdout, stderr } = await unwedge([verb, `./${name}`], { cwd });
        assertEquals([code, stdout], [125, ""], stderr);
        assertStringIncludes(stderr, `${name}${place}`);
        assertEquals(/\n\s+at /.test(stderr), false, stderr);
      }
    }
  },
);

testInDirectory(
  "every verb refuses a file that declares what makes no sense, as a mistake of usage",
  async (cwd) => {
    const file = writeScenario(cwd, "remedy", { fixedBy: ["reep"] });
    for (const words of [["explain"], ["repro"], ["smoke", "happy"]]) {
      const { code, stdout, stderr } = await unwedge([...words, file], { cwd });
      assertEquals([code, stdout], [2, ""], stderr);
      assertMatch(stderr, /remedy\.ts:2: `fixedBy\[0\]` cannot be "reep".*did you mean reap\?/);
    }
  },
);

testInDirectory(
  "describeScenarios reads what files say of themselves, whatever else they print while they are loaded",
  async (cwd) => {
    const files: ScenarioFile[] = [];
    for (const last of ['console.log("[ loaded")', "Deno.exit(0)"]) {
      const path = `${cwd}/prints_${files.length}.ts`;
      Deno.renameSync(`${cwd}/${writeScenario(cwd, "prints")}`, path);
      Deno.writeTextFileSync(path, `${last};\n`, { append: true });
      files.push({ name: "prints", url: new URL(`file://${path}`).href });
    }
    // One after the other: a rejection that comes before it is awaited fails the whole file.
    assertEquals((await describeScenarios(files.slice(0, 1))).map(({ ok }) => ok), [true]);
    const { message } = await assertRejects(
      () => describeScenarios(files.slice(1)),
      DescribeError,
    );
    assertEquals(message, "its file ended the process that loaded it, with exit code 0");
  },
);

testInDirectory(
  "repro offers the nearest parameter to one that the scenario does not have",
  async (cwd) => {
    const words = ["repro", "non-checkpointing", "--set", "failAftr=2s"];
    const { code, stdout, stderr } = await unwedge(words, { cwd });
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, "did you mean failAfter?");
  },
);

Deno.test("findScenario takes the name as its file has it, too", async () => {
  assertEquals(await findScenario("non_checkpointing"), await findScenario("non-checkpointing"));
});

Deno.test("scenarios/catalog.json is what the scenarios say (deno task catalog writes it anew)", async () => {
  const url = new URL("../../scenarios/catalog.json", import.meta.url);
  assertEquals(JSON.parse(await Deno.readTextFile(url)), await makeCatalog());
});
