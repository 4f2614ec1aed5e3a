/**
 * What the kernel knows of the subject: its threads, what they wait in, what they burn, and which signals it takes.
 * This is the only witness for an isolate that is blocked in native code, where the inspector is unresponsive.
 *
 * Invariant: nothing here throws for what the other process does. A process or thread that ends while it is being
 * read is `gone`; a machine without a readable /proc (other systems, narrow permissions) is `unavailable`, with the
 * reason, and never looks like "no threads". Reads are synchronous: a file of /proc costs some 10 µs and never blocks.
 *
 * @module
 */

import { readStat, textOf } from "./proc_files.ts";
import { errorMessage } from "../protocol/error_message.ts";

/** One thread at one moment. */
export interface ThreadLook {
  /** Thread id; the main thread's equals the process id. */
  readonly tid: number;
  /** The thread's `comm`: `worker-3` for the isolate that V8 numbers 3, the program's name for main. */
  readonly name: string;
  /** One letter: R runs or could run, S sleeps, D sleeps uninterruptibly, Z has ended. */
  readonly state: string;
  /** Kernel wait channel, null when it runs or when the kernel does not tell. */
  readonly wchan: string | null;
  /** Number of the system call it sits in, null when it runs or when we may not know. */
  readonly syscall: number | null;
  /** User and system time so far, in clock ticks (1/100 s on Linux). */
  readonly ticks: number;
}

/** What a thread has read so far, whatever from. */
export interface ReadCount {
  /** Calls of read() and its kin. */
  readonly calls: number;
  /** What they brought. */
  readonly bytes: number;
}

/** Why there is nothing to show. */
export type ProcAbsent =
  | { readonly kind: "gone" }
  | { readonly kind: "unavailable"; readonly why: string };

/** All threads of a process. */
export type ThreadsOutcome =
  | { readonly kind: "ok"; readonly threads: readonly ThreadLook[] }
  | ProcAbsent;

/** A thread that carries a worker's isolate. */
export interface WorkerThread {
  /** Thread id. */
  readonly tid: number;
  /** `worker-N`. */
  readonly name: string;
}

/** The worker threads of a process. */
export type WorkerThreadsOutcome =
  | { readonly kind: "ok"; readonly workers: readonly WorkerThread[] }
  | ProcAbsent;

/** Signal masks of a process; bit n-1 stands for signal n. */
export interface SignalMasks {
  /** Handlers are installed for these. */
  readonly caught: bigint;
  /** Pending for the main thread. */
  readonly pending: bigint;
  /** Pending for the process as a whole. */
  readonly sharedPending: bigint;
  /** Held back by the main thread's mask. */
  readonly blocked: bigint;
  /** Thrown away by the kernel. */
  readonly ignored: bigint;
}

/** Signal masks, or why there are none. */
export type SignalMasksOutcome = { readonly kind: "ok"; readonly masks: SignalMasks } | ProcAbsent;

const WORKER_COMM = /^worker-\d+$/;

/**
 * Takes one look at every thread of a process.
 *
 * @param pid process id
 */
export function readThreads(pid: number): ThreadsOutcome {
  const tids = listTids(pid);
  if (tids.kind !== "ok") return tids;
  const threads: ThreadLook[] = [];
  for (const tid of tids.tids) {
    const look = readThread(pid, tid);
    if (look !== null) threads.push(look);
  }
  return threads.length === 0 ? { kind: "gone" } : { kind: "ok", threads };
}

/**
 * Takes one look at one thread; null when it has gone, is about to (state Z or X), or cannot be read.
 *
 * @param pid process id
 * @param tid thread id; the main thread's equals the process id
 */
export function readThread(pid: number, tid: number): ThreadLook | null {
  const dir = `/proc/${pid}/task/${tid}`;
  const stat = readStat(dir);
  if (stat === null || stat.state === "Z" || stat.state === "X") return null;
  return {
    tid,
    name: stat.comm,
    state: stat.state,
    wchan: stat.state === "R" ? null : wchanOf(textOf(`${dir}/wchan`)),
    syscall: stat.state === "R" ? null : syscallOf(textOf(`${dir}/syscall`)),
    ticks: stat.ticks,
  };
}

/**
 * How long a thread has been ready to run without getting a processor, in milliseconds since it began; 0 when the
 * kernel does not tell.
 *
 * @param pid process id
 * @param tid thread id
 */
export function readQueuedMs(pid: number, tid: number): number {
  const nanoseconds = Number(textOf(`/proc/${pid}/task/${tid}/schedstat`).split(" ")[1]);
  return Number.isFinite(nanoseconds) ? nanoseconds / 1e6 : 0;
}

/**
 * How often a thread has called read(), and what it got; null when the kernel does not tell, or not us.
 *
 * @param pid process id
 * @param tid thread id
 */
