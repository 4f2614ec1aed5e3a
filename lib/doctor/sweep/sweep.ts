/**
 * Finds and ends the subjects that outlived their harness: they could not notice its end (a starved main isolate, a
 * stopped process), and their warden was killed before it could end them. It also finds the temporary files of
 * processes that were killed while they wrote.
 *
 * Invariant: the signal is sent directly after the last check of a process's start time. Linux can do better (a pidfd),
 * which Deno cannot reach; the kernel would have to reuse the pid within microseconds.
 *
 * @module
 */

import { processAlive } from "../../os/proc.ts";
import type { StaleProcess, SweepOutcome, SweepReport, SweptFile } from "../../model/doctor.ts";
import { findStale, runDirOfCommand, type RunRecord, type StaleCandidate } from "./find_stale.ts";
import { leftoverFiles } from "./leftover_files.ts";
import { type ProcessTable, readProcessTable } from "../../os/process_table.ts";
import { readRunRecord, runDirsBelow } from "./run_records.ts";
import { errorMessage } from "../../protocol/error_message.ts";

/** A killed process frees its memory and is then collected by its new parent; a loaded machine takes seconds. */
const GONE_WITHIN_MS = 5_000;

/** What to sweep, and how. */
export interface SweepOptions {
  /** Where runs are kept: `.unwedge`. Subjects are found by their command line wherever their run directory is. */
  readonly baseDir: string;
  /** List, and touch nothing. */
  readonly dryRun: boolean;
}

/** The report, or why the processes could not be read. */
export type SweepResult =
  | { readonly kind: "ok"; readonly report: SweepReport }
  | { readonly kind: "unavailable"; readonly why: string };

/** Sweeps this machine. Never throws for what other processes and files do. */
export async function sweep({ baseDir, dryRun }: SweepOptions): Promise<SweepResult> {
  const look = readProcessTable();
  if (look.kind !== "ok") return look;
  const { table } = look;
  const records = recordsOf(table, baseDir);
  const { stale, spared } = findStale(table, records, { pid: Deno.pid, uid: Deno.uid() ?? -1 });
  const ended: StaleProcess[] = [];
  // Subjects first: a warden that is ended before its subject could have ended it.
  for (const each of stale) {
    ended.push({ ...each, outcome: dryRun ? { kind: "listed" } : await end(each) });
  }
  // After that: the runs that were just ended no longer write to their files.
  const after = dryRun ? look : readProcessTable();
  const paths = leftoverFiles(
    [baseDir, ...records.map(({ runDir }) => runDir)],
    after.kind === "ok" ? after.table : table,
  );
  const files = paths.map((path): SweptFile => ({ path, outcome: remove(path, dryRun) }));
  return { kind: "ok", report: { schema: "unwedge/sweep@1", dryRun, stale: ended, spared, files } };
}

function recordsOf(table: ProcessTable, baseDir: string): RunRecord[] {
  const named = [...table.processes.values()].flatMap(({ command }) =>
    runDirOfCommand(command) ?? []
  );
  return [...new Set([...runDirsBelow(`${baseDir}/runs`), ...named])].map(readRunRecord);
}

async function end(stale: StaleCandidate): Promise<SweepOutcome> {
  const { pid, startTime, leadsGroup } = stale;
  const from = performance.now();
  try {
    if (!processAlive(pid, startTime)) return { kind: "gone" };
    Deno.kill(leadsGroup ? -pid : pid, "SIGKILL");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { kind: "gone" };
    return { kind: "failed", why: errorMessage(error) };
  }
  // The kernel tells only the parent that a process has ended, so this has to ask.
  while (processAlive(pid, startTime)) {
    if (performance.now() - from > GONE_WITHIN_MS) {
      return { kind: "failed", why: `it still runs ${GONE_WITHIN_MS / 1_000} s after SIGKILL` };
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { kind: "ended", afterMs: Math.round(performance.now() - from) };
}

function remove(path: string, dryRun: boolean): SweptFile["outcome"] {
  if (dryRun) return { kind: "listed" };
  try {
    Deno.removeSync(path);
    return { kind: "removed" };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { kind: "removed" };
    return { kind: "failed", why: errorMessage(error) };
  }
}
