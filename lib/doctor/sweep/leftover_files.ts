/**
 * Files that unwedge was writing when it was killed. Every file of a run is written under a temporary name and then
 * renamed, so a file that still has a temporary name, and whose writer is gone, is worthless.
 *
 * Invariant: a temporary file is left alone while a process with the writer's pid runs that is older than the file,
 * because it may be the writer.
 *
 * @module
 */

import { type ProcessTable, startedAtMs } from "../../os/process_table.ts";

/** `result.json.123.tmp`, and `.latest-123-…`: the pid is the writer's. */
const TEMPORARY = /^(?:.+\.(\d+)\.tmp|\.latest-(\d+)-.+)$/;

/** Written and removed within one call (`lib/os/disk.ts`), so an older one was left by a harness that was killed. */
const BRIEF = "room.tmp";
const BRIEF_MS = 60_000;

/** A process's start time is known to a clock tick, a file's time to a few milliseconds. */
const CLOCK_SLACK_MS = 50;

/**
 * Finds what can be removed.
 *
 * @param directories run directories and the base directory; looked into, not below
 */
export function leftoverFiles(directories: readonly string[], table: ProcessTable): string[] {
  return [...new Set(directories)].flatMap((directory) =>
    namesIn(directory).map((name) => `${directory}/${name}`).filter((path) =>
      isLeftover(path, path.slice(directory.length + 1), table)
    )
  );
}

function isLeftover(path: string, name: string, table: ProcessTable): boolean {
  if (name === "latest") return pointsNowhere(path);
  if (name === BRIEF) return Date.now() - (writtenAtMs(path) ?? Infinity) > BRIEF_MS;
  const match = TEMPORARY.exec(name);
  if (match === null) return false;
  const writer = table.processes.get(Number(match[1] ?? match[2]));
  if (writer === undefined || writer.state === "Z") return true;
  const startedMs = startedAtMs(table, writer.startTime);
  const writtenMs = writtenAtMs(path);
  // A process that began after the file was written did not write it.
  return startedMs !== null && writtenMs !== null && startedMs > writtenMs + CLOCK_SLACK_MS;
}

function namesIn(directory: string): string[] {
  try {
    return [...Deno.readDirSync(directory)].filter(({ isDirectory }) => !isDirectory)
      .map(({ name }) => name).sort();
  } catch {
    return [];
  }
}

function pointsNowhere(path: string): boolean {
  try {
    if (!Deno.lstatSync(path).isSymlink) return false;
    Deno.statSync(path);
    return false;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}

function writtenAtMs(path: string): number | null {
  try {
    return Deno.lstatSync(path).mtime?.getTime() ?? null;
  } catch {
    return null;
  }
}
