import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { plainEnvironment } from "../../../tests/support/environment.ts";
import {
  assertValid,
  readJson,
  repro,
  reproWords,
  testInProject,
} from "../../../tests/support/stand_in.ts";
import { shellLine, STAND_IN, unwedge, unwedgeArgs } from "../../../tests/support/unwedge.ts";

testInProject("repro exits with what was observed", async (cwd) => {
  const codes: [string, number, string][] = [
    ["finish", 0, "FINISHED"],
    ["fail", 1, "FAILED"],
    ["leak-timer", 3, "LEAKED"],
    ["hang", 124, "HUNG"],
  ];
  for (const [act, expected, word] of codes) {
    const { code, stdout, stderr } = await repro(cwd, act);
    assertEquals(code, expected, `${act}: ${stdout}${stderr}`);
    assertMatch(stdout, new RegExp(`^${word} .*\\(exit code ${expected}\\)$`, "m"));
  }
});

testInProject("repro takes what the subject refuses for a mistake of the person", async (cwd) => {
  const { code, stdout, stderr } = await repro(cwd, "refuse", "-o out");
  assertEquals([code, stdout], [2, ""]);
  assertEquals(readJson(`${cwd}/out/result.json`).run.exitCode, 2);
  assertStringIncludes(stderr, "unwedge: unknown parameter nope\n");
});

testInProject(
  "repro prints a replay line that holds the seed and what was asked for",
  async (cwd) => {
    const flags = "--remedy reap,channel-abort --deadline 1500ms --seed 7";
    const { stdout } = await repro(cwd, "finish", flags);
    assertStringIncludes(
      stdout,
      "repro ./mine.ts --remedy channel-abort,reap --set act=finish --deadline 1500ms --seed 7\n",
    );
  },
);

testInProject("repro without --seed draws one and prints it", async (cwd) => {
  const { stdout, stderr } = await repro(cwd, "finish");
  const [, drawn] = /seed (\d+)/.exec(stderr) ?? [];
  assertMatch(stdout, new RegExp(`--seed ${drawn}\n`));
  assertEquals(readJson(`${cwd}/.unwedge/latest/result.json`).run.seed, Number(drawn));
});

testInProject("repro --json prints the document of result.json and nothing else", async (cwd) => {
  const { code, stdout, stderr } = await repro(cwd, "hang", "--json -o out");
  assertEquals(code, 124);
  assertEquals(stdout, Deno.readTextFileSync(`${cwd}/out/result.json`));
  assertStringIncludes(stderr, "HUNG");
  const document = JSON.parse(stdout);
  assertValid("result", document);
  assertValid("dump", readJson(`${cwd}/out/dump.json`));
  assertEquals(document.run.exitCode, 124);
  assertEquals(document.scenarios[0].attempts[0].dump.isolates[0].id, "main");
  assertMatch(Deno.readTextFileSync(`${cwd}/out/dump.txt`), /isolates? answered/);
});

testInProject("repro --events prints what events.ndjson holds, whole and in order", async (cwd) => {
  const { code, stdout } = await repro(cwd, "hang-and-leak", "--events -o out");
  assertEquals(stdout, Deno.readTextFileSync(`${cwd}/out/events.ndjson`));
  const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  for (const event of events) assertValid("event", event);
  assertEquals(events.map(({ seq }) => seq), events.map((_, index) => index));
  assertEquals(events[0].type, "run-started");
  const { type, totals, exitCode } = events.at(-1);
  assertEquals([type, totals.hung, exitCode], ["run-finished", 1, code]);
  const types = events.map((event) => event.type);
  for (const step of ["teardown-requested", "deadline-passed", "dump-taken", "sigint-acted"]) {
    assert(types.includes(step), step);
  }
});

testInProject("repro -q says the verdict alone", async (cwd) => {
  const { stdout, stderr } = await repro(cwd, "leak-timer", "-q");
  assertEquals([stdout.split("\n").length, stderr], [2, ""]);
});

testInProject(
  "repro without a terminal says every step of the verdict in plain lines",
  async (cwd) => {
    const { stderr } = await repro(cwd, "hang", "--slow 100ms");
    for (
      const part of [
        "running mine,",
        "still running after",
        "the deadline of 500 ms has passed",
        "looked inside: 1 isolate",
        "sent the subject a SIGINT",
        "the runtime acted on SIGINT",
      ]
    ) assertStringIncludes(stderr, part);
    assertFalse(stderr.includes("\x1b"));
    assertFalse(stderr.includes("\r"));
  },
);

