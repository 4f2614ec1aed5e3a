import { assert, assertEquals } from "@std/assert";
import { processStartTime } from "./proc.ts";
import { readProcessTable, startedAtMs } from "./process_table.ts";

Deno.test(
  "readProcessTable sees a process as its parent knows it",
  { timeout: 20_000 },
  async () => {
    const dir = Deno.makeTempDirSync({ prefix: "unwedge-table-" });
    // Spaces and brackets in a command's name must not shift the fields of /proc.
    Deno.symlinkSync("/bin/sh", `${dir}/a ) R 1 (b`);
    const before = Date.now();
    const child = new Deno.Command(`${dir}/a ) R 1 (b`, {
      args: ["-c", "echo ready; exec 2>&1; read x", "one two"],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
      detached: true,
    }).spawn();
    try {
      await child.stdout.getReader().read();
      const outcome = readProcessTable();
      assert(outcome.kind === "ok");
      const { table } = outcome;
      const facts = table.processes.get(child.pid);
      assert(facts !== undefined);
      assertEquals(
        [facts.parent, facts.group, facts.uid, facts.startTime, facts.command.at(-1)],
        [Deno.pid, child.pid, Deno.uid(), processStartTime(child.pid), "one two"],
      );
      assertEquals(table.executableOf(child.pid), Deno.realPathSync("/bin/sh"));
      assertEquals(table.outputsOf(child.pid).length, 2);
      const started = startedAtMs(table, facts.startTime) ?? 0;
      // The kernel tells when it was booted in whole seconds.
      const [least, most] = [before - 1_100, Date.now() + 1_100];
      assert(started > least && started < most, `${started}, not ${least} to ${most}`);
    } finally {
      child.kill("SIGKILL");
      await child.status;
      await child.stdin.close().catch(() => {});
      Deno.removeSync(dir, { recursive: true });
    }
  },
);
