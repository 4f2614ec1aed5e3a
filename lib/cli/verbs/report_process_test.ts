import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { suite, writeScenario } from "../../../tests/support/scenario_files.ts";
import { assertRefuses, inProject, repro, testInProject } from "../../../tests/support/stand_in.ts";
import { all, parseXml } from "../../../tests/support/strict_xml.ts";
import { OVER } from "../../../tests/support/terminal_run.ts";
import { hasTmux, Pane } from "../../../tests/support/tmux.ts";
import {
  shellLine,
  testInDirectory,
  unwedge,
  unwedgeArgs,
} from "../../../tests/support/unwedge.ts";

const TIMEOUT = { timeout: 60_000 };

testInProject("report shows a run of repro as it was shown then, to the letter", async (cwd) => {
  for (const [act, flags] of SHOWN) {
    const then = await repro(cwd, act, `${flags} --seed 7 -o out`);
    const now = await unwedge(["report", "out"], { cwd });
    assertEquals([now.code, now.stdout], [0, then.stdout], `${act} ${flags}`);
  }
  const latest = await repro(cwd, "leak-timer");
  const [now, quiet] = [
    await unwedge(["report", "latest"], { cwd }),
    await unwedge(["report", "latest", "-q"], { cwd }),
  ];
  assertEquals(now.stdout, latest.stdout);
  assertMatch(quiet.stdout, /^LEAKED .*\(exit code 3\)\n$/);
  // The whole report is the same on the terminal and in its file.
  const whole = await unwedge(["report", "latest", "-v"], { cwd });
  assertEquals(whole.stdout, Deno.readTextFileSync(`${cwd}/.unwedge/latest/report.txt`));
});

/** One run for each verdict, and several attempts. */
const SHOWN = [
  ["hang", "--remedy reap --deadline 700ms"],
  ["hang", "--deadline 500ms --repeat 2"],
  ["leak-timer", ""],
  ["finish", ""],
  ["crash", "--repeat 3 --fail-fast"],
] as const;

Deno.test({
  name: "report fits a run of repro to the terminal, as repro does",
  ignore: !hasTmux,
  ...TIMEOUT,
  fn: () =>
    inProject(async (cwd) => {
      await repro(cwd, "hang", "--deadline 700ms -o out");
      await using pane = await Pane.open({ columns: 60, rows: 50, cwd });
      await pane.until("$");
      await pane.type(shellLine([Deno.execPath(), ...unwedgeArgs(["report", "out", "-v"])]));
      const shown = await pane.until(OVER);
      const rules = shown.split("\n").filter((line) => line.startsWith("── "));
      assertEquals(rules.filter((line) => line.length > 59), [], shown);
      assertEquals(rules.some((line) => line.length === 59), true, shown);
    }),
});

testInDirectory("report shows a run of smoke in every format", async (cwd) => {
  const name = writeScenario(cwd, "a.finish.finish");
  const then = await suite(cwd, ["smoke", name, "-o", "out"]);
  const show = async (...words: string[]) =>
    (await unwedge(["report", "out", ...words], { cwd })).stdout;
  assertEquals(await show(), then.stdout);
  assertEquals(await show("--format", "json"), Deno.readTextFileSync(`${cwd}/out/result.json`));
  const root = parseXml(await show("--format", "junit"));
  assertEquals(all(root, "testcase").length, 2);
  assertStringIncludes(
    await show("--format", "markdown"),
    "| ❌ | a.finish.finish | no remedy |",
  );
});

testInDirectory("report shows a run of matrix again", async (cwd) => {
  const name = writeScenario(cwd, "a.hang.finish");
  const then = await suite(cwd, ["matrix", name, "-o", "out"]);
  assertEquals((await unwedge(["report", "out"], { cwd })).stdout, then.stdout);
  const { stdout } = await unwedge(["report", "out", "--format", "markdown"], { cwd });
  assertStringIncludes(stdout, "| scenario | none | channel-abort |");
});

testInDirectory("report refuses what is no run: exit 2 and one sentence", async (cwd) => {
  await assertRefuses(cwd, {
    "report latest": "there is no directory .unwedge/latest",
    "report .": ". is no run directory",
    "report": "needs one run directory",
    "report a b": "needs one run directory",
    "report . --format htlm": "write one of human, json, junit, markdown",
  });
});