export function readReads(pid: number, tid: number): ReadCount | null {
  const text = textOf(`/proc/${pid}/task/${tid}/io`);
  const calls = /^syscr: (\d+)$/m.exec(text)?.[1];
  const bytes = /^rchar: (\d+)$/m.exec(text)?.[1];
  if (calls === undefined || bytes === undefined) return null;
  return { calls: Number(calls), bytes: Number(bytes) };
}

/**
 * Lists the threads that carry worker isolates, cheaply enough to be asked every few milliseconds. An empty list
 * from `ok` is the proof that no worker thread is left.
 *
 * @param pid process id
 */
export function workerThreads(pid: number): WorkerThreadsOutcome {
  const tids = listTids(pid);
  if (tids.kind !== "ok") return tids;
  const workers: WorkerThread[] = [];
  for (const tid of tids.tids) {
    const name = textOf(`/proc/${pid}/task/${tid}/comm`).trimEnd();
    if (WORKER_COMM.test(name)) workers.push({ tid, name });
  }
  return { kind: "ok", workers };
}

/**
 * When a process started, in clock ticks since boot. A pid is reused, a pid with its start time is not. Null when
 * the process is gone, or /proc cannot be read.
 *
 * @param pid process id
 */
export function processStartTime(pid: number): number | null {
  return readStat(`/proc/${pid}`)?.startTime ?? null;
}

/**
 * Whether the process that had this pid and start time still runs. A zombie does not run: it has ended and waits
 * for its parent to collect it.
 *
 * @param pid process id
 * @param startTime what {@linkcode processStartTime} returned when it was known to be the right process
 */
export function processAlive(pid: number, startTime: number): boolean {
  const stat = readStat(`/proc/${pid}`);
  if (stat === null || stat.startTime !== startTime) return false;
  return stat.state !== "Z" && stat.state !== "X";
}

/**
 * Reads which signals a process catches and which wait for it.
 *
 * @param pid process id
 */
export function readSignalMasks(pid: number): SignalMasksOutcome {
  const text = tryRead(`/proc/${pid}/status`);
  if (text.kind !== "ok") return text;
  const mask = (field: string): bigint => {
    const hex = new RegExp(`^${field}:\\s*([0-9a-f]+)`, "m").exec(text.text)?.[1];
    return hex === undefined ? 0n : BigInt(`0x${hex}`);
  };
  return {
    kind: "ok",
    masks: {
      caught: mask("SigCgt"),
      pending: mask("SigPnd"),
      sharedPending: mask("ShdPnd"),
      blocked: mask("SigBlk"),
      ignored: mask("SigIgn"),
    },
  };
}

/**
 * Whether a signal is in a mask.
 *
 * @param mask one of {@linkcode SignalMasks}
 * @param signal its number, 1 to 64 (SIGINT is 2)
 */
export function maskHas(mask: bigint, signal: number): boolean {
  return (mask >> BigInt(signal - 1) & 1n) === 1n;
}

/**
 * Whether a look shows an event loop at rest: asleep in epoll. Such an isolate runs no JavaScript, so there is no
 * stack to be had, and a pause that is asked of it stays armed until its next callback and freezes it there.
 */
export function inEventLoop(look: ThreadLook): boolean {
  return look.state === "S" && look.wchan !== null && /^(do_)?ep(oll)?_/.test(look.wchan);
}

type TidsOutcome = { readonly kind: "ok"; readonly tids: readonly number[] } | ProcAbsent;

function listTids(pid: number): TidsOutcome {
  try {
    const tids = [...Deno.readDirSync(`/proc/${pid}/task`)].map((entry) => Number(entry.name));
    return { kind: "ok", tids: tids.sort((a, b) => a - b) };
  } catch (error) {
    return absent(error);
  }
}

function wchanOf(text: string): string | null {
  const name = text.trim();
  return name === "" || name === "0" ? null : name;
}

function syscallOf(text: string): number | null {
  const nr = Number.parseInt(text, 10);
  return Number.isInteger(nr) && nr >= 0 ? nr : null;
}

function tryRead(path: string): { readonly kind: "ok"; readonly text: string } | ProcAbsent {
  try {
    return { kind: "ok", text: Deno.readTextFileSync(path) };
  } catch (error) {
    return absent(error);
  }
}

function absent(error: unknown): ProcAbsent {
  if (error instanceof Deno.errors.NotFound) {
    return procExists() ? { kind: "gone" } : { kind: "unavailable", why: "there is no /proc here" };
  }
  // ESRCH: the thread ended between the listing and the read; Deno has no error class of its own for it.
  if (error instanceof Error && "code" in error && error.code === "ESRCH") return { kind: "gone" };
  const why = errorMessage(error);
  return { kind: "unavailable", why };
}

function procExists(): boolean {
  try {
    Deno.statSync("/proc/self/task");
    return true;
  } catch {
    return false;
  }
}
