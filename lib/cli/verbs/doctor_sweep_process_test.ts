/**
 * `doctor --sweep` against real processes: a starved subject whose harness and warden were taken from it, a run that
 * goes on beside it, and pids that are not what a file says.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { testInDirectory, unwedge, unwedgeCommand } from "../../../tests/support/unwedge.ts";
import { processAlive, processStartTime, readThread } from "../../os/proc.ts";
import { readProcessTable } from "../../os/process_table.ts";
import { readSubjectIdentity } from "../../subject/subject_identity.ts";
import type { SweepReport } from "../../model/doctor.ts";
import { stranger } from "../../../tests/support/stranger.ts";

const TIMEOUT = { timeout: 60_000 };

/** No process can have this pid: it is above the kernel's limit. */
const NOBODY = 2 ** 22 + 1;

interface Identity {
  readonly pid: number;
  readonly startTime: number;
}

/** A run under way. Disposing of it leaves nothing of it, whatever state it is in. */
interface Run extends AsyncDisposable {
  readonly harness: Deno.ChildProcess;
  readonly subject: Identity;
}

/** Starts a run and waits until it has written a certain word of its events. */
async function startRun(dir: string, words: readonly string[], until: string): Promise<Run> {
  const harness = unwedgeCommand(["repro", ...words, "--events", "-o", dir]).spawn();
  const end = async (): Promise<void> => {
    signal(harness.pid, "SIGKILL");
    await harness.status;
    const subject = readSubjectIdentity(dir);
    if (subject !== null && !isGone(subject)) signal(-subject.pid, "SIGKILL");
  };
  try {
    const stdout = harness.stdout.pipeThrough(new TextDecoderStream());
    const reader = stdout.getReader();
    for (let seen = ""; !seen.includes(until);) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the run ended without ${until}:\n${seen}`);
      seen += value;
    }
    // A run whose reader goes away ends.
    reader.releaseLock();
    void stdout.pipeTo(new WritableStream()).catch(() => {});
    void harness.stderr.pipeTo(new WritableStream()).catch(() => {});
    const subject = readSubjectIdentity(dir);
    assert(subject !== null, "the run directory names its subject");
    return { harness, subject, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Starts a run that will not come to its teardown for long. */
function startIdle(dir: string, scenario: string): Promise<Run> {
  return startRun(dir, [scenario, "--settle", "50s"], '"scenario-loaded"');
}

function signal(pid: number, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch {
    // It has gone.
  }
}

/** The kernel tells nobody when a process changes; it is asked until it has, and the test's timeout bounds it. */
async function until(there: () => boolean): Promise<void> {
  while (!there()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function isGone({ pid, startTime }: Identity): boolean {
  return !processAlive(pid, startTime);
}

function wardenOf(pid: number): Identity | null {
  const look = readProcessTable();
  assert(look.kind === "ok");
  const found = [...look.table.processes.values()].find(({ command }) =>
    command.includes("unwedge-warden") && command.includes(String(pid))
  );
  return found ?? null;
}

/** A subject that is starved, whose warden cannot act and whose harness was killed: what no run ends any more. */
async function starvedOrphan(dir: string): Promise<Run & { readonly warden: Identity }> {
  const words = ["sigint-starved", "--deadline", "50s", "--no-sigint-probe"];
  const run = await startRun(dir, words, '"abandoned"');
  const { pid } = run.subject;
  await until(() => readThread(pid, pid)?.wchan?.includes("futex") === true);
  await until(() => wardenOf(pid) !== null);
  const warden = wardenOf(pid);
  assert(warden !== null);
  Deno.kill(warden.pid, "SIGSTOP");
  run.harness.kill("SIGKILL");
  await run.harness.status;
  const dispose = async (): Promise<void> => {
    if (!isGone(warden)) signal(warden.pid, "SIGKILL");
    await run[Symbol.asyncDispose]();
  };
  return { ...run, warden, [Symbol.asyncDispose]: dispose };
}

async function swept(cwd: string, ...flags: string[]): Promise<SweepReport> {
  const { code, stdout, stderr } = await unwedge(["doctor", "--sweep", "--json", ...flags], {
    cwd,
  });
  assertEquals([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

function endedPids({ stale }: SweepReport): number[] {
  return stale.map(({ pid }) => pid);
}

testInDirectory(
  "doctor --sweep ends a starved orphan and its warden, and not the run beside it",
  async (dir) => {
    // Somewhere else than where the sweep is called: they are found by their command lines.
    await using live = await startIdle(`${dir}/live`, "non-checkpointing");
    await using orphan = await starvedOrphan(`${dir}/orphan`);
    const { subject, warden } = orphan;
    const cwd = `${dir}/elsewhere`;
    Deno.mkdirSync(cwd);
    const dry = await swept(cwd, "--dry-run");
    assert(endedPids(dry).includes(subject.pid));
    assertEquals(dry.stale.every(({ outcome }) => outcome.kind === "listed"), true);
    assertEquals([isGone(subject), isGone(warden)], [false, false], "a dry run touches nothing");

    const report = await swept(cwd);
    const found = report.stale.find(({ pid }) => pid === subject.pid);
    assertEquals(
      [found?.kind, found?.startTime, found?.runDir, found?.outcome.kind],
      ["subject", subject.startTime, `${dir}/orphan`, "ended"],
    );
    assertStringIncludes(found?.scenario ?? "", "sigint_starved");
    assert(endedPids(report).includes(warden.pid));
    assertEquals([isGone(subject), isGone(warden)], [true, true]);

    assertEquals(isGone(live.subject), false, "the run beside it lives");
    assert(report.spared.some(({ pid }) => pid === live.subject.pid));
    assertEquals(endedPids(await swept(cwd)).includes(subject.pid), false);
    live.harness.kill("SIGTERM");
    assertEquals((await live.harness.status).code, 143, "it was not disturbed");
    assertEquals(isGone(live.subject), true);
  },
);

testInDirectory(
  "doctor --sweep ends a subject that is stopped, with all of its group",
  async (dir) => {
    await using run = await startIdle(`${dir}/run`, "native-child");
    const { subject } = run;
    await until(() => wardenOf(subject.pid) !== null);
    const warden = wardenOf(subject.pid);
    assert(warden !== null);
    // What its child waits for is a process of its own in the subject's group.
    const members = () => membersOf(subject.pid);
    await until(() => members().length > 1);
    const group = members();
    Deno.kill(-subject.pid, "SIGSTOP");
    Deno.kill(warden.pid, "SIGKILL");
    run.harness.kill("SIGKILL");
    await run.harness.status;
    const { stdout, code } = await unwedge(["doctor", "--sweep"], { cwd: dir });
    assertEquals(code, 0);
    assertStringIncludes(stdout, `ended   subject ${subject.pid} of native-child`);
    assertStringIncludes(stdout, ", stopped");
    for (const each of group) assertEquals(isGone(each), true, `${each.pid}`);
  },
);

function membersOf(group: number): Identity[] {
  const look = readProcessTable();
  assert(look.kind === "ok");
  return [...look.table.processes.values()].filter((each) => each.group === group);
}

function writeIdentity(cwd: string, run: string, identity: unknown): void {
  Deno.mkdirSync(`${cwd}/.unwedge/runs/${run}`, { recursive: true });
  Deno.writeTextFileSync(`${cwd}/.unwedge/runs/${run}/subject.json`, JSON.stringify(identity));
}

testInDirectory(
  "doctor --sweep ends by pid and start time, and leaves a pid alone that was given out again",
  async (cwd) => {
    const [same, reused, watched] = [stranger(), stranger(), stranger()];
    try {
      const gone = { pid: NOBODY, startTime: 1 };
      const ours = { pid: Deno.pid, startTime: processStartTime(Deno.pid) };
      const started = (child: Deno.ChildProcess) => processStartTime(child.pid) ?? 0;
      writeIdentity(cwd, "same", { pid: same.pid, startTime: started(same), harness: gone });
      const before = started(reused) - 1;
      writeIdentity(cwd, "reused", { pid: reused.pid, startTime: before, harness: gone });
      writeIdentity(cwd, "alive", {
        pid: watched.pid,
        startTime: started(watched),
        harness: ours,
      });
      const report = await swept(cwd);
      assert(endedPids(report).includes(same.pid));
      assertEquals((await same.status).signal, "SIGKILL");
      for (const child of [reused, watched]) {
        assert(report.spared.some(({ pid }) => pid === child.pid));
        assertEquals(endedPids(report).includes(child.pid), false);
        assertEquals(processAlive(child.pid, started(child)), true);
      }
    } finally {
      for (const child of [same, reused, watched]) {
        try {
          child.kill("SIGKILL");
        } catch {
          // The sweep has ended it.
        }
        await child.status;
      }
    }
  },
);

testInDirectory(
  "doctor --sweep removes what was left half written and keeps the rest",
  async (cwd) => {
    const run = `${cwd}/.unwedge/runs/cut`;
    Deno.mkdirSync(run, { recursive: true });
    for (const name of ["subject.json", "journal.msgpack", `result.json.${NOBODY}.tmp`]) {
      Deno.writeTextFileSync(`${run}/${name}`, "");
    }
    const { stdout, code } = await unwedge(["doctor", "--sweep"], { cwd });
    assertEquals(code, 0);
    assertStringIncludes(stdout, `removed  ${run}/result.json.${NOBODY}.tmp`);
    const left = [...Deno.readDirSync(run)].map(({ name }) => name).sort();
    assertEquals(left, ["journal.msgpack", "subject.json"]);
    assertEquals((await swept(cwd)).files, []);
  },
);

Deno.test("doctor refuses --dry-run without --sweep, and words", TIMEOUT, async () => {
  const dry = await unwedge(["doctor", "--dry-run"]);
  assertEquals([dry.code, dry.stdout], [2, ""]);
  assertStringIncludes(dry.stderr, "--dry-run goes with --sweep");
  assertEquals((await unwedge(["doctor", "happy"])).code, 2);
});
