/** What `repro` writes beside stdout: JUnit, and what GitHub Actions reads. */

import { assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { repro, reproWords, testInProject } from "../../../tests/support/stand_in.ts";
import { all, parseXml } from "../../../tests/support/strict_xml.ts";
import { STAND_IN, unwedge } from "../../../tests/support/unwedge.ts";

testInProject("repro writes JUnit: a failure is what is not as declared", async (cwd) => {
  const asDeclared = await repro(cwd, "finish", "--junit j.xml");
  assertEquals(asDeclared.code, 0, asDeclared.stderr);
  const root = parseXml(Deno.readTextFileSync(`${cwd}/j.xml`));
  assertEquals([root.attributes.tests, root.attributes.failures, root.attributes.errors], [
    "1",
    "0",
    "0",
  ]);
  assertEquals(all(root, "testsuite").map(({ attributes }) => attributes.name), [
    "unwedge repro",
  ]);
  // The page is still on stdout.
  assertMatch(asDeclared.stdout, /\nFINISHED .*\(exit code 0\)\n$/);

  const other = await repro(cwd, "hang", "--deadline 700ms --junit j.xml --repeat 2");
  assertEquals(other.code, 124);
  const failed = parseXml(Deno.readTextFileSync(`${cwd}/j.xml`));
  assertEquals([failed.attributes.tests, failed.attributes.failures], ["2", "2"]);
  const names = all(failed, "testcase").map(({ attributes }) => attributes.name);
  assertEquals(new Set(names).size, 2, names.join());
});

testInProject(
  "repro --junit - has stdout for the XML alone, and the page on stderr",
  async (cwd) => {
    const { code, stdout, stderr } = await repro(cwd, "finish", "--junit -");
    assertEquals(code, 0);
    assertEquals(all(parseXml(stdout), "testcase").length, 1);
    assertMatch(stderr, /\nFINISHED .*\(exit code 0\)\n$/);
    const quiet = await repro(cwd, "finish", "--junit - -q");
    assertEquals([all(parseXml(quiet.stdout), "testcase").length, quiet.stderr], [1, ""]);
  },
);

testInProject("repro --junit beside --json leaves stdout to the document", async (cwd) => {
  const { stdout } = await repro(cwd, "finish", "--json --junit j.xml -o out");
  assertEquals(stdout, Deno.readTextFileSync(`${cwd}/out/result.json`));
  parseXml(Deno.readTextFileSync(`${cwd}/j.xml`));
  const both = await repro(cwd, "finish", "--json --junit -");
  assertEquals([both.code, both.stdout], [2, ""]);
  assertStringIncludes(both.stderr, "--junit - and --json both want stdout");
});

testInProject("repro says so when the JUnit file cannot be written: exit 125", async (cwd) => {
  const { code, stdout, stderr } = await repro(cwd, "finish", "--junit none/j.xml -o out");
  const { run } = JSON.parse(await Deno.readTextFile(`${cwd}/out/result.json`));
  assertEquals([code, run.exitCode], [125, 125]);
  assertStringIncludes(stderr, "none/j.xml");
  assertMatch(stdout, /FINISHED .*; not everything could be written \(exit code 125\)/);
});

testInProject("repro writes no JUnit of a run that was refused", async (cwd) => {
  const { code, stdout } = await repro(cwd, "refuse", "--junit -");
  assertEquals([code, stdout], [2, ""]);
});

testInProject("repro on GitHub Actions: a group, an annotation and a summary", async (cwd) => {
  const env = {
    GITHUB_ACTIONS: "true",
    GITHUB_STEP_SUMMARY: `${cwd}/summary.md`,
    GITHUB_WORKSPACE: cwd,
  };
  const call = (flags: string) =>
    unwedge(reproWords("hang", `--deadline 700ms ${flags}`), { cwd, main: STAND_IN, env });
  const { stdout, stderr } = await call("");
  const lines = stderr.split("\n");
  assertEquals(lines.filter((line) => line.startsWith("::group::")).length, 1, stderr);
  assertEquals(lines.filter((line) => line.startsWith("::error ")).length, 1, stderr);
  assertFalse(stdout.includes("::"), stdout);
  assertStringIncludes(Deno.readTextFileSync(`${cwd}/summary.md`), "## unwedge repro");
  assertFalse((await call("--github off")).stderr.includes("::"));
});
