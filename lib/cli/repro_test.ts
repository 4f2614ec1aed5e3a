import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { Ajv2020 } from "ajv";
import {
  type Called,
  inTemporaryDirectory,
  STAND_IN,
  unwedge,
  unwedgeArgs,
  unwedgeCommand,
} from "../../fixtures/unwedge.ts";
import { stripAnsi } from "../report/style.ts";
import { jsonSchema, type SchemaKind } from "../report/schema.ts";

const TIMEOUT = { timeout: 60_000 };
const decoder = new TextDecoder();

/** A directory with a file that passes for a scenario of the user's own; the stand-in does not load it. */
async function inProject(test: (cwd: string) => Promise<void>): Promise<void> {
  await inTemporaryDirectory(async (cwd) => {
    Deno.writeTextFileSync(`${cwd}/mine.ts`, "");
    await test(cwd);
  });
}

function words(act: string, flags: string): string[] {
  return ["repro", "./mine.ts", "--set", `act=${act}`, ...flags.split(" ").filter(Boolean)];
}

async function repro(cwd: string, act: string, flags = ""): Promise<Called> {
  return await unwedge(words(act, flags), { cwd, main: STAND_IN });
}

function readJson(path: string) {
  return JSON.parse(Deno.readTextFileSync(path));
}

function assertValid(kind: SchemaKind, value: unknown): void {
  const validate = new Ajv2020({ strict: true, validateFormats: false }).compile(jsonSchema(kind));
  assert(validate(value), JSON.stringify(validate.errors));
}

