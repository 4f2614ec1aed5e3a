import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { delay } from "@std/async";
import { inProject, readJson, reproWords } from "../../../tests/support/stand_in.ts";
import {
  commandLine,
  ended,
  modesOf,
  onTerminal,
  over,
  pressInTeardown,
  subjectOf,
  TIMEOUT,
} from "../../../tests/support/terminal_run.ts";
import { isAlive, STAND_IN, unwedgeCommand } from "../../../tests/support/unwedge.ts";

/** The contract: signals that are closer than this are one, in milliseconds. */
const SAME_SIGNAL_MS = 400;

onTerminal("repro opens triage on a hang, and q reports it with its code", async (pane, cwd) => {
  const before = await modesOf(pane);
  await pane.type(commandLine("hang"));
  const shown = await pane.until("triage>");
  assertStringIncludes(shown, "harness-fixture: its deadline of 500 ms has passed");
  const subject = subjectOf(cwd);
  assert(isAlive(subject));
  await pane.press("q");
  const { shown: all, code, modes } = await over(pane);
  assertMatch(all, /HUNG harness-fixture: .*\(exit code 124\)/);
  assertEquals([code, modes], [124, before]);
  assertFalse(isAlive(subject));
});

onTerminal("repro opens triage on the first Ctrl-C, and g goes on", async (pane, cwd) => {
  await pane.type(commandLine("until-file", "--deadline 50s"));
  await pane.until("t: dump  ^C: triage");
  await pane.until("tearing down");
  await pane.press("C-c");
  assertStringIncludes(await pane.until("triage>"), "Ctrl-C; its clock stands");
  await pane.press("g");
  // Only now: a subject that has exited before the key is read cannot go on.
  await pane.until(/triage> g go on/);
  Deno.writeTextFileSync(`${cwd}/out/joins`, "");
  const { shown, code } = await over(pane);
  assertMatch(shown, /FINISHED harness-fixture/);
  assertEquals(code, 0);
});

onTerminal("repro ends in order on a Ctrl-C in the menu, with a countdown", async (pane, cwd) => {
  const before = await modesOf(pane);
  await pressInTeardown(pane, "C-c", "hang", "--deadline 60s");
  await pane.until("triage>");
  const subject = subjectOf(cwd);
  // The menu may be there sooner than signals are two. What was shown came after the first had been taken.
  await delay(SAME_SIGNAL_MS);
  await pane.press("C-c");
  const { shown, code, modes } = await over(pane);
  assertStringIncludes(shown, "SIGINT: dumping what is there and stopping in order");
  assertMatch(shown, /INTERRUPTED harness-fixture/);
  assertEquals([code, modes], [130, before]);
  assertEquals(readJson(`${cwd}/out/result.json`).run.interruptedBy, "SIGINT");
  assertFalse(isAlive(subject));
});

onTerminal("repro counts an end chosen after a Ctrl-C as interrupted", async (pane, cwd) => {
  await pressInTeardown(pane, "C-c", "hang", "--deadline 60s");
  await pane.until("triage>");
  await pane.press("q");
  assertEquals((await over(pane)).code, 130);
  const { run } = readJson(`${cwd}/out/result.json`);
  assertEquals([run.partial, run.interruptedBy], [true, "SIGINT"]);
});

onTerminal("repro passes Ctrl-C on with c, and says what came of it", async (pane) => {
  await pane.type(commandLine("hang"));
  await pane.until("triage>");
  await pane.press("c");
  const shown = await pane.until(/UNWEDGED by Ctrl-C[\s\S]*triage>/);
  assertMatch(shown, /nursery {2}joined [\d.]+ m?s after it/);
  assertMatch(shown, /process {2}exited [\d.]+ m?s after it/);
  // Nothing is left to be done to a subject that has gone.
  assertFalse((shown.split("UNWEDGED")[1] ?? "").includes("channel-abort"));
  await pane.press("q");
  const { shown: all, code } = await over(pane);
  assertEquals(code, 124, all);
});

onTerminal("repro kills on k", async (pane, cwd) => {
  await pane.type(commandLine("hang-shielded"));
  await pane.until("triage>");
  const subject = subjectOf(cwd);
  await pane.press("k");
  assertEquals((await over(pane)).code, 124);
  assertFalse(isAlive(subject));
});

onTerminal("repro loses keys that are pressed while something is done", async (pane, cwd) => {
  await pane.type(commandLine("hang-shielded"));
  await pane.until("triage>");
  await pane.press("c");
  await pane.until(/Ctrl-C … \d/);
  await pane.press("k", "q");
  await pane.until(/has not joined[\s\S]*triage>$/);
  // The key that was meant to be the next one is.
  await pane.press("?");
  await pane.until("^C here ends the subject in order");
  assert(isAlive(subjectOf(cwd)));
  await pane.press("q");
  assertEquals((await over(pane)).code, 124);
});

