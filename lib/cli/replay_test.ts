import { assertEquals, assertStringIncludes } from "@std/assert";
import { replayCommand } from "./replay.ts";
import { type ReproOptions, reproOptions } from "./verbs/repro_options.ts";
import { parse } from "./parse.ts";
import { Settings } from "./settings.ts";

async function options(
  line: string,
  env: Record<string, string> = {},
): Promise<ReproOptions> {
  const { flags } = await parse(["repro", "x", ...line.split(" ").filter(Boolean)]);
  const settings = new Settings({ flags, env: (name) => env[name], config: {} });
  const streams = {
    out() {},
    err() {},
    outIsTerminal: false,
    errIsTerminal: false,
    lost: new AbortController().signal,
  };
  return await reproOptions({
    verb: "repro",
    words: [],
    settings,
    streams,
    argv: [],
    tools: undefined,
  });
}

Deno.test("replayCommand of a run with defaults names the scenario and the seed", async () => {
  const command = replayCommand("happy", await options("--seed 3"), []);
  assertEquals(command, "deno run -A main.ts repro happy --seed 3");
});

Deno.test("replayCommand gives back the options that it came from", async () => {
  const line =
    "--set a=1 --remedy channel-abort,reap --deadline 1500ms --settle 0ms --soft-kill 1s " +
    "--hard-kill 2m --grace 5s --samples 3 --sample-gap 1s --no-sigint-probe --seed 3";
  const given = await options(line);
  const command = replayCommand("happy", given, given.remedies);
  const [, again = ""] = command.split("repro happy ");
  assertEquals(await options(again), given);
});

Deno.test("replayCommand writes out what came from the environment", async () => {
  const given = await options("--seed 3", { UNWEDGE_SOFT_KILL: "2s", UNWEDGE_REMEDY: "reap" });
  const command = replayCommand("happy", given, given.remedies);
  assertStringIncludes(command, "--remedy reap --soft-kill 2s --seed 3");
});

Deno.test("replayCommand quotes what a shell would take apart", async () => {
  const given = { ...await options("--seed 3"), set: { text: "it's $HOME" } };
  const command = replayCommand("./my file.ts", given, []);
  assertStringIncludes(command, `repro './my file.ts' --set 'text=it'\\''s $HOME'`);
  const unseen = { ...given, set: { text: "it's\u001b[2J\n::error" } };
  const escaped = replayCommand("x", unseen, []);
  assertStringIncludes(escaped, "--set $'text=it\\'s\\x1b[2J\\x0a::error'");
});
