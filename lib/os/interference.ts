/**
 * What stands in a subject's way from outside, as the kernel shows it: a stop (SIGSTOP, a tracer, a frozen
 * cgroup), a write to a full pipe, a client of its inspector. A hang that one of these makes is not the subject's own.
 *
 * Nothing is sent to the subject. Without a readable /proc nothing is seen, and `seen` says so.
 *
 * @module
 */

import { readThreads } from "./proc.ts";
import {
  descriptorOfCall,
  namesIn,
  readStat,
  socketTable,
  targetOf,
  textOf,
} from "./proc_files.ts";

/** A thread that is blocked in a write, because the pipe is not read. */
export interface FullPipe {
  /** Its name: the program's for main, `worker-N` for the thread of an isolate. */
  readonly thread: string;
  readonly tid: number;
  /** The descriptor that it writes to; null when the kernel does not tell. */
  readonly fd: number | null;
  /** What that descriptor is, as `/proc/PID/fd` has it: `pipe:[123]`, or the path of a FIFO. */
  readonly target: string | null;
}

/** A client of the subject's inspector. */
export interface InspectorClient {
  /** The process at the other end; null when it cannot be found out (another user's). */
  readonly pid: number | null;
  /** Its name, for people. */
  readonly name: string | null;
}

/** Whether something holds the whole process. */
export type Stopped = "no" | "stopped" | "frozen" | "traced";

/** One look from outside. */
export interface Interference {
  /** False when /proc tells nothing of the process: it is gone, or there is no /proc. */
  readonly seen: boolean;
  /** By a signal; by the freezer of its cgroup; by a tracer that holds it at this moment. */
  readonly stopped: Stopped;
  readonly fullPipes: readonly FullPipe[];
  readonly clients: readonly InspectorClient[];
}

const NOTHING_SEEN: Interference = { seen: false, stopped: "no", fullPipes: [], clients: [] };

/** ESTABLISHED in the `st` column of /proc/net/tcp. */
const ESTABLISHED = "01";

/** The system calls that write, by number on x86-64 and on arm64: write, pwrite64, writev. */
const WRITES: ReadonlySet<number> = Deno.build.arch === "aarch64"
  ? new Set([64, 68, 66])
  : new Set([1, 18, 20]);

/**
 * Looks once.
 *
 * @param pid process id of the subject
 * @param wsUrl address of its inspector, null when it never came up
 */
export function readInterference(pid: number, wsUrl: string | null): Interference {
  const outcome = readThreads(pid);
  if (outcome.kind !== "ok") return NOTHING_SEEN;
  const { threads } = outcome;
  const main = threads.find(({ tid }) => tid === pid);
  return {
    seen: true,
    stopped: main === undefined ? "no" : stoppedIn(main.state, main.wchan),
    fullPipes: threads
      .filter(({ wchan }) => wchan !== null && /pipe_write/.test(wchan))
      .map(({ tid, name }) => ({ thread: name, tid, ...descriptorOf(pid, tid) })),
    clients: wsUrl === null ? [] : clientsOf(pid, wsUrl),
  };
}

/**
 * Where a frozen thread sleeps: with a cgroup of version 1 in state D in `__refrigerator`, with one of version 2 in
 * state S in `do_freezer_trap`, which most kernels have inside `get_signal` (measured on 6.18). Nothing else sleeps
 * there but a thread that is stopped, whose state says so.
 */
const FROZEN = /refrigerator|freezer|^get_signal$/;

function stoppedIn(state: string, wchan: string | null): Stopped {
  if (state === "T") return "stopped";
  if (state === "t") return "traced";
  return wchan !== null && FROZEN.test(wchan) ? "frozen" : "no";
}

/**
 * Whether a process is stopped by a signal or frozen: two small reads, cheap enough for every look at a subject.
 *
 * @param pid its process id
 */
export function isStopped(pid: number): boolean {
  const state = readStat(`/proc/${pid}`)?.state;
  if (state !== "T" && state !== "D" && state !== "S") return false;
  const stopped = stoppedIn(state, textOf(`/proc/${pid}/wchan`).trim());
  return stopped === "stopped" || stopped === "frozen";
}

/** The descriptor that a thread is writing to at this moment. */
function descriptorOf(pid: number, tid: number): Pick<FullPipe, "fd" | "target"> {
  const found = descriptorOfCall(pid, tid);
  if (found === null || !WRITES.has(found.call)) return { fd: null, target: null };
  return { fd: found.fd, target: found.target };
}

/** Who is connected: the sockets whose far end is the inspector's port, and the processes that hold them. */
function clientsOf(pid: number, wsUrl: string): InspectorClient[] {
  const port = Number(new URL(wsUrl).port).toString(16).toUpperCase().padStart(4, "0");
  return [...socketTable(pid, "tcp"), ...socketTable(pid, "tcp6")]
    .filter(({ state, remotePort }) => state === ESTABLISHED && remotePort === port)
    .map(({ inode }) => ownerOf(inode));
}

/** The kernel has no index from a socket to its process: every process that we may look into is searched. */
function ownerOf(inode: string): InspectorClient {
  const wanted = `socket:[${inode}]`;
  for (const name of namesIn("/proc").filter((name) => /^\d+$/.test(name))) {
    for (const fd of namesIn(`/proc/${name}/fd`)) {
      if (targetOf(`/proc/${name}/fd/${fd}`) !== wanted) continue;
      return { pid: Number(name), name: textOf(`/proc/${name}/comm`).trim() || null };
    }
  }
  return { pid: null, name: null };
}