onTerminal("repro writes the report on w and stays", async (pane, cwd) => {
  await pane.type(commandLine("hang"));
  await pane.until("triage>");
  await pane.press("w");
  await pane.until(/written: out\/report\.txt[\s\S]*triage>/);
  assertMatch(Deno.readTextFileSync(`${cwd}/out/report.txt`), /HUNG harness-fixture/);
  assertEquals(readJson(`${cwd}/out/result.json`).run.partial, true);
  await pane.press("q");
  assertEquals((await over(pane)).code, 124);
  assertEquals(readJson(`${cwd}/out/result.json`).run.partial, false);
});

onTerminal("repro explains every key, and names one that means nothing", async (pane) => {
  await pane.type(commandLine("hang"));
  await pane.until("triage>");
  await pane.press("Z", "?");
  const shown = await pane.until("^C here ends the subject in order");
  assertStringIncludes(shown, "Z: no such key here; ? says which");
  await pane.press("i");
  await pane.until(/devtools:\/\/devtools\/bundled\/js_app\.html\?ws=127\.0\.0\.1:\d+\/\S+/);
  await pane.press("q");
  await over(pane);
});

onTerminal("repro says when the subject dies while the menu is open", async (pane, cwd) => {
  await pane.type(commandLine("hang"));
  await pane.until("triage>");
  Deno.kill(subjectOf(cwd), "SIGKILL");
  const shown = await pane.until(/The subject has exited\.[\s\S]*triage>/);
  assertFalse((shown.split("has exited")[1] ?? "").includes("cancel all"));
  await pane.press("q");
  const { shown: all } = await over(pane);
  assertMatch(all, /CRASHED harness-fixture/);
});

onTerminal("repro dumps on t and goes on", async (pane, cwd) => {
  await pressInTeardown(pane, "t", "until-file", "--deadline 50s");
  await pane.until("isolate answered");
  Deno.writeTextFileSync(`${cwd}/out/joins`, "");
  const { shown, code } = await over(pane);
  assertMatch(shown, /FINISHED harness-fixture/);
  assertEquals(code, 0);
});

for (
  const [why, flags, env] of [
    ["with --no-input", "--no-input", {}],
    ["with --on-hang report", "--on-hang report", {}],
    ["in CI", "", { CI: "true" }],
    ["with --repeat", "--repeat 2", {}],
    ["with -q", "-q", {}],
  ] as const
) {
  onTerminal(`repro asks nobody ${why}`, async (pane) => {
    await pane.type(commandLine("hang", flags));
    const { shown, code } = await over(pane);
    assertFalse(shown.includes("triage>"));
    assertEquals(code, 124);
  }, { env });
}

onTerminal("repro shows triage without colour under NO_COLOR", async (pane) => {
  await pane.type(commandLine("hang"));
  await pane.until("triage>");
  const [, screen = ""] = (await pane.coloured()).split("──");
  assertFalse(screen.includes("\x1b["), JSON.stringify(screen));
  await pane.press("q");
  await over(pane);
}, { env: { NO_COLOR: "1" } });

onTerminal("repro ends the subject when its window is closed in the menu", async (pane, cwd) => {
  await pane.type(commandLine("hang"));
  await pane.until("triage>");
  const subject = subjectOf(cwd);
  await pane.close();
  await ended(subject);
});

Deno.test({
  name: "repro refuses --on-hang triage without a terminal",
  timeout: TIMEOUT,
  fn: () =>
    inProject(async (cwd) => {
      const args = reproWords("hang", "--on-hang triage");
      const { code, stderr } = await unwedgeCommand(args, { cwd, main: STAND_IN }).output();
      assertEquals(code, 2);
      assertStringIncludes(new TextDecoder().decode(stderr), "--on-hang triage needs");
    }),
});

Deno.test({
  name: "repro dumps on SIGQUIT without a terminal, and goes on",
  timeout: TIMEOUT,
  fn: () =>
    inProject(async (cwd) => {
      const args = reproWords("until-file", "--deadline 50s -v -o out");
      const child = unwedgeCommand(args, { cwd, main: STAND_IN }).spawn();
      const stdout = new Response(child.stdout).text();
      let stderr = "";
      for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
        const before = stderr;
        stderr += text;
        if (!before.includes("teardown requested") && stderr.includes("teardown requested")) {
          child.kill("SIGQUIT");
        }
        if (stderr.includes("isolate answered")) Deno.writeTextFileSync(`${cwd}/out/joins`, "");
      }
      assertEquals((await child.status).code, 0);
      assertStringIncludes(stderr, "SIGQUIT: dumping, and going on");
      assertStringIncludes(stderr, "1/1 isolate answered");
      assertStringIncludes(await stdout, "FINISHED");
    }),
});
