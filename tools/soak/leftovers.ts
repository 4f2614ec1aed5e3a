/**
 * What a run has left behind: processes that name its directory or watch one of its subjects, and files that are not
 * among those a run may write.
 *
 * @module
 */

import { readProcessTable } from "../../lib/os/process_table.ts";

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
  const look = readProcessTable();
  if (look.kind !== "ok") throw new Error(look.why);
  const subjects = new Set(subjectPids(dir).map(String));
  return [...look.table.processes.values()].filter(({ pid, command }) => {
    const warden = command.indexOf("unwedge-warden");
    const watchesOurs = warden >= 0 && subjects.has(command[warden + 1] ?? "");
    return pid !== Deno.pid && (watchesOurs || command.some((part) => part.includes(dir)));
  }).map(({ pid, command }) => `process ${pid}: ${command.join(" ")}`);
}

/** Files below `dir` that a run has no business to leave there. */
export function leftoverFiles(dir: string): string[] {
  return filesBelow(dir).filter((path) => !RUN_FILES.has(path.slice(path.lastIndexOf("/") + 1)));
}

/** Pids of the subjects that `subject.json` files below `dir` name. */
export function subjectPids(dir: string): number[] {
  return filesBelow(dir).filter((path) => path.endsWith("/subject.json"))
    .map((path) => JSON.parse(Deno.readTextFileSync(path)).pid)
    .filter((pid) => typeof pid === "number");
}

function filesBelow(dir: string): string[] {
  return [...Deno.readDirSync(dir)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(`${dir}/${name}`) : [`${dir}/${name}`]
  );
}
