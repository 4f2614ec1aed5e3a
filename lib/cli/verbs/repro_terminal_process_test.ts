import { hasScript } from "../../../tests/support/terminal_run.ts";
import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { plainEnvironment } from "../../../tests/support/environment.ts";
import { inProject, repro, reproWords, testInProject } from "../../../tests/support/stand_in.ts";
import { shellLine, STAND_IN, unwedge, unwedgeArgs } from "../../../tests/support/unwedge.ts";
import { stripAnsi } from "../../protocol/text.ts";

/** What a terminal shows of a run whose teardown ends when the line for it has been drawn twice. */
async function onTerminal(cwd: string, env: Record<string, string>): Promise<string> {
  const flags = "-o out --deadline 50s --set until=seen";
  const call = unwedgeArgs(reproWords("until-file", flags), { main: STAND_IN });
  const line = shellLine([Deno.execPath(), ...call]);
  const child = new Deno.Command("script", {
    args: ["-qec", line, "/dev/null"],
    cwd,
    env: { ...plainEnvironment(), TERM: "xterm", ...env },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let screen = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    screen += text;
    if (screen.split("tearing down").length > 2) Deno.writeTextFileSync(`${cwd}/seen`, "");
  }
  await child.status;
  return screen;
}

Deno.test("repro on a terminal draws one line, and it is gone at the end", {
  ignore: !hasScript,
  timeout: 60_000,
}, () =>
  inProject(async (cwd) => {
    const screen = await onTerminal(cwd, {});
    const draws = screen.split("\r\x1b[2K");
    assert(draws.length > 3, screen);
    assertStringIncludes(screen, "tearing down");
    assertStringIncludes(screen, "t: dump  ^C: triage");
    // What follows the last erasure is the result, beginning in the first column.
    const result = draws.at(-1) ?? "";
    assertMatch(stripAnsi(result), /^again: /);
    assertStringIncludes(result, "\x1b[32m");
  }));

Deno.test("repro on a terminal with NO_COLOR draws its line without colour", {
  ignore: !hasScript,
  timeout: 60_000,
}, () =>
  inProject(async (cwd) => {
    const screen = await onTerminal(cwd, { NO_COLOR: "1" });
    assertStringIncludes(screen, "tearing down");
    const withoutErasures = screen.replaceAll("\x1b[2K", "");
    assertEquals(withoutErasures, stripAnsi(withoutErasures));
  }));

testInProject("repro colours a pipe only when told to", async (cwd) => {
  assertFalse((await repro(cwd, "finish")).stdout.includes("\x1b"));
  assert((await repro(cwd, "finish", "--color always")).stdout.includes("\x1b[32m"));
  const env = { FORCE_COLOR: "1" };
  const forced = await unwedge(reproWords("finish", ""), { cwd, main: STAND_IN, env });
  assert(forced.stdout.includes("\x1b[32m"));
  const never = await unwedge(reproWords("finish", "--color never"), {
    cwd,
    main: STAND_IN,
    env,
  });
  assertFalse(never.stdout.includes("\x1b"));
});
