import { assertEquals } from "@std/assert";
import { readProcessTable } from "../../os/process_table.ts";
import { runProbe } from "./probe.ts";

function probesRunning(): number[] {
  const look = readProcessTable();
  if (look.kind !== "ok") throw new Error(look.why);
  return [...look.table.processes.values()]
    .filter(({ command, parent }) =>
      parent === Deno.pid && command.some((word) => word.endsWith("/doctor/probe/subject.ts"))
    ).map(({ pid }) => pid);
}

Deno.test("runProbe takes every step on a real process, and leaves no process", {
  timeout: 120_000,
}, async () => {
  const outcomes = [...await runProbe()];
  assertEquals(outcomes.filter(([, { kind }]) => kind !== "ok"), []);
  assertEquals(outcomes.map(([step]) => step), [
    "start",
    "session",
    "proc-threads",
    "proc-wait",
    "proc-sched",
    "proc-signals",
    "inspector",
    "evaluate",
    "pause",
    "reap",
    "death-proof",
    "signals",
    "group",
  ]);
  assertEquals(probesRunning(), []);
});
