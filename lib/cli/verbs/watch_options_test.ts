import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CommandLineError } from "../command_line_error.ts";
import { parse } from "../parse.ts";
import { Settings } from "../settings.ts";
import { watchOptions } from "./watch_options.ts";

async function optionsOf(...argv: string[]) {
  const { words, flags } = await parse(argv);
  const settings = new Settings({ flags, env: () => undefined, config: {} });
  return () => watchOptions({ settings, words, argv });
}

Deno.test("watch takes what follows -- as it stands, flags of the command's own too", async () => {
  const { command, deadlineMs, limits } =
    (await optionsOf("watch", "--deadline", "3s", "--", "deno", "test", "--json", "--"))();
  assertEquals(command, ["deno", "test", "--json", "--"]);
  assertEquals([deadlineMs, limits], [3_000, { idleMs: null, stop: null }]);
  assertEquals((await optionsOf("watch", "--", "node"))().deadlineMs, Infinity);
});

Deno.test("watch --stop-after takes a signal with or without SIG, and has a deadline", async () => {
  const stopOf = async (...more: string[]) =>
    (await optionsOf("watch", "--stop-after", "1s", ...more, "--", "node"))().limits.stop;
  assertEquals(await stopOf(), { afterMs: 1_000, signal: "SIGTERM", deadlineMs: 10_000 });
  const named = await stopOf("--stop-signal", "int", "--stop-deadline", "2s");
  assertEquals(named, { afterMs: 1_000, signal: "SIGINT", deadlineMs: 2_000 });
});

Deno.test("watch refuses what makes no sense, in a sentence", async () => {
  const wrong: [string[], string][] = [
    [["watch"], "needs a command after --"],
    [["watch", "--"], "needs a command after --"],
    [["watch", "deno", "run"], "needs a command after --"],
    [["watch", "deno", "--", "node"], '"deno" stands before it'],
    [["watch", "--stop-signal", "TERM", "--", "node"], "belongs to --stop-after"],
    [["watch", "--stop-after", "1s", "--stop-signal", "KILL", "--", "node"], "write one of TERM"],
    [["watch", "--deadline", "0s", "--", "node"], "longer than nothing"],
  ];
  for (const [argv, sentence] of wrong) {
    const error = assertThrows(await optionsOf(...argv), CommandLineError);
    assertStringIncludes(error.message, sentence);
  }
});
