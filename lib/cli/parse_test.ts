import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { FLAGS } from "./flags.ts";
import { parse } from "./parse.ts";
import { loadVerb } from "./run_command_line.ts";
import { VERBS } from "./verbs.ts";
import { CommandLineError } from "./command_line_error.ts";

async function flagsOf(line: string) {
  const { flags } = await parse(line.split(" "));
  return Object.fromEntries(flags);
}

async function refusal(line: string): Promise<string> {
  return (await assertRejects(() => parse(line.split(" ")), CommandLineError)).message;
}

Deno.test("parse takes flags anywhere, the verb's place included", async () => {
  const expected = { deadline: "5s", json: true };
  assertEquals(await flagsOf("repro happy --deadline 5s --json"), expected);
  assertEquals(await flagsOf("--json --deadline=5s repro happy"), expected);
  assertEquals((await parse(["--json", "repro", "happy"])).words, ["happy"]);
});

Deno.test("parse leaves out what was not typed, so that other sources can say it", async () => {
  assertEquals(await flagsOf("repro happy"), {});
});

Deno.test("parse understands the negative of a negatable switch", async () => {
  assertEquals(await flagsOf("repro x --no-sigint-probe"), { "sigint-probe": false });
  assertEquals(await flagsOf("repro x --sigint-probe"), { "sigint-probe": true });
  assertStringIncludes(await refusal("repro x --no-json"), "there is no flag --no-json");
});

Deno.test("parse takes --no-input for what it is, not for the negative of --input", async () => {
  assertEquals(await flagsOf("repro x --no-input"), { "no-input": true });
});

Deno.test("parse collects --set and takes short names", async () => {
  assertEquals(await flagsOf("repro x --set a=1 --set b=2"), { set: ["a=1", "b=2"] });
  assertEquals(await flagsOf("repro x -o out -q"), { "out-dir": "out", quiet: true });
});

Deno.test("parse keeps a number that is a name as text", async () => {
  assertEquals((await parse(["repro", "007"])).words, ["007"]);
});

Deno.test("parse refuses an unknown verb and offers the nearest", async () => {
  assertEquals(await refusal("rpero x"), 'there is no verb "rpero"; did you mean repro?');
});

Deno.test("parse refuses an unknown flag and offers the nearest of the verb's", async () => {
  assertEquals(
    await refusal("repro x --dedline 5s"),
    "there is no flag --dedline; did you mean --deadline?",
  );
  assertEquals(await refusal("repro x --jsn=1"), "there is no flag --jsn; did you mean --json?");
});

Deno.test("parse refuses a flag that belongs to another verb", async () => {
  const { verbs } = FLAGS.find(({ name }) => name === "deadline") ?? { verbs: [] };
  const others = [...verbs].join(", ");
  assertEquals(
    await refusal("list --deadline 5s"),
    `--deadline does not go with list, only with ${others}`,
  );
});

Deno.test("parse refuses a flag without its value", async () => {
  const message = "--deadline needs a value: --deadline DUR";
  assertEquals(await refusal("repro x --deadline"), message);
  assertEquals(await refusal("repro x --deadline --json"), message);
  assertEquals(await refusal("repro x --deadline="), message);
  assertEquals(await refusal("repro x --set"), "--set needs a value: --set KEY=VALUE");
});

Deno.test("parse sees -h and -V wherever they stand", async () => {
  for (const line of ["-h", "repro x -h", "-h repro", "repro --help"]) {
    assertEquals((await parse(line.split(" "))).wantsHelp, true, line);
  }
  assertEquals((await parse(["-V"])).wantsVersion, true);
});

Deno.test("parse refuses a value for a switch, and takes what follows -- for words", async () => {
  assertEquals(await refusal("repro x --json=yes"), "--json takes no value");
  assertEquals(await flagsOf("repro x --sigint-probe=false"), { "sigint-probe": false });
  assertEquals((await parse(["repro", "--", "--json"])).words, ["--json"]);
  assertEquals(await flagsOf("repro x --junit - -qoout"), {
    junit: "-",
    quiet: true,
    "out-dir": "out",
  });
});

Deno.test("loadVerb finds the function of every verb of the table", async () => {
  for (const { name } of VERBS) assertEquals(typeof await loadVerb(name), "function", name);
});
