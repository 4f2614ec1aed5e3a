/**
 * Dumps a process whose inspector cannot be had, from what the kernel shows of it alone: its threads at two moments, the
 * processes that it has started, its sockets.
 *
 * @module
 */

import type { ProcessDump, ProcessIsolate } from "../../model/process_dump.ts";
import { childProcesses, tcpSockets } from "../../os/outside.ts";
import { inEventLoop, type ThreadLook } from "../../os/proc.ts";
import { Threads } from "../threads.ts";
import { threadOf } from "./dump_process.ts";
import { isolateRank } from "./survey.ts";

const GAP_MS = 200;

/**
 * Looks twice.
 *
 * @param why there is no inspector, a sentence
 */
export async function dumpOutside(pid: number, runtime: string, why: string): Promise<ProcessDump> {
  const startedAt = performance.now();
  const threads = new Threads(pid);
  await new Promise((resolve) => setTimeout(resolve, GAP_MS));
  const names = [...new Set(["main", ...threads.isolates])].sort(isolateRank);
  return {
    schema: "unwedge/process-dump@1",
    target: { kind: "process", pid, runtime, file: null },
    complete: false,
    missing: [{ what: names.join(", "), why }],
    isolates: names.map((id) => isolateOf(id, threads)),
    outside: { processes: childProcesses(pid), sockets: tcpSockets(pid, null) },
    handles: [],
    openedPort: null,
    tookMs: performance.now() - startedAt,
  };
}

function isolateOf(id: string, threads: Threads): ProcessIsolate {
  const look = threads.now(id);
  return {
    id,
    kind: id === "main" ? "main" : "worker",
    url: null,
    state: stateOf(look),
    thread: threadOf(threads.facts(id, false, null)),
    samples: [],
    heap: null,
    awaits: [],
  };
}

function stateOf(look: ThreadLook | null | "unknown"): ProcessIsolate["state"] {
  if (look === null) return "gone";
  return look !== "unknown" && inEventLoop(look) ? "parked" : "unknown";
}
