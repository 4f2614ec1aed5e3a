/**
 * What is left after a SIGKILL of the subject, at any moment, or the harness. `UNWEDGE_SOAK=N` repeats the
 * random ones N times instead of a few.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Bound } from "../../tests/support/bound.ts";
import { processAlive } from "../os/proc.ts";
import { JournalReader } from "../protocol/journal_reader.ts";
import { readSubjectIdentity } from "../subject/subject_identity.ts";
import { judged, runFixture } from "../../tests/support/run.ts";

const SOAK = Number(Deno.env.get("UNWEDGE_SOAK") ?? 0);

Deno.test("runScenario says crashed, and reads the journal, of a subject killed at any moment", {
  timeout: 60_000 + SOAK * 5_000,
}, async () => {
  const rounds = SOAK || 10;
  for (let n = 0; n < rounds; n++) {
    // From before the shell has become Deno to long after the scenario was loaded.
    const afterMs = Math.random() * 150;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const run = await runFixture("chatter", {
      request: { deadlineMs: 60_000 },
      onEvent: (event) => {
        if (event.type !== "subject-started") return;
        timer = setTimeout(() => Deno.kill(event.pid, "SIGKILL"), afterMs);
      },
    });
    clearTimeout(timer);
    const attempt = judged(run);
    assertEquals([attempt.verdict, attempt.subjectExit], ["crashed", "SIGKILL"], `${afterMs}`);
    const written = run.journal.filter(({ kind }) => kind !== "beat");
    assertEquals(
      attempt.timeline.filter(({ actor }) => actor !== "unwedge").length,
      Math.min(written.length, 2_000),
    );
    assertEquals(attempt.evidence.filter(({ kind }) => kind === "journal"), []);
  }
});

Deno.test("runScenario says crashed of a subject killed while it is being dumped or interrupted", {
  timeout: 60_000,
}, async () => {
  for (const moment of ["deadline-passed", "dump-started", "dump-taken", "sigint-sent"]) {
    let pid = 0;
    const run = await runFixture("hang-shielded", {
      onEvent: (event) => {
        if (event.type === "subject-started") pid = event.pid;
        if (event.type === moment) Deno.kill(pid, "SIGKILL");
      },
    });
    assertEquals(judged(run).verdict, "crashed", moment);
  }
});

/** Waits until the subject that a run directory names has gone, which is to take two seconds at most. */
async function subjectGone(runDir: string, how: string): Promise<void> {
  const identity = readSubjectIdentity(runDir);
  assert(identity !== null, "the run directory names its subject");
  await using bound = new Bound(2_000);
  while (processAlive(identity.pid, identity.startTime)) {
    if (bound.over) {
      Deno.kill(-identity.pid, "SIGKILL");
      throw new Error(`the subject outlives its harness: ${how}`);
    }
    // The end of another process is not reported.
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The warden that a harness says to have stopped. */
function stoppedWarden(told: string): number | null {
  const said = /"warden-stopped","pid":(\d+)/.exec(told);
  return said === null ? null : Number(said[1]);
}

/** One that was stopped, and that a harness which unwinds has already dismissed. */
function endWarden(pid: number | null): void {
  try {
    if (pid !== null) Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Starts a harness, waits for an event of its (and `thenMs` longer), SIGKILLs it, and waits until its subject is gone;
 * returns the last thing that the subject wrote down.
 */
async function killHarnessAt(
  act: string,
  moment: string,
  does: readonly string[] = [],
  thenMs = 0,
): Promise<string | undefined> {
  const runDir = Deno.makeTempDirSync({ prefix: "unwedge-orphan-" });
  const runner = new URL("../../fixtures/programs/harness_runner.ts", import.meta.url);
  const deadlineMs = moment === "deadline-passed" || does.includes("act") ? "300" : "60000";
  const harness = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", runner.href, runDir, act, deadlineMs, ...does],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let stopped: number | null = null;
  try {
    let told = "";
    for await (const text of harness.stdout.pipeThrough(new TextDecoderStream())) {
      told += text;
      if (told.includes(`"type":"${moment}"`)) break;
    }
    stopped = stoppedWarden(told);
    await new Promise((resolve) => setTimeout(resolve, thenMs));
    harness.kill("SIGKILL");
    await harness.status;
    await subjectGone(runDir, `${act}, ${moment}, ${thenMs} ms later`);
    return new JournalReader(`${runDir}/journal.msgpack`).read().at(-1)?.kind;
  } finally {
    endWarden(stopped);
    Deno.removeSync(runDir, { recursive: true });
  }
}

Deno.test("nothing of the subject is left when its harness exits, throws or rejects", {
  timeout: 60_000,
}, async () => {
  // An exit that runs `unload`, or unwinds, takes the subject with it, alone; else the warden does.
  const ways = [
    ["exit", 7, "alone"],
    ["throw", 1, "alone"],
    ["reject", 1, "guarded"],
    ["reject", 1, "late"],
  ] as const;
  for (const [how, code, manner] of ways) {
    const runDir = Deno.makeTempDirSync({ prefix: "unwedge-exit-" });
    const runner = new URL("../../fixtures/programs/harness_runner.ts", import.meta.url);
    let stopped: number | null = null;
    try {
      const { code: seen, stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", runner.href, runDir, "starve", "60000", how, manner],
        stdin: "null",
        stderr: "null",
      }).output();
      stopped = stoppedWarden(new TextDecoder().decode(stdout));
      assertEquals([seen, stopped !== null], [code, manner === "alone"], how);
      await subjectGone(runDir, `${how}, ${manner}`);
    } finally {
      endWarden(stopped);
      Deno.removeSync(runDir, { recursive: true });
    }
  }
});

Deno.test("a subject leaves by itself, with a last word, when its harness is SIGKILLed", {
  timeout: 60_000 + SOAK * 5_000,
}, async () => {
  const rounds = SOAK || 2;
  for (let n = 0; n < rounds; n++) {
    // Its warden is stopped: nothing else ends it.
    const does = ["nothing", "alone"];
    assertEquals(await killHarnessAt("hang", "warden-stopped", does), "orphaned");
  }
});

Deno.test("a subject that cannot notice is ended by the warden when its harness is SIGKILLed", {
  timeout: 60_000 + SOAK * 5_000,
}, async () => {
  const rounds = SOAK || 2;
  for (let n = 0; n < rounds; n++) {
    assertNotEquals(await killHarnessAt("starve", "deadline-passed"), "orphaned");
  }
});

Deno.test("a subject that is stopped is ended by the warden when its harness is SIGKILLed", {
  timeout: 60_000 + SOAK * 5_000,
}, async () => {
  const rounds = SOAK || 1;
  for (let n = 0; n < rounds; n++) {
    await killHarnessAt("hang", "paused", ["pause"]);
  }
});

Deno.test(
  "no subject is left, stopped or not, when its harness is SIGKILLed in the middle of an action",
  {
    timeout: 120_000 + SOAK * 10_000,
  },
  async () => {
    const rounds = SOAK || 4;
    for (let n = 0; n < rounds; n++) {
      // In the looks with their pauses, in the actions, and between them.
      const thenMs = Math.random() * 600;
      const act = n % 2 === 0 ? "scenario:sigint-starved" : "scenario:rpc-cycle";
      await killHarnessAt(act, "standing", ["act"], thenMs);
    }
  },
);
