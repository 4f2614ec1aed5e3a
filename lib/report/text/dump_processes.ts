/**
 * The processes of a watched command, as a tree: which was looked into, and what each of the others does.
 *
 * @module
 */

import type { Dump, WatchedProcess } from "../../model/dump.ts";
import type { DumpPage } from "./dump_page.ts";
import { doesText } from "./outside.ts";
import { count } from "./words.ts";

/** One line for each process, a child below its parent and indented; none for a scenario. */
export function processLines({ dump, style }: Pick<DumpPage, "dump" | "style">): string[] {
  const processes = dump.processes ?? [];
  const depths = new Map<number, number>();
  return processes.map((process) => {
    const depth = depths.has(process.parent) ? (depths.get(process.parent) ?? 0) + 1 : 0;
    depths.set(process.pid, depth);
    const isCenter = process.pid === dump.pid;
    const line = `${"  ".repeat(depth)}${process.pid} ${process.command}: ${
      stateText(process, dump)
    }`;
    return isCenter ? style.bold(line) : line;
  });
}

/** Where it reads or writes a pipe, that; else what its isolates do. */
function stateText(process: WatchedProcess, dump: Dump): string {
  const { pid, why, runtime, descriptor } = process;
  const inside = pid === dump.pid ? dump : process.inside;
  const does = doesText(process, `that of process ${process.farPid}`);
  if (runtime === null || descriptor !== null) return does;
  if (why !== null) return `${does}; not looked into: ${why}`;
  if (inside === null) return does;
  const main = inside.isolates.find(({ kind }) => kind === "main");
  const workers = inside.isolates.filter(({ kind }) => kind === "worker");
  const busy = workers.filter(({ state }) => state === "busy").length;
  const beside = workers.length === 0 ? "" : `; ${count(workers.length, "worker")}, ${busy} busy`;
  return `main ${main?.state ?? "gone"}${beside}`;
}
