import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { Ajv2020 } from "npm:ajv@8.20.0/dist/2020.js";
import { Bound } from "../../../tests/support/bound.ts";
import {
  installed,
  inTemporaryDirectory,
  shellLine,
  testInDirectory,
  unwedge,
  unwedgeCommand,
} from "../../../tests/support/unwedge.ts";
import { processAlive } from "../../os/proc.ts";
import { type ProcessFacts, readProcessTable } from "../../os/process_table.ts";
import type { DoctorReport } from "../../model/doctor.ts";
import { jsonSchema } from "../../model/schema.ts";

const TIMEOUT = { timeout: 120_000 };
const MAIN = new URL("../../../main.ts", import.meta.url).href;
const CONFIG = decodeURIComponent(new URL("../../../deno.json", import.meta.url).pathname);

testInDirectory(
  "doctor finds this machine fit, says why each thing matters, and leaves nothing",
  async (cwd) => {
    const { code, stdout, stderr } = await unwedge(["doctor"], { cwd });
    assertEquals([code, stderr], [0, ""], stdout);
    for (const part of ["inspector", "reap", "proof of death", "FIT: everything"]) {
      assertStringIncludes(stdout, part);
    }
    assertEquals([...Deno.readDirSync(cwd)], []);
  },
);

testInDirectory("doctor --json prints one document that its schema accepts", async (cwd) => {
  const [doctor, sweep] = await Promise.all([
    unwedge(["doctor", "--json"], { cwd }),
    unwedge(["doctor", "--sweep", "--json", "--dry-run"], { cwd }),
  ]);
  const ajv = new Ajv2020({ strict: true, validateFormats: false });
  for (const [kind, { stdout, code }] of [["doctor", doctor], ["sweep", sweep]] as const) {
    assertEquals(code, 0);
    const valid = ajv.compile(jsonSchema(kind));
    assert(valid(JSON.parse(stdout)), JSON.stringify(valid.errors));
  }
});

/** Runs doctor with less than all permissions. */
async function narrow(cwd: string, ...permissions: string[]): Promise<[number, DoctorReport]> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--config", CONFIG, ...permissions, MAIN, "doctor", "--json"],
    cwd,
    stdin: "null",
    stderr: "null",
  }).output();
  return [code, JSON.parse(new TextDecoder().decode(stdout))];
}

function statusOf({ checks }: DoctorReport, id: string): string | undefined {
  return checks.find((check) => check.id === id)?.status;
}

testInDirectory(
  "doctor exits 1 when something needed is missing, and blames that alone",
  async (cwd) => {
    const [code, report] = await narrow(cwd, "--allow-read", "--allow-write", "--allow-env");
    assertEquals([code, report.fit], [1, false]);
    assertEquals(statusOf(report, "permissions"), "missing");
    assertEquals(statusOf(report, "start"), "missing");
    assertEquals(statusOf(report, "reap"), "unknown");
    assertEquals(statusOf(report, "run-dir"), "ok");
  },
);

Deno.test({
  name: "doctor asks for no permission on a terminal, however few it has",
  ignore: !installed("script"),
  ...TIMEOUT,
  fn: async () => {
    await inTemporaryDirectory(async (cwd) => {
      const all = ["--allow-env", "--allow-read", "--allow-run", "--allow-write", "--allow-sys"];
      for (let granted = 1; granted <= all.length; granted++) {
        const flags = [...all.slice(0, granted), "--config", CONFIG];
        const line = shellLine([
          ...[Deno.execPath(), "run", ...flags, MAIN],
          ...["doctor", "--color", "never"],
        ]);
        // Without --no-prompt: a prompt would wait for an answer that does not come.
        const { stdout } = await new Deno.Command("script", {
          args: ["-qfec", line, "/dev/null"],
          cwd,
          stdin: "null",
          stderr: "null",
        }).output();
        const shown = new TextDecoder().decode(stdout);
        assertEquals(shown.includes("Deno requests"), false, shown);
        assertStringIncludes(shown, granted === 1 ? "run it with --allow-read" : "NOT FIT");
      }
    });
  },
});

testInDirectory(
  "doctor is fit with the narrow permissions of the README, and says what they cost",
  async (cwd) => {
    const [code, report] = await narrow(
      cwd,
      "--allow-read",
      "--allow-write",
      "--allow-run",
      "--allow-env=NO_COLOR,FORCE_COLOR,TERM,UNWEDGE_*",
      "--allow-net=127.0.0.1",
    );
    assertEquals([code, report.fit], [0, true], JSON.stringify(report.checks, null, 1));
    assertEquals(statusOf(report, "permissions"), "limited");
    assertEquals(statusOf(report, "proc-threads"), "missing");
    assertEquals(statusOf(report, "reap"), "ok");
  },
);

/** Processes that a doctor has started for its probe, by pid. */
function probesOf(doctor: number): readonly ProcessFacts[] {
  const look = readProcessTable();
  assert(look.kind === "ok");
  return [...look.table.processes.values()].filter(({ parent, command }) =>
    parent === doctor && command.some((word) => word.endsWith("/doctor/probe/subject.ts"))
  );
}

/** The kernel tells nobody but the parent when a process begins or ends; the test's timeout bounds the wait. */
async function until<T>(look: () => T | null | undefined | false): Promise<T> {
  while (true) {
    const found = look();
    if (found !== null && found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

testInDirectory(
  "doctor leaves nothing when it is killed in the middle, wherever that is",
  async (cwd) => {
    for (const laterMs of [0, 60, 120, 180, 240, 300, 400, 500]) {
      const doctor = unwedgeCommand(["doctor", "--json"], { cwd }).spawn();
      const output = [doctor.stdout.cancel(), doctor.stderr.cancel()];
      const probe = await until(() => probesOf(doctor.pid)[0]);
      await new Promise((resolve) => setTimeout(resolve, laterMs));
      try {
        doctor.kill("SIGKILL");
      } catch {
        // It was done already.
      }
      await doctor.status;
      await Promise.all(output);
      // The longest that it cannot notice is the wait of its blocked main, 10 s.
      await using bound = new Bound(20_000);
      await until(() => !processAlive(probe.pid, probe.startTime) || bound.over);
      assertFalse(bound.over, `killed after ${laterMs} ms`);
    }
  },
);
