/**
 * What a run has left behind: processes that name its directory or watch one of its subjects, and files that are not
 * among those a run may write.
 *
 * @module
 */

const RUN_FILES: ReadonlySet<string> = new Set([
  "dump.json",
  "dump.txt",
  "events.ndjson",
  "journal.msgpack",
  "journal.msgpack.pauses",
  "result.json",
  "stderr.log",
  "stdout.log",
  "subject-spec.json",
  "subject.json",
]);

/** Processes whose command line names `dir`, or that watch a subject recorded below it. */
export function leftoverProcesses(dir: string): string[] {
  const subjects = new Set(subjectPids(dir).map(String));
  const found: string[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) continue;
    const command = commandLine(name);
    const warden = command.indexOf("unwedge-warden");
    const watchesOurs = warden >= 0 && subjects.has(command[warden + 1] ?? "");
    if (watchesOurs || command.some((part) => part.includes(dir))) {
      found.push(`${name}: ${command.join(" ")}`);
    }
  }
  return found;
}

/** Files below `dir` that a run has no business to leave there. */
export function leftoverFiles(dir: string): string[] {
  return filesBelow(dir).filter((path) => !RUN_FILES.has(path.slice(path.lastIndexOf("/") + 1)));
}

/** Pids of the subjects that `subject.json` files below `dir` name. */
export function subjectPids(dir: string): number[] {
  const pids: number[] = [];
  for (const path of filesBelow(dir)) {
    if (!path.endsWith("/subject.json")) continue;
    const { pid } = JSON.parse(Deno.readTextFileSync(path)) as { readonly pid?: unknown };
    if (typeof pid === "number") pids.push(pid);
  }
  return pids;
}

/** Whether a process lives, not counting one that only waits to be reaped by its parent. */
export function isAlive(pid: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) !== "Z";
  } catch {
    return false;
  }
}

function filesBelow(dir: string): string[] {
  const files: string[] = [];
  for (const entry of Deno.readDirSync(dir)) {
    const path = `${dir}/${entry.name}`;
    if (entry.isDirectory) files.push(...filesBelow(path));
    else files.push(path);
  }
  return files;
}

function commandLine(pid: string): string[] {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0");
  } catch {
    return [];
  }
}
