import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { type Flags, helpText, readFlags, scenarioNames } from "./flags.ts";

const FLAGS = {
  repeat: { kind: "count", default: 100, about: "how often" },
  kills: { kind: "count", default: 5, min: 0, about: "how many" },
  seed: { kind: "count", default: null, about: "where it begins" },
  only: { kind: "names", known: ["happy", "rpc-cycle"], about: "which" },
  load: { kind: "switch", about: "with every core busy" },
} as const satisfies Flags;

function read(...args: string[]) {
  return readFlags(FLAGS, args);
}

Deno.test("readFlags fills in what is not said", () => {
  assertEquals(read(), { repeat: 100, kills: 5, seed: null, only: [], load: false });
});

Deno.test("readFlags takes each kind, glued or not", () => {
  assertEquals(read("--repeat", "3", "--kills=0", "--only", "happy,rpc-cycle", "--load"), {
    repeat: 3,
    kills: 0,
    seed: null,
    only: ["happy", "rpc-cycle"],
    load: true,
  });
});

Deno.test("readFlags refuses what it does not know, or cannot read", () => {
  const refused = [
    ["--repaet", "3"],
    ["happy"],
    ["-r"],
    ["--constructor"],
    ["--repeat"],
    ["--repeat", "--load"],
    ["--load=yes"],
    ["--only", "happy,hapy"],
    ...["0", "-1", "1.5", "ten", "", "1e9"].map((bad) => [`--repeat=${bad}`]),
  ];
  for (const args of refused) assertThrows(() => read(...args), TypeError, "", args.join(" "));
});

Deno.test("readFlags asks for help when told to, whatever else stands there", () => {
  for (const asked of [["--help"], ["--load", "-h"]]) assertEquals(read(...asked), null);
  const text = helpText("Usage: it", FLAGS);
  assertStringIncludes(text, "Usage: it\n\n  --repeat N  how often (default: 100)");
  for (const name of Object.keys(FLAGS)) assertStringIncludes(text, `--${name}`);
});

Deno.test("scenarioNames() reads the catalog's folder", () => {
  const names = scenarioNames();
  assertEquals(names.includes("non-checkpointing") && names.includes("happy"), true);
  assertEquals(names.filter((name) => /[_.]/.test(name)), []);
});

const PROGRAMS = [
  "./soak/main.ts",
  "./break_remedies/main.ts",
  "./soak/proof.ts",
] as const;

for (const program of PROGRAMS) {
  Deno.test(`tools/${program} refuses a flag that it does not know, and prints help for --help`, async () => {
    const run = async (word: string) => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", new URL(program, import.meta.url).href, word],
        stdin: "null",
      }).output();
      const text = new TextDecoder();
      return { code, out: text.decode(stdout), err: text.decode(stderr) };
    };
    const unknown = await run("--wurst");
    assertEquals([unknown.code, unknown.out], [2, ""]);
    assertStringIncludes(unknown.err, "--wurst");
    const help = await run("--help");
    assertEquals([help.code, help.err], [0, ""]);
    assertMatch(help.out, /^Usage: /);
  });
}
