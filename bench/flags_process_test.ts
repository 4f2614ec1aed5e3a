import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Flags, readFlags, scenarioNames } from "./flags.ts";

const FLAGS = {
  repeat: { kind: "count", default: 100, about: "how often" },
  kills: { kind: "count", default: 5, min: 0, about: "how many" },
  seed: { kind: "count", default: null, about: "where it begins" },
  only: { kind: "names", known: ["happy", "rpc-cycle"], about: "which" },
  load: { kind: "switch", about: "with every core busy" },
} as const satisfies Flags;

function read(...args: string[]) {
  return readFlags("Usage: it", FLAGS, args);
}

function message(...args: string[]): string {
  const got = read(...args);
  return got.kind === "usage" ? got.message : `not refused but ${got.kind}`;
}

Deno.test("readFlags fills in what is not said", () => {
  assertEquals(read(), {
    kind: "run",
    values: { repeat: 100, kills: 5, seed: null, only: [], load: false },
  });
});

Deno.test("readFlags takes each kind, glued or not", () => {
  assertEquals(read("--repeat", "3", "--kills=0", "--only", "happy,rpc-cycle", "--load"), {
    kind: "run",
    values: { repeat: 3, kills: 0, seed: null, only: ["happy", "rpc-cycle"], load: true },
  });
});

Deno.test("readFlags refuses what it does not know, or cannot read", () => {
  assertEquals(message("--repaet", "3"), "unknown argument --repaet");
  assertEquals(message("happy"), "unknown argument happy");
  assertEquals(message("-r"), "unknown argument -r");
  assertEquals(message("--constructor"), "unknown argument --constructor");
  assertEquals(message("--"), "unknown argument --");
  assertEquals(message("--repeat"), "--repeat needs a value");
  assertEquals(message("--repeat", "--load"), "--repeat needs a value");
  assertEquals(message("--load=yes"), "--load takes no value");
  for (const bad of ["0", "-1", "1.5", "ten", "", "1e9"]) {
    assertMatch(message(`--repeat=${bad}`), /is not a whole number from 1 on$/);
  }
  assertStringIncludes(message("--only", "happy,hapy"), 'there is no "hapy"; there is happy,');
});

Deno.test("readFlags explains every flag when asked, whatever else stands there", () => {
  for (const asked of [["--help"], ["--load", "-h"]]) {
    const got = read(...asked);
    const text = got.kind === "help" ? got.text : "";
    assertStringIncludes(text, "Usage: it\n\n  --repeat N  how often (default: 100)");
    for (const name of Object.keys(FLAGS)) assertStringIncludes(text, `--${name}`);
  }
});

Deno.test("scenarioNames() reads the catalog's folder", () => {
  const names = scenarioNames();
  assertEquals(names.includes("non-checkpointing") && names.includes("happy"), true);
  assertEquals(names.filter((name) => /[_.]/.test(name)), []);
});

const PROGRAMS = [
  "../tools/soak/main.ts",
  "../tools/break_remedies/main.ts",
  "../tools/fuzz_frames.ts",
  "main.ts",
  "../tools/soak/diagnose.ts",
  "../tools/soak/proof.ts",
  "../tools/soak/proof_latency.ts",
  "../tools/soak/sentinel.ts",
] as const;

for (const program of PROGRAMS) {
  Deno.test({
    name: `bench/${program} refuses a flag that it does not know, and prints help for --help`,
    timeout: 30_000,
    fn: async () => {
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
      assertStringIncludes(unknown.err, "unknown argument --wurst");
      const help = await run("--help");
      assertEquals([help.code, help.err], [0, ""]);
      assertMatch(help.out, /^Usage: /);
    },
  });
}