function isAlive(pid: number): boolean {
  try {
    return !/\nState:\s+Z/.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

Deno.test("repro exits with what was observed", TIMEOUT, async () => {
  await inProject(async (cwd) => {
    const codes: [string, number, string][] = [
      ["finish", 0, "FINISHED"],
      ["fail", 1, "FAILED"],
      ["leak-timer", 3, "LEAKED"],
      ["hang", 124, "HUNG"],
    ];
    for (const [act, expected, word] of codes) {
      const { code, stdout, stderr } = await repro(cwd, act);
      assertEquals(code, expected, `${act}: ${stdout}${stderr}`);
      const last = stdout.trimEnd().split("\n").at(-1) ?? "";
      assert(last.startsWith(`${word} `), last);
      assertStringIncludes(last, `exit code ${expected}`);
    }
  });
});

Deno.test("repro takes what the subject refuses for a mistake of the person", TIMEOUT, async () => {
  await inProject(async (cwd) => {
    const { code, stdout, stderr } = await repro(cwd, "refuse");
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, "unwedge: unknown parameter nope\n");
  });
});

Deno.test(
  "repro prints a replay line that holds the seed and what was asked for",
  TIMEOUT,
  async () => {
    await inProject(async (cwd) => {
      const flags = "--remedy reap,channel-abort --deadline 1500ms --seed 7";
      const { stdout } = await repro(cwd, "finish", flags);
      assertStringIncludes(
        stdout,
        "repro ./mine.ts --set act=finish --remedy channel-abort,reap --deadline 1500ms --seed 7\n",
      );
    });
  },
);

Deno.test("repro without --seed draws one and prints it", TIMEOUT, async () => {
  await inProject(async (cwd) => {
    const { stdout, stderr } = await repro(cwd, "finish");
    const [, drawn] = /seed (\d+)/.exec(stderr) ?? [];
    assertMatch(stdout, new RegExp(`--seed ${drawn}\n`));
    assertEquals(readJson(`${cwd}/.unwedge/latest/result.json`).run.seed, Number(drawn));
  });
});

Deno.test("repro --json prints the document of result.json and nothing else", TIMEOUT, async () => {
  await inProject(async (cwd) => {
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
});

Deno.test(
  "repro --events prints what events.ndjson holds, whole and in order",
  TIMEOUT,
  async () => {
    await inProject(async (cwd) => {
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
  },
);

Deno.test("repro -q says the verdict alone", TIMEOUT, async () => {
  await inProject(async (cwd) => {
    const { stdout, stderr } = await repro(cwd, "leak-timer", "-q");
    assertEquals([stdout.split("\n").length, stderr], [2, ""]);
  });
});

Deno.test(
  "repro without a terminal says every step of the verdict in plain lines",
  TIMEOUT,
  async () => {
    await inProject(async (cwd) => {
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
    });
  },
);

Deno.test(
  "repro into a directory that cannot be written exits 125 with one sentence",
  TIMEOUT,
  async () => {
    await inProject(async (cwd) => {
      Deno.writeTextFileSync(`${cwd}/file`, "in the way");
      for (const path of ["/proc/nope", `${cwd}/file`, `${cwd}/file/below`]) {
        const { code, stdout, stderr } = await repro(cwd, "finish", `-q -o ${path}`);
        assertEquals([code, stdout], [125, ""]);
        assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
        assertStringIncludes(stderr, path);
      }
    });
  },
);

Deno.test(
  "repro goes on without its reader: the files are written and the code stays",
  TIMEOUT,
  async () => {
    await inProject(async (cwd) => {
      const call = unwedgeArgs(words("hang", "-o out"), { main: STAND_IN });
      const line = [Deno.execPath(), ...call].map((word) => `'${word}'`).join(" ");
      // The reader is gone before anything is printed.
      const shell = new Deno.Command("bash", {
        args: ["-c", `${line} 2>err | true; echo "code \${PIPESTATUS[0]}"`],
        cwd,
      });
      const { stdout } = await shell.output();
      assertEquals(decoder.decode(stdout), "code 124\n");
      assertValid("result", readJson(`${cwd}/out/result.json`));
      assertFalse(Deno.readTextFileSync(`${cwd}/err`).includes("fault"));
    });
  },
);

Deno.test("repro --repeat counts verdicts and exits with the worst", TIMEOUT, async () => {
  await inProject(async (cwd) => {
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
});

Deno.test("repro --until-hang stops at the first hang", TIMEOUT, async () => {
  await inProject(async (cwd) => {
    const hung = await repro(cwd, "hang", "--until-hang --json");
    assertEquals(JSON.parse(hung.stdout).totals.hung, 1);
    const never = await repro(cwd, "finish", "--until-hang --repeat 3 --json");
    assertEquals([never.code, JSON.parse(never.stdout).totals.finished], [0, 3]);
  });
});

/** Starts a run that hangs for a minute, and gives control once its teardown is under way. */
async function whileHanging(
  flags: string,
  cwd: string,
  act: (child: Deno.ChildProcess, said: () => Promise<string>) => Promise<void>,
): Promise<Called> {
  const args = words("hang", `--deadline 60s -v -o out ${flags}`);
  const child = unwedgeCommand(args, { cwd, main: STAND_IN }).spawn();
  const lines = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let stderr = "";
  const said = async () => {
    const { value, done } = await lines.read();
    if (done) throw new Error(`the stream ended: ${stderr}`);
    stderr += value;
    return stderr;
  };
  const stdout = new Response(child.stdout).text();
  while (!stderr.includes("teardown requested")) await said();
  await act(child, said);
  for (let last = await lines.read(); !last.done; last = await lines.read()) stderr += last.value;
  const { code } = await child.status;
  return { code, stdout: await stdout, stderr };
}

for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test(`repro stops in order on ${signal}, with a partial report`, TIMEOUT, async () => {
    await inProject(async (cwd) => {
      let subject = 0;
      const { code, stdout, stderr } = await whileHanging("", cwd, (child) => {
        subject = readJson(`${cwd}/out/subject.json`).pid;
        child.kill(signal);
        return Promise.resolve();
      });
      assertEquals(code, expected);
      assertStringIncludes(stderr, `unwedge: ${signal}: dumping what is there`);
      assertStringIncludes(stdout, "INTERRUPTED");
      assertStringIncludes(stdout, "this report is partial");
      const { run, scenarios } = readJson(`${cwd}/out/result.json`);
      assertEquals([run.partial, run.interruptedBy, run.exitCode], [true, signal, expected]);
      assertEquals(scenarios[0].attempts[0].verdict, "interrupted");
      assertFalse(isAlive(subject));
    });
  });
}

Deno.test(
  "repro kills the subject on the second Ctrl-C, and takes a doubled one for one",
  TIMEOUT,
  async () => {
    await inProject(async (cwd) => {
      let subject = 0;
      const slowDump = "--samples 50 --sample-gap 500ms";
      const { code, stderr } = await whileHanging(slowDump, cwd, async (child, said) => {
        subject = readJson(`${cwd}/out/subject.json`).pid;
        child.kill("SIGINT");
        child.kill("SIGINT");
        while (!(await said()).includes("stopping in order"));
        // Two signals are one within 400 ms; this is the one place where time itself is under test.
        await new Promise((resolve) => setTimeout(resolve, 600));
        child.kill("SIGINT");
      });
      assertEquals(code, 130);
      assertEquals(stderr.split("SIGINT: ").length - 1, 2, stderr);
      assertStringIncludes(stderr, "SIGINT: killing the subject");
      assertEquals(readJson(`${cwd}/out/result.json`).run.partial, true);
      assertFalse(isAlive(subject));
    });
  },
);

async function onTerminal(cwd: string, act: string, env: Record<string, string>): Promise<string> {
  const call = unwedgeArgs(words(act, "-o out"), { main: STAND_IN });
  const line = [Deno.execPath(), ...call].map((word) => `'${word}'`).join(" ");
  const { stdout } = await new Deno.Command("script", {
    args: ["-qec", line, "/dev/null"],
    cwd,
    env: { TERM: "xterm", NO_COLOR: "", FORCE_COLOR: "", ...env },
    stdin: "null",
  }).output();
  return decoder.decode(stdout);
}

const hasScript = (() => {
  try {
    return new Deno.Command("script", { args: ["--version"], stdout: "null" }).outputSync().success;
  } catch {
    return false;
  }
})();

Deno.test({
  name: "repro on a terminal draws one line, and it is gone at the end",
  ignore: !hasScript,
  ...TIMEOUT,
  fn: async () => {
    await inProject(async (cwd) => {
      const screen = await onTerminal(cwd, "slow", {});
      const draws = screen.split("\r\x1b[2K");
      assert(draws.length > 3, screen);
      assertStringIncludes(screen, "tearing down");
      assertStringIncludes(screen, "^C: stop and report");
      // What follows the last erasure is the result, beginning in the first column.
      const result = draws.at(-1) ?? "";
      assertMatch(stripAnsi(result), /^again: /);
      assertStringIncludes(result, "\x1b[32m");
    });
  },
});

Deno.test({
  name: "repro on a terminal with NO_COLOR draws its line without colour",
  ignore: !hasScript,
  ...TIMEOUT,
  fn: async () => {
    await inProject(async (cwd) => {
      const screen = await onTerminal(cwd, "slow", { NO_COLOR: "1" });
      assertStringIncludes(screen, "tearing down");
      const withoutErasures = screen.replaceAll("\x1b[2K", "");
      assertEquals(withoutErasures, stripAnsi(withoutErasures));
    });
  },
});

Deno.test("repro colours a pipe only when told to", TIMEOUT, async () => {
  await inProject(async (cwd) => {
    assertFalse((await repro(cwd, "finish")).stdout.includes("\x1b"));
    assert((await repro(cwd, "finish", "--color always")).stdout.includes("\x1b[32m"));
    const env = { FORCE_COLOR: "1" };
    const forced = await unwedge(words("finish", ""), { cwd, main: STAND_IN, env });
    assert(forced.stdout.includes("\x1b[32m"));
    const never = await unwedge(words("finish", "--color never"), { cwd, main: STAND_IN, env });
    assertFalse(never.stdout.includes("\x1b"));
  });
});

Deno.test("repro takes its settings from the environment and from deno.json", TIMEOUT, async () => {
  await inProject(async (cwd) => {
    Deno.writeTextFileSync(`${cwd}/deno.json`, '{"unwedge": {"deadline": "2s", "seed": 5}}');
    const env = { UNWEDGE_DEADLINE: "3s" };
    const { stdout } = await unwedge(words("finish", "--json"), { cwd, main: STAND_IN, env });
    const document = JSON.parse(stdout);
    assertEquals(document.run.seed, 5);
    assertEquals(document.scenarios[0].attempts[0].deadlineMs, 3_000);
  });
});
