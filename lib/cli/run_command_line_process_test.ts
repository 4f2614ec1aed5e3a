import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { assertGolden } from "../../tests/support/golden.ts";
import { inTemporaryDirectory, testInDirectory, unwedge } from "../../tests/support/unwedge.ts";

const TIMEOUT = { timeout: 30_000 };

Deno.test("unwedge alone shows its help on stderr and exits 2", TIMEOUT, async () => {
  const { code, stdout, stderr } = await unwedge([]);
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, "Usage: unwedge VERB");
});

Deno.test("unwedge help is the overview, on stdout", TIMEOUT, async () => {
  const { code, stdout, stderr } = await unwedge(["help"]);
  assertEquals([code, stderr], [0, ""]);
  assertGolden("help.txt", stdout);
});

Deno.test(
  "unwedge help VERB, -h and --help show the same page, wherever they stand",
  TIMEOUT,
  async () => {
    const lines = ["help repro", "repro --help", "-h repro", "repro happy --deadline 5 -h"];
    const pages = await Promise.all(lines.map((line) => unwedge(line.split(" "))));
    for (const { code, stdout, stderr } of pages) {
      assertEquals([code, stderr], [0, ""]);
      assertGolden("help_repro.txt", stdout);
    }
  },
);

Deno.test("unwedge help refuses a verb that does not exist", TIMEOUT, async () => {
  const { code, stderr } = await unwedge(["help", "rpero"]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "did you mean repro?");
});

Deno.test("unwedge -V names unwedge, Deno, V8 and the schema in one line", TIMEOUT, async () => {
  for (const flag of ["-V", "--version"]) {
    const { code, stdout, stderr } = await unwedge([flag]);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(
      stdout,
      /^unwedge \d+\.\d+\.\d+ \(deno [\d.]+, v8 [\w.-]+, schema unwedge\/result@1\)\n$/,
    );
  }
});

Deno.test(
  "unwedge refuses what was typed wrong: exit 2, stderr alone, no stack",
  TIMEOUT,
  async () => {
    const wrong: [string, string][] = [
      ["rpero happy", "did you mean repro?"],
      ["repro nope", "did you mean non-checkpointing?"],
      ["repro happy --dedline 5s", "did you mean --deadline?"],
      ["repro happy --deadline 5", "write 5s or 5ms"],
      ["repro happy --remedy chanel-abort", "did you mean channel-abort?"],
      ["repro happy --remedy none,reap", "stands alone"],
      ["repro happy --samples 1", "2 or more"],
      ["repro happy --json --events", "stdout"],
      ["repro happy -q -v", "exclude each other"],
      ["repro happy spinning-child", "a second one"],
      ["repro ./not/there.ts", "there is no file ./not/there.ts"],
      ["repro", "needs the name of a scenario"],
      ["schema reslt", "did you mean result?"],
      ["list --repeat 3", "does not go with list"],
      ["explain", "explain needs"],
      ["explain orphaned-chanel", "did you mean orphaned-channel?"],
    ];
    for (const [line, part] of wrong) {
      const { code, stdout, stderr } = await unwedge(line.split(" "));
      assertEquals([code, stdout], [2, ""], `${line}: ${stderr}`);
      assertStringIncludes(stderr, part);
      assertEquals(/\n\s+at /.test(stderr), false, stderr);
    }
  },
);

Deno.test(
  "unwedge takes a bad setting of the environment and of deno.json as typed wrong",
  TIMEOUT,
  async () => {
    const fromEnv = await unwedge(["repro", "happy"], { env: { UNWEDGE_DEADLINE: "5" } });
    assertEquals(fromEnv.code, 2);
    assertStringIncludes(fromEnv.stderr, "UNWEDGE_DEADLINE 5: a duration needs its unit");
    await inTemporaryDirectory(async (cwd) => {
      Deno.writeTextFileSync(`${cwd}/deno.json`, '{"unwedge": {"softKill": 5}}');
      const fromConfig = await unwedge(["repro", "happy"], { cwd });
      assertEquals(fromConfig.code, 2);
      assertStringIncludes(fromConfig.stderr, 'deno.json "unwedge.softKill" 5: a duration needs');
    });
  },
);

testInDirectory(
  "unwedge takes settings from deno.json for every verb but those that must work beside a broken one",
  async (cwd) => {
    Deno.writeTextFileSync(`${cwd}/deno.json`, '{"unwedge": {"color": "always"}}');
    const colored = await unwedge(["explain", "orphaned-channel"], { cwd });
    assertStringIncludes(colored.stdout, "\x1b[");
    const typed = await unwedge(["explain", "orphaned-channel", "--color", "never"], { cwd });
    assertEquals(typed.stdout.includes("\x1b["), false);
    Deno.writeTextFileSync(`${cwd}/deno.json`, '{"unwedge": {"colour": "always"}}');
    assertEquals((await unwedge(["explain", "orphaned-channel"], { cwd })).code, 2);
    for (const line of ["help", "schema result", "completions bash"]) {
      assertEquals((await unwedge(line.split(" "), { cwd })).code, 0, line);
    }
  },
);

Deno.test("unwedge schema prints a JSON Schema", TIMEOUT, async () => {
  for (const kind of ["result", "event", "dump", "process-dump", "matrix", "doctor", "sweep"]) {
    const { code, stdout, stderr } = await unwedge(["schema", kind]);
    assertEquals([code, stderr], [0, ""]);
    assertEquals(JSON.parse(stdout).title, `unwedge/${kind}@1`);
  }
});
