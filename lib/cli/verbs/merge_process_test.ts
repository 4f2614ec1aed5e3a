import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { STAND_IN_FINISH, suite, writeScenario } from "../../../tests/support/scenario_files.ts";
import { assertRefuses, assertValid, readJson } from "../../../tests/support/stand_in.ts";
import { all, parseXml } from "../../../tests/support/strict_xml.ts";
import { testInDirectory, unwedge } from "../../../tests/support/unwedge.ts";

/** Runs four scenarios, one of which is not as declared, in two shards, and one of them alone in its own. */
async function shards(cwd: string): Promise<void> {
  const healthy = { expected: STAND_IN_FINISH, fixedBy: [] };
  const names = ["a", "b", "c"].map((name) => writeScenario(cwd, `${name}.finish`, healthy));
  names.push(writeScenario(cwd, "d.finish.finish"));
  for (const index of [1, 2]) {
    await suite(cwd, ["smoke", ...names, "--shard", `${index}/2`, "-o", `s${index}`]);
  }
}

testInDirectory(
  "merge makes one result and one JUnit file of all shards, in any order",
  async (cwd) => {
    await shards(cwd);
    const { code, stdout } = await unwedge(["merge", "s2", "s1/", "-o", "all"], { cwd });
    assertEquals(code, 1);
    assertStringIncludes(stdout, "NOT OK smoke: 4 scenarios, 5 runs: 4 as declared, 1 not");
    const document = readJson(`${cwd}/all/result.json`);
    assertValid("result", document);
    const { totals, run, scenarios } = document;
    assertEquals([totals.matched, totals.mismatched, totals.selected], [4, 1, 4]);
    assertEquals([run.shard, run.exitCode], [null, 1]);
    assertEquals(scenarios.map(({ name }: { name: string }) => name), [
      "a.finish",
      "b.finish",
      "c.finish",
      "d.finish.finish",
    ]);
    for (const { runs: [{ dir }] } of scenarios) Deno.statSync(`${dir}/journal.msgpack`);
    const root = parseXml(Deno.readTextFileSync(`${cwd}/all/junit.xml`));
    assertEquals(all(root, "testcase").length, 5);
    const parts = [1, 2].map((index) => readJson(`${cwd}/s${index}/result.json`).scenarios.length);
    assertEquals(parts.reduce((sum, n) => sum + n, 0), 4);
    const summary = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: `${cwd}/summary.md` };
    await unwedge(["merge", "s2", "s1", "-o", "all", "-q"], { cwd, env: summary });
    assertStringIncludes(Deno.readTextFileSync(`${cwd}/summary.md`), "1 not as declared");
  },
);

testInDirectory(
  "merge refuses what does not belong together, and says which directory is wrong",
  async (cwd) => {
    await shards(cwd);
    const change = (
      dir: string,
      edit: (document: Record<string, Record<string, unknown>>) => void,
    ) => {
      const document = readJson(`${cwd}/s2/result.json`);
      edit(document);
      Deno.mkdirSync(`${cwd}/${dir}`);
      Deno.writeTextFileSync(`${cwd}/${dir}/result.json`, JSON.stringify(document));
    };
    change("older", (document) => Object.assign(document.tool ?? {}, { version: "0.0.1" }));
    change("other-cut", (document) => Object.assign(document.run ?? {}, { shard: "2/5" }));
    change("whole", (document) => Object.assign(document.run ?? {}, { shard: null }));
    change("matrix", (document) => Object.assign(document.run ?? {}, { verb: "matrix" }));
    change("later", (document) => Object.assign(document, { schema: "unwedge/result@2" }));
    change("damaged", (document) => delete document.totals);
    change("same", (document) => {
      document.scenarios = readJson(`${cwd}/s1/result.json`).scenarios;
    });
    Deno.mkdirSync(`${cwd}/empty`);
    Deno.mkdirSync(`${cwd}/running`);
    Deno.writeTextFileSync(`${cwd}/running/events.ndjson`, "");
    Deno.writeTextFileSync(`${cwd}/file`, "");
    await assertRefuses(cwd, {
      "merge s1 -o all": "shard 2/2 is missing: there are 1 of 2",
      "merge s1 s2 s1 -o all": "shard 1/2 is there twice: s1 and s1",
      "merge s1 older -o all": "different versions: s1 is of unwedge 0.1.0, older of unwedge 0.0.1",
      "merge s1 other-cut -o all": "shards of different cuts: s1 is one of 2, other-cut one of 5",
      "merge s1 whole -o all": "whole is not of a shard",
      "merge s1 matrix -o all": "different runs: s1 is of smoke, matrix of matrix",
      "merge s1 later -o all": "later/result.json is unwedge/result@2, and not unwedge/result@1",
      "merge s1 damaged -o all": "damaged/result.json is damaged: totals",
      "merge s1 same -o all": "is in two shards",
      "merge s1 empty -o all": "empty is no run directory",
      "merge s1 running -o all": "running has no result.json yet",
      "merge s1 file -o all": "file is not a directory",
      "merge s1 gone -o all": "there is no directory gone",
    });
    assertEquals((await unwedge(["merge", "s1", "s2"], { cwd })).code, 2);
    assertEquals((await unwedge(["merge", "s1", "s2", "-o", "s1"], { cwd })).code, 2);
    assertFalse([...Deno.readDirSync(cwd)].some(({ name }) => name === "all"));
  },
);

testInDirectory("merge takes an empty shard for what it is", async (cwd) => {
  const name = writeScenario(cwd, "a.finish", { expected: STAND_IN_FINISH, fixedBy: [] });
  for (const index of [1, 2]) {
    await suite(cwd, ["smoke", name, "--shard", `${index}/2`, "-o", `s${index}`]);
  }
  const { code, stdout } = await unwedge(["merge", "s1", "s2", "-o", "all", "-q"], { cwd });
  assertEquals([code, stdout], [0, "OK smoke: 1 scenario, 1 run: 1 as declared (exit code 0)\n"]);
});
