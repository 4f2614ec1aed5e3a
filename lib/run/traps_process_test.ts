/**
 * Traps of the platform that falsify the verdict on a process that an inspector was connected to:
 * docs/platform-traps.md.
 */

import { assert, assertEquals } from "@std/assert";
import { readInterference } from "../os/interference.ts";
import type { RunEvent } from "./run_event.ts";
import { SubjectOutput } from "../subject/subject_output.ts";
import { judged, runFixture } from "../../tests/support/run.ts";

const test = (name: string, fn: () => Promise<void>): void =>
  Deno.test({ name, timeout: 60_000, fn });

/** Runs the fixture and asks, at each event of that type, who is connected to its inspector. */
async function clientsAt(act: string, type: RunEvent["type"], graceMs: number) {
  const asked: number[] = [];
  let [dir, pid] = ["", -1];
  const run = await runFixture(act, {
    request: { graceMs },
    prepare: (runDir) => void (dir = runDir),
    onEvent(event) {
      if (event.type === "subject-started") pid = event.pid;
      if (event.type !== type) return;
      const { wsUrl } = new SubjectOutput(dir);
      assert(wsUrl !== null);
      asked.push(readInterference(pid, wsUrl).clients.length);
    },
  });
  return { asked, attempt: judged(run) };
}

test("runScenario has left the inspector when it sends SIGINT, so that the subject may exit", async () => {
  const { asked, attempt } = await clientsAt("hang", "sigint-sent", 20_000);
  assertEquals(asked, [0]);
  assert(attempt.dump !== null);
  assertEquals(attempt.sigint?.unwedged, true);
});

test("runScenario has left the inspector when it judges whether the process has gone", async () => {
  const { asked, attempt } = await clientsAt("leak-timer", "ending", 500);
  assertEquals(asked, [0]);
  assert(attempt.dump !== null);
  assertEquals(attempt.verdict, "leaked");
});

test("runScenario does not take exit code 0 for health: a subject may go while a worker is stuck", async () => {
  const { attempt } = await clientsAt("gone-with-worker", "ending", 500);
  assertEquals(attempt.verdict, "crashed");
});
