/**
 * SIGKILLs the subject at a random moment: the harness must end, say `crashed` (or, when the run was over by then, what
 * it was), and keep a journal that reads to its last whole record.
 *
 * @module
 */

import { JournalReader } from "../../lib/protocol/journal_reader.ts";
import type { ResultDocument } from "../../lib/model/result.ts";
import { leftoverProcesses, subjectPids } from "./leftovers.ts";
import { callUnwedge } from "./unwedge_process.ts";

/** What came of the kills. */
export interface KillCounts {
  readonly runs: number;
  /** Runs by verdict. */
  readonly verdicts: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
}

/** Longest time from the start of the subject to its kill: past the deadline, the dump and the probe. */
const LATEST_KILL_MS = 5_000;

/** Kills `runs` subjects, one after the other. */
export async function killSubjects(runs: number): Promise<KillCounts> {
  const verdicts: Record<string, number> = {};
  const wrong: string[] = [];
  for (let i = 1; i <= runs; i++) {
    const dir = Deno.makeTempDirSync({ prefix: "unwedge-kill-" });
    const afterMs = Math.random() * LATEST_KILL_MS;
    const call = callUnwedge(["repro", "non-checkpointing", "--json", "-o", dir]);
    const killed = await killSoon(dir, afterMs);
    const { code, stdout } = await call;
    const seen = outcomeOf(stdout);
    verdicts[seen] = (verdicts[seen] ?? 0) + 1;
    // A kill after the verdict changes nothing about it: the subject was about to be ended anyway.
    const right = killed === "killed" ? ["crashed", "hung"] : ["hung"];
    if (!right.includes(seen)) {
      wrong.push(`#${i} ${killed} after ${Math.round(afterMs)} ms: ${seen}, exit ${code}`);
    }
    const reader = new JournalReader(`${dir}/journal.msgpack`);
    const records = reader.read();
    if (reader.damage !== null) wrong.push(`#${i} journal: ${reader.damage}`);
    if (records.length === 0 && afterMs > LATEST_KILL_MS / 2) {
      wrong.push(`#${i} the journal is empty`);
    }
    wrong.push(...leftoverProcesses(dir).map((what) => `#${i} left ${what}`));
    Deno.removeSync(dir, { recursive: true });
  }
  return { runs, verdicts, wrong };
}

async function killSoon(dir: string, afterMs: number): Promise<"killed" | "gone before"> {
  const pid = await firstSubject(dir);
  if (pid === null) return "gone before";
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  try {
    Deno.kill(pid, "SIGKILL");
    return "killed";
  } catch {
    return "gone before";
  }
}

/** Waits for the harness to name its subject. */
export async function firstSubject(dir: string): Promise<number | null> {
  for (let tries = 0; tries < 2_000; tries++) {
    try {
      const [pid] = subjectPids(dir);
      if (pid !== undefined) return pid;
    } catch {
      // The file is about to be renamed into place.
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return null;
}

function outcomeOf(stdout: string): string {
  try {
    const document = JSON.parse(stdout) as ResultDocument;
    return document.scenarios[0]?.attempts[0]?.verdict ?? "no attempt";
  } catch {
    return "no document";
  }
}
