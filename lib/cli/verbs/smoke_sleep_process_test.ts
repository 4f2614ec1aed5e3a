import { assertEquals, assertStringIncludes } from "@std/assert";
import { delay } from "@std/async";
import { passed, teardownAt } from "../../../tests/support/deadline.ts";
import { plainEnvironment } from "../../../tests/support/environment.ts";
import { STAND_IN_FINISH, writeScenario } from "../../../tests/support/scenario_files.ts";
import { inTemporaryDirectory, STAND_IN, unwedgeArgs } from "../../../tests/support/unwedge.ts";

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

const ATTEMPT = "out/attempts/a.until-file/none-1";

Deno.test({
  name: "smoke sleeps through a SIGTSTP with its subjects, longer than their deadline",
  timeout: 60_000,
  fn: () =>
    inTemporaryDirectory(async (cwd) => {
      const name = writeScenario(cwd, "a.until-file", { expected: STAND_IN_FINISH, fixedBy: [] });
      const words = ["smoke", name, "-o", "out", "--deadline", "3s"];
      const child = new Deno.Command(Deno.execPath(), {
        args: unwedgeArgs(words, { main: STAND_IN }),
        cwd,
        env: plainEnvironment(),
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
      let over = false;
      void child.status.then(() => over = true);
      const journal = `${cwd}/${ATTEMPT}/journal.msgpack`;
      using cleanUp = new DisposableStack();
      // One that was put to sleep and not woken would sleep for ever; its subject's warden does the rest.
      cleanUp.defer(() => over || child.kill("SIGKILL"));
      await until(() => over || teardownAt(journal) !== null);
      assertEquals(over, false, "it ended before its subject was torn down");
      child.kill("SIGTSTP");
      await until(() => stateOf(child.pid) === "T");
      // Who is stopped stops nobody, so the subject's signal was sent; its threads stop a moment after it.
      const { pid } = JSON.parse(Deno.readTextFileSync(`${cwd}/${ATTEMPT}/subject.json`));
      await until(() => stateOf(pid) === "T");
      await passed(journal, 3_000);
      // Once it goes on it joins at once, with what was left of its three seconds.
      Deno.writeTextFileSync(`${cwd}/${ATTEMPT}/joins`, "");
      child.kill("SIGCONT");
      const [stdout, stderr] = await said;
      assertEquals((await child.status).code, 0, stdout + stderr);
      assertStringIncludes(stderr, "SIGTSTP: the clocks stand");
    }),
});