testInProject(
  "repro into a directory that cannot be written exits 125 with one sentence",
  async (cwd) => {
    Deno.writeTextFileSync(`${cwd}/file`, "in the way");
    for (const path of ["/proc/nope", `${cwd}/file`, `${cwd}/file/below`]) {
      const { code, stdout, stderr } = await repro(cwd, "finish", `-q -o ${path}`);
      assertEquals([code, stdout], [125, ""]);
      assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
      assertStringIncludes(stderr, path);
    }
  },
);

testInProject(
  "repro goes on without its reader: the files are written and the code stays",
  async (cwd) => {
    const call = unwedgeArgs(reproWords("hang", "-o out"), { main: STAND_IN });
    const line = shellLine([Deno.execPath(), ...call]);
    // The reader is gone before anything is printed.
    const shell = new Deno.Command("bash", {
      args: ["-c", `${line} 2>err | true; echo "code \${PIPESTATUS[0]}"`],
      cwd,
      env: plainEnvironment(),
    });
    const { stdout } = await shell.output();
    assertEquals(new TextDecoder().decode(stdout), "code 124\n");
    assertValid("result", readJson(`${cwd}/out/result.json`));
    assertFalse(Deno.readTextFileSync(`${cwd}/err`).includes("fault"));
  },
);

testInProject(
  "repro that can no longer write what it says stops in order, says why, and exits 125",
  async (cwd) => {
    const words = (flags: string) =>
      shellLine([
        Deno.execPath(),
        ...unwedgeArgs(reproWords("finish", flags), { main: STAND_IN }),
      ]);
    const cases = [
      // Without the end of the output this would run until something hangs, which nothing does.
      [
        "events",
        `${words("--until-hang --events -o events")} 2>events.err | head -n 1 >/dev/null`,
        true,
      ],
      ["both", `${words("--until-hang --events -o both")} 2>&1 | head -n 1 >/dev/null`, false],
      ["full", `${words("-o full")} 2>full.err >/dev/full`, true],
    ] as const;
    for (const [name, line, said] of cases) {
      const shell = new Deno.Command("bash", {
        args: ["-c", `${line}; echo "code \${PIPESTATUS[0]}"`],
        cwd,
        env: plainEnvironment(),
        signal: AbortSignal.timeout(30_000),
      });
      const { stdout } = await shell.output();
      assertEquals(new TextDecoder().decode(stdout), "code 125\n", name);
      const document = readJson(`${cwd}/${name}/result.json`);
      assertValid("result", document);
      const { interruptedBy } = document.run;
      assertEquals(interruptedBy, name === "full" ? null : "lost output");
      if (!said) continue;
      assertStringIncludes(Deno.readTextFileSync(`${cwd}/${name}.err`), "stdout cannot be written");
    }
  },
);

testInProject("repro --repeat counts verdicts and exits with the worst", async (cwd) => {
  const { code, stdout } = await repro(cwd, "leak-timer", "--repeat 3 --jobs 3 -o out --json");
  assertEquals(code, 3);
  const [{ attempts }] = JSON.parse(stdout).scenarios;
  assertEquals(attempts.length, 3);
  for (const n of [1, 2, 3]) {
    assertEquals(readJson(`${cwd}/out/attempt-${n}/dump.json`).schema, "unwedge/dump@1");
  }
  const text = await repro(cwd, "finish", "--repeat 2");
  assertStringIncludes(
    text.stdout,
    "2 attempts: 2 finished; 2 as the scenario declares, 0 not\n",
  );
});

testInProject("repro --until-hang stops at the first hang", async (cwd) => {
  const hung = await repro(cwd, "hang", "--until-hang --json");
  assertEquals(JSON.parse(hung.stdout).totals.hung, 1);
  const never = await repro(cwd, "finish", "--until-hang --repeat 3 --json");
  assertEquals([never.code, JSON.parse(never.stdout).totals.finished], [0, 3]);
});

testInProject("repro --fail-fast stops at the first attempt that did not finish", async (cwd) => {
  const failed = await repro(cwd, "fail", "--repeat 3 --fail-fast");
  assertEquals(failed.code, 1);
  assertStringIncludes(failed.stdout, "3 attempts: 1 failed and 2 not started");
  const without = await repro(cwd, "finish", "--repeat 2 --fail-fast --json");
  assertEquals([without.code, JSON.parse(without.stdout).totals.finished], [0, 2]);
});

testInProject("repro takes its settings from the environment and from deno.json", async (cwd) => {
  Deno.writeTextFileSync(`${cwd}/deno.json`, '{"unwedge": {"deadline": "2s", "seed": 5}}');
  const env = { UNWEDGE_DEADLINE: "3s" };
  const { stdout } = await unwedge(reproWords("finish", "--json"), { cwd, main: STAND_IN, env });
  const document = JSON.parse(stdout);
  assertEquals(document.run.seed, 5);
  assertEquals(document.scenarios[0].attempts[0].deadlineMs, 3_000);
});
