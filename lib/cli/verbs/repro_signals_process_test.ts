import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { delay } from "@std/async";
import { inProject, readJson, reproWords } from "../../../tests/support/stand_in.ts";
import { type Called, STAND_IN, unwedgeCommand } from "../../../tests/support/unwedge.ts";

const TIMEOUT = { timeout: 60_000 };
/** The contract: signals that are closer than this are one, in milliseconds. */
const SAME_SIGNAL_MS = 400;

function isAlive(pid: number): boolean {
  try {
    return !/\nState:\s+Z/.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

/** Starts a run that hangs for a minute, and gives control once its teardown is under way. */
async function whileHanging(
  flags: string,
  cwd: string,
  act: (child: Deno.ChildProcess, said: () => Promise<string>) => Promise<void>,
): Promise<Called> {
  const args = reproWords("hang", `--deadline 60s -v -o out ${flags}`);
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
      assertEquals(code, expected, stderr);
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
    // A machine that does not let us be quick enough shows nothing; then it is done once more.
    for (let doubled = false; !doubled;) {
      await inProject(async (cwd) => {
        let subject = 0;
        const slowDump = "--samples 50 --sample-gap 500ms";
        const { code, stderr } = await whileHanging(slowDump, cwd, async (child, said) => {
          subject = readJson(`${cwd}/out/subject.json`).pid;
          const firstAt = performance.now();
          child.kill("SIGINT");
          while (!(await said()).includes("stopping in order"));
          child.kill("SIGINT");
          doubled = performance.now() - firstAt < SAME_SIGNAL_MS / 2;
          if (!doubled) return;
          // The first had been taken by the time it was told of.
          await delay(SAME_SIGNAL_MS);
          child.kill("SIGINT");
        });
        if (!doubled) return;
        assertEquals(code, 130, stderr);
        assertEquals(stderr.split("SIGINT: ").length - 1, 2, stderr);
        assertStringIncludes(stderr, "SIGINT: killing the subject");
        // It did not wait for the dump, which would have taken until the orderly stop's own bound.
        assertStringIncludes(stderr, "the run was ended before the dump was taken");
        assertEquals(readJson(`${cwd}/out/result.json`).run.partial, true);
        assertFalse(isAlive(subject));
      });
    }
  },
);
