import { assertEquals, assertStringIncludes } from "@std/assert";
import { delay } from "@std/async";
import { STAND_IN_FINISH, writeScenario } from "../../fixtures/scenario_files.ts";
import { inTemporaryDirectory, STAND_IN, unwedgeArgs } from "../../fixtures/unwedge.ts";

/** Letter of a process's state, or null when it has gone. */
function stateOf(pid: number): string | null {
  try {
    return /\nState:\s+(\w)/.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1] ?? null;
  } catch {
    return null;
  }
}

/** What somebody else's process does is told to nobody. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(5);
}

function subjectIn(cwd: string): number | null {
  try {
    const dir = `${cwd}/out/attempts/a.slow/none-1`;
    return JSON.parse(Deno.readTextFileSync(`${dir}/subject.json`)).pid;
  } catch {
    return null;
  }
}

Deno.test({
  name: "smoke sleeps through a SIGTSTP with its subjects, longer than their deadline",
  timeout: 60_000,
  fn: () =>
    inTemporaryDirectory(async (cwd) => {
      const name = writeScenario(cwd, "a.slow", { expected: STAND_IN_FINISH, fixedBy: [] });
      const child = new Deno.Command(Deno.execPath(), {
        args: unwedgeArgs(["smoke", name, "-o", "out", "--deadline", "3s"], { main: STAND_IN }),
        cwd,
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
        // A session of its own: on a terminal the whole job is stopped, and this test is in it.
        detached: true,
      }).spawn();
      const said = Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ]);
      await until(() => subjectIn(cwd) !== null);
      child.kill("SIGTSTP");
      await until(() => stateOf(child.pid) === "T");
      assertEquals(stateOf(subjectIn(cwd) ?? 0), "T");
      // Time itself is under test.
      await delay(4_000);
      child.kill("SIGCONT");
      const [stdout, stderr] = await said;
      assertEquals((await child.status).code, 0, stdout + stderr);
      assertStringIncludes(stderr, "SIGTSTP: the clocks stand");
    }),
});
