/**
 * SIGKILLs at random moments: the subject of a run, its harness, or a harness in triage. In no case may a process be
 * left behind.
 *
 * @module
 */

import { JournalReader } from "../../lib/protocol/journal_reader.ts";
import type { ResultDocument } from "../../lib/model/result.ts";
import { hasTmux, Pane } from "../../tests/support/tmux.ts";
import { isAlive, unwedge, unwedgeArgs, unwedgeCommand } from "../../tests/support/unwedge.ts";
import { leftoverProcesses, subjectPids } from "./leftovers.ts";
import type { Row } from "./row.ts";

/** What one kill came to. */
interface Killed {
  readonly seen: string;
  readonly wrong: readonly string[];
}

/** Longest time from the start of the subject to a kill: past the deadline, the dump and the probe. */
const LATEST_MS = 5_000;
/** How long a subject may outlive its harness. */
const GRACE_MS = 2_000;

/**
 * Kills `runs` subjects, one after the other: the harness must end, say `crashed` (or, when the run was over by then,
 * what it was), and keep a journal that reads to its last whole record.
 */
export function killSubjects(runs: number): Promise<Row> {
  return repeated("kill the subject", runs, async (dir) => {
    const afterMs = Math.random() * LATEST_MS;
    const call = unwedge(["repro", "non-checkpointing", "--json", "-o", dir]);
    const pid = await firstSubject(dir);
    await sleep(afterMs);
    const killed = pid !== null && kill(pid);
    const { code, stdout } = await call;
    const seen = verdictOf(stdout);
    const reader = new JournalReader(`${dir}/journal.msgpack`);
    const records = reader.read();
    // A kill after the verdict changes nothing about it: the subject was about to be ended anyway.
    const right = killed ? ["crashed", "hung"] : ["hung"];
    return {
      seen,
      wrong: [
        ...right.includes(seen) ? [] : [`after ${Math.round(afterMs)} ms: ${seen}, exit ${code}`],
        ...reader.damage === null ? [] : [`journal: ${reader.damage}`],
        ...records.length > 0 || afterMs < LATEST_MS / 2 ? [] : ["the journal is empty"],
      ],
    };
  });
}

/** Kills `runs` harnesses: two seconds later no subject may be alive. */
export function killHarnesses(runs: number): Promise<Row> {
  const scenarios = ["non-checkpointing", "sigint-starved", "spinning-child", "happy"];
  return repeated("kill the harness", runs, async (dir, run) => {
    const scenario = scenarios[run % scenarios.length] ?? "";
    const harness = unwedgeCommand(["repro", scenario, "--json", "-o", dir]).spawn();
    void harness.stdout.cancel();
    void harness.stderr.cancel();
    const subject = await firstSubject(dir);
    await sleep(Math.random() * LATEST_MS);
    const seen = subject !== null && isAlive(subject) ? "subject alive" : "subject gone before";
    kill(harness.pid);
    await harness.status;
    return { seen, wrong: subject === null ? [] : await outlives(subject, scenario) };
  });
}

/**
 * Kills `runs` harnesses in the middle of triage, in a real terminal: while the menu is open, while a dump is taken,
 * while a remedy is being watched; as a job of bash and below `deno task`.
 */
export async function killInTriage(runs: number): Promise<Row> {
  if (!hasTmux) return { name: "kill in triage", said: "there is no tmux", wrong: [] };
  const scenarios = ["non-checkpointing", "sigint-starved"];
  const config = decodeURIComponent(new URL("../../deno.json", import.meta.url).pathname);
  const calls = [unwedgeArgs([]).join(" "), `task --config ${config}`];
  const keys = ["", "d", "1"];
  return await repeated("kill in triage", runs, async (dir, run) => {
    const scenario = scenarios[run % scenarios.length] ?? "";
    const call = calls[Math.floor(run / 2) % calls.length] ?? "";
    const key = keys[run % keys.length] ?? "";
    await using pane = await Pane.open({ columns: 100, rows: 40 });
    await pane.until("$");
    await pane.type(`${Deno.execPath()} ${call} repro ${scenario} --deadline 1s -o ${dir}`);
    await pane.until("triage>");
    if (key !== "") {
      await pane.press(key);
      // What was begun is still under way for at least as long.
      await sleep(Math.random() * 700);
    }
    const { harnessPid } = JSON.parse(Deno.readTextFileSync(`${dir}/subject-spec.json`));
    const { pid } = JSON.parse(Deno.readTextFileSync(`${dir}/subject.json`));
    kill(harnessPid);
    const seen = key === "" ? "in the menu" : `after ${key}`;
    return { seen, wrong: await outlives(pid, `${scenario}, ${seen}`) };
  });
}

async function repeated(
  name: string,
  runs: number,
  once: (dir: string, run: number) => Promise<Killed>,
): Promise<Row> {
  const seen: Record<string, number> = {};
  const wrong: string[] = [];
  for (let run = 0; run < runs; run++) {
    const dir = Deno.makeTempDirSync({ prefix: "unwedge-kill-" });
    try {
      const killed = await once(dir, run);
      seen[killed.seen] = (seen[killed.seen] ?? 0) + 1;
      const left = leftoverProcesses(dir).map((what) => `left ${what}`);
      wrong.push(...[...killed.wrong, ...left].map((what) => `#${run + 1} ${what}`));
    } finally {
      Deno.removeSync(dir, { recursive: true });
    }
  }
  return { name, said: JSON.stringify(seen), wrong };
}

/** Says so when a subject is there, paused or not, two seconds after its harness was killed; ends it then. */
async function outlives(subject: number, what: string): Promise<string[]> {
  await sleep(GRACE_MS);
  if (!isAlive(subject)) return [];
  kill(subject);
  return [`${what}: subject ${subject} lives ${GRACE_MS} ms after its harness`];
}

/** Ends a process at once; false when it was gone. */
function kill(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}

/** Waits for the harness to name its subject; null when it does not within ten seconds. */
async function firstSubject(dir: string): Promise<number | null> {
  for (let tries = 0; tries < 2_000; tries++) {
    try {
      const [pid] = subjectPids(dir);
      if (pid !== undefined) return pid;
    } catch {
      // The file is about to be renamed into place.
    }
    await sleep(5);
  }
  return null;
}

function verdictOf(stdout: string): string {
  try {
    const document: ResultDocument = JSON.parse(stdout);
    return document.scenarios[0]?.attempts[0]?.verdict ?? "no attempt";
  } catch {
    return "no document";
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
