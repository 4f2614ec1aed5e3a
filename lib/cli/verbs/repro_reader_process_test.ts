/** A reader of our stdout that stands still (`repro | less`): nothing that is judged or written may depend on it. */

import { assertEquals, assertFalse } from "@std/assert";
import { plainEnvironment } from "../../../tests/support/environment.ts";
import { inProject, readJson, reproWords } from "../../../tests/support/stand_in.ts";
import { STAND_IN, unwedgeArgs } from "../../../tests/support/unwedge.ts";
import { readInterference } from "../../os/interference.ts";

/** Fills a FIFO to the last byte (16 pages), then calls with it as stdout. */
const FILL = 'mkfifo pipe; exec 3<>pipe; head -c 65536 /dev/zero >&3; exec "$@" >&3 3>&-';

for (
  const [act, deadline, verdict, code] of [
    ["slow", "--deadline 50s", "finished", 0],
    ["hang", "", "hung", 124],
  ] as const
) {
  Deno.test({
    name:
      `repro has judged and written the files of what ${verdict} before its reader takes a byte`,
    timeout: 60_000,
    fn: () =>
      inProject(async (cwd) => {
        const call = unwedgeArgs(reproWords(act, `-o out ${deadline}`), { main: STAND_IN });
        const child = new Deno.Command("bash", {
          args: ["-c", FILL, "bash", Deno.execPath(), ...call],
          cwd,
          env: plainEnvironment(),
          stdin: "null",
          stderr: "null",
        }).spawn();
        const blocked = () =>
          readInterference(child.pid, null).fullPipes.some(({ fd }) => fd === 1);
        let over = false;
        void child.status.then(() => over = true);
        // The kernel tells nobody when a pipe is full, so it is asked again and again.
        while (!over && !blocked()) await new Promise((resolve) => setTimeout(resolve, 5));
        assertFalse(over, "it ended although nobody read what it printed");
        const { scenarios: [{ attempts }], run } = readJson(`${cwd}/out/result.json`);
        assertEquals([attempts[0].verdict, run.exitCode], [verdict, code]);
        const reader = new Deno.Command("cat", { args: ["pipe"], cwd, stdout: "null" }).spawn();
        assertEquals((await child.status).code, code);
        await reader.status;
      }),
  });
}
