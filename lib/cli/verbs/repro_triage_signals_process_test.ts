import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { delay } from "@std/async";
import { passed } from "../../../tests/support/deadline.ts";
import { readJson } from "../../../tests/support/stand_in.ts";
import {
  commandLine,
  ended,
  modesOf,
  onTerminal,
  over,
  pressInTeardown,
  stopped,
  subjectOf,
} from "../../../tests/support/terminal_run.ts";
import { isAlive, shellLine } from "../../../tests/support/unwedge.ts";

onTerminal("repro sleeps through a Ctrl-Z that is longer than its deadline", async (pane, cwd) => {
  const before = await modesOf(pane);
  await pressInTeardown(pane, "C-z", "until-file", "--deadline 4s");
  await pane.until("Stopped");
  const subject = subjectOf(cwd);
  // The subject is asleep too, and the shell has its terminal. Its threads stop one by one, a moment after the signal.
  await stopped(subject);
  assertEquals(await modesOf(pane), before);
  await passed(`${cwd}/out/journal.msgpack`, 4_000);
  // Once it goes on it joins at once, with what was left of its four seconds.
  Deno.writeTextFileSync(`${cwd}/out/joins`, "");
  await pane.type("fg");
  const { shown, code, modes } = await over(pane);
  assertMatch(shown, /FINISHED harness-fixture: teardown finished in .* of 4 s/);
  assertEquals([code, modes], [0, before]);
});

onTerminal("repro brings the menu back after a Ctrl-Z in it", async (pane, cwd) => {
  await pane.type(commandLine("hang"));
  await pane.until("triage>");
  await pane.press("C-z");
  await pane.until("Stopped");
  await pane.type("fg");
  await pane.until(/\nfg\n|\$ fg[\s\S]*d look again[\s\S]*triage>$/);
  await pane.until(/\$ fg[\s\S]*triage>$/);
  await pane.press("q");
  assertEquals((await over(pane)).code, 124);
  assertFalse(isAlive(subjectOf(cwd)));
});

onTerminal("repro goes on in the background, and asks nobody there", async (pane, cwd) => {
  await pressInTeardown(pane, "C-z", "hang", "--deadline 4s");
  await pane.until("Stopped");
  await pane.type("bg");
  const shown = await pane.until(/\(exit code \d+\)/);
  assertStringIncludes(shown, "no triage in the background");
  assertFalse(shown.includes("triage>"));
  assertMatch(shown, /HUNG harness-fixture.*\(exit code 124\)/);
  // It ends there: a job that set the terminal's modes as it ended would be stopped.
  await ended(readJson(`${cwd}/out/subject-spec.json`).harnessPid);
  await pane.type("wait %1; echo over=$?");
  assertMatch(await pane.until(/\nover=\d+/), /\nover=124/);
});

onTerminal("repro ends in order under 50 Ctrl-C in a second", async (pane, cwd) => {
  const before = await modesOf(pane);
  await pane.type(commandLine("hang", "--deadline 60s"));
  await pane.until("tearing down");
  const subject = subjectOf(cwd);
  const startMs = performance.now();
  for (let n = 0; n < 50; n++) {
    await pane.press("C-c");
    await delay(Math.max(0, startMs + n * 20 - performance.now()));
  }
  const shown = await pane.until("(exit code 130)");
  assertMatch(shown, /INTERRUPTED harness-fixture/);
  await pane.until(/\$$/);
  assertEquals(await modesOf(pane), before);
  assertFalse(isAlive(subject));
  const { run } = readJson(`${cwd}/out/result.json`);
  assertEquals([run.exitCode, run.partial], [130, true]);
});

onTerminal(
  "deno task repro opens triage on one Ctrl-C, which it sends twice",
  async (pane, cwd) => {
    const config = decodeURIComponent(new URL("../../../deno.json", import.meta.url).pathname);
    const task = [Deno.execPath(), "task", "--config", config, "repro", "non-checkpointing"];
    await pane.type(shellLine([...task, "--deadline", "60s", "-o", `${cwd}/out`]));
    await pane.until("tearing down");
    await pane.press("C-c");
    await pane.until("triage>");
    assert(isAlive(subjectOf(cwd)));
    await pane.press("q");
    assertEquals((await over(pane)).code, 130);
  },
);

for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  onTerminal(`repro ends in order on ${signal} in the menu`, async (pane, cwd) => {
    const before = await modesOf(pane);
    await pane.type(commandLine("hang"));
    await pane.until("triage>");
    const subject = subjectOf(cwd);
    Deno.kill(readJson(`${cwd}/out/subject-spec.json`).harnessPid, signal);
    const ended = await over(pane);
    assertEquals([ended.code, ended.modes], [code, before]);
    assertFalse(isAlive(subject));
  });
}

for (const act of ["hang", "starve"]) {
  onTerminal(
    `repro leaves nothing when it is SIGKILLed in the menu of ${act}`,
    async (pane, cwd) => {
      const before = await modesOf(pane);
      await pane.type(commandLine(act));
      await pane.until("triage>");
      const subject = subjectOf(cwd);
      Deno.kill(readJson(`${cwd}/out/subject-spec.json`).harnessPid, "SIGKILL");
      await ended(subject);
      await pane.until(/Killed[\s\S]*\$$/);
      assertEquals(await modesOf(pane), before);
    },
  );
}

onTerminal("repro waits for an inspector until a key is pressed", async (pane) => {
  await pane.type(commandLine("hang", "--on-hang inspect"));
  await pane.until(/harness-fixture hangs, process \d+; it stays so until you press a key/);
  await pane.until(/ws=127\.0\.0\.1:\d+/);
  await pane.press("Space");
  assertEquals((await over(pane)).code, 124);
});
