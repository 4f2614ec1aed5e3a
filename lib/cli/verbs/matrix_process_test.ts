import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { STAND_IN_FINISH, suite, writeScenario } from "../../../tests/support/scenario_files.ts";
import { assertValid, readJson } from "../../../tests/support/stand_in.ts";
import { inTemporaryDirectory, testInDirectory, unwedge } from "../../../tests/support/unwedge.ts";
import { subsets } from "./matrix.ts";

Deno.test("subsets are those of one size, in order and once each", () => {
  assertEquals(subsets(["a", "b", "c"], 2), [["a", "b"], ["a", "c"], ["b", "c"]]);
  assertEquals(subsets(["a", "b"], 0), [[]]);
  assertEquals(subsets(["a"], 2), []);
});

testInDirectory(
  "matrix runs none, each remedy alone and all, and marks the smallest set",
  async (cwd) => {
    const name = writeScenario(cwd, "a.hang.finish");
    const { code, stdout, stderr } = await suite(cwd, ["matrix", name, "-o", "out"]);
    assertEquals(code, 0, stdout + stderr);
    assertMatch(stdout, /^a\.hang\.finish +hung +.* \* .* reap$/m);
    assertMatch(stdout, /\nOK matrix: 1 scenario, 9 cells: as declared \(exit code 0\)\n$/);
    const { scenarios: [{ attempts }], run } = readJson(`${cwd}/out/result.json`);
    assertEquals([attempts.length, run.verb], [9, "matrix"]);
    assertEquals(attempts[0].sigint, null, "Ctrl-C is no remedy");
  },
);

testInDirectory("matrix exits 1 when fewer remedies are enough than are declared", async (cwd) => {
  const name = writeScenario(cwd, "a.hang.finish", { fixedBy: ["channel-abort", "reap"] });
  const { code, stdout } = await suite(cwd, ["matrix", name]);
  assertEquals(code, 1);
  assertStringIncludes(stdout, "channel-abort (declared: channel-abort + reap)");
  assertStringIncludes(stdout, "more declared than needed: a.hang.finish");
});

testInDirectory(
  "matrix does not search where not even all remedies together are enough",
  async (cwd) => {
    const name = writeScenario(cwd, "a.hang.hang", { fixedBy: [] });
    const words = ["matrix", name, "--format", "json", "--sigint-probe", "-o", "out"];
    const { code, stdout } = await suite(cwd, words);
    const matrix = JSON.parse(stdout);
    assertEquals([code, matrix.schema, matrix.rows[0].smallest], [0, "unwedge/matrix@1", null]);
    assertEquals(matrix.rows[0].cells.length, 9);
    assertValid("matrix", matrix);
    const document = readJson(`${cwd}/out/result.json`);
    assertValid("result", document);
    assert(document.scenarios[0].attempts[0].sigint !== null, "it was asked for");
  },
);

testInDirectory("matrix as Markdown is one table", async (cwd) => {
  const options = { expected: STAND_IN_FINISH, fixedBy: [] };
  const name = writeScenario(cwd, "a.finish.finish", options);
  const { code, stdout } = await suite(cwd, ["matrix", name, "--format", "markdown"]);
  assertEquals(code, 0);
  const lines = stdout.trimEnd().split("\n");
  assertEquals(lines.length, 3);
  for (const line of lines) assertEquals(line.split("|").length, 14, line);
  assertStringIncludes(lines[2] ?? "", "none is needed");
  assertMatch(lines[2] ?? "", /\| \*\*[\d.]+ m?s\*\* \|/);
  assertEquals((await suite(cwd, ["matrix", name, "--format", "junit"])).code, 2);
});

Deno.test(
  "matrix finds a set of two where no single remedy is enough",
  { timeout: 180_000 },
  async () => {
    await inTemporaryDirectory(async (cwd) => {
      const { code, stdout, stderr } = await unwedge(["matrix", "non-checkpointing"], { cwd });
      assertEquals(code, 0, stdout + stderr);
      assertMatch(stdout, /^non-checkpointing +hung +leaked .* channel-abort \+ reap$/m);
    });
  },
);

testInDirectory(
  "matrix tries sets of two when no single remedy is enough, and none of three after that",
  async (cwd) => {
    const fixedBy = ["channel-abort", "boot-race", "reap"];
    const name = writeScenario(cwd, "a.hang.hang.finish", { fixedBy });
    const { code, stdout } = await suite(cwd, ["matrix", name, "--format", "json"]);
    const [{ cells, smallest }] = JSON.parse(stdout).rows;
    assertEquals([code, smallest], [1, ["channel-abort", "cancel-peer-tasks"]]);
    // None, seven alone, twenty-one pairs, the declared three, all.
    assertEquals(cells.length, 1 + 7 + 21 + 1 + 1);
  },
);

testInDirectory(
  "matrix takes the declared set for the smallest without a search, when no smaller one can be",
  async (cwd) => {
    const name = writeScenario(cwd, "a.hang.hang.finish", { fixedBy: ["boot-race", "reap"] });
    const { code, stdout } = await suite(cwd, ["matrix", name, "--format", "json"]);
    const [{ cells, smallest }] = JSON.parse(stdout).rows;
    assertEquals([code, smallest, cells.length], [0, ["boot-race", "reap"], 10]);
  },
);
