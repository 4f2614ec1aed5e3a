/**
 * What a process has to do with that is outside of it: the processes that it has started, each with what it waits in,
 * and its connections. This is the only witness for the far end of a wait that no record of the runtime explains.
 *
 * Invariant: what is not seen is left out and never guessed; without a readable /proc nothing is seen.
 *
 * @module
 */

import { redactedWords } from "../protocol/redact.ts";
import { inEventLoop, readThreads, type ThreadLook } from "./proc.ts";
import { caughtSignals } from "./signal_names.ts";
import {
  addressText,
  childrenOf,
  descriptorOfCall,
  descriptorsOf,
  readStat,
  socketTable,
  textOf,
} from "./proc_files.ts";

/** A descriptor that a process waits on. */
export interface AwaitedDescriptor {
  /** Its number in that process. */
  readonly fd: number;
  /** What it is open on, as the kernel names it: `pipe:[12345]`, `/dev/pts/3`. */
  readonly target: string;
  /** The descriptor of the process that was asked about on the far end of that pipe; null when it has none. */
  readonly ours: number | null;
}

/** A pipe that a process shares with the one that was asked about. */
export interface SharedPipe {
  /** Its descriptor in that process. */
  readonly fd: number;
  readonly does: "reads" | "writes";
  /** The other end, a descriptor of the process that was asked about. */
  readonly ours: number;
}

/** A process that was started by the one that was asked about, or by one of those. */
export interface ChildProcess {
  readonly pid: number;
  readonly parent: number;
  /** Its command line without what is likely a secret, cut to a readable length; its name in brackets where it has none. */
  readonly command: string;
  /** One letter: R runs, S sleeps, T is stopped, Z has ended and waits to be collected. */
  readonly state: string;
  /** The function of the kernel that it sleeps in; null when it runs, or the kernel does not tell. */
  readonly wchan: string | null;
  /** What it reads or writes there; null when it does neither. */
  readonly descriptor: AwaitedDescriptor | null;
}

/** A descendant of a process, with what it shares with that one. */
export interface Descendant extends ChildProcess {
  /** Its pipes to the process that was asked about. */
  readonly pipes: readonly SharedPipe[];
  /** The signals that it catches; of Deno and Node those aside that they catch by themselves. */
  readonly catches: readonly string[];
}

/** A connected or listening TCP socket. Ports in decimal. */
export interface TcpSocket {
  readonly fd: number;
  readonly localPort: number;
  /** Null for one that listens. */
  readonly remotePort: number | null;
  /** `127.0.0.1:8080`, `[::]:8080`: of this end for one that listens, else of the far end. */
  readonly address: string;
  /** The process that was asked about has the far end, too. */
  readonly toItself: boolean;
}

/** More processes, or sockets, than these are not told: a hang is about few. */
const MAX_PROCESSES = 16;
const MAX_SOCKETS = 16;
const MAX_COMMAND = 200;
/** `st` of /proc/net/tcp. */
const CONNECTED = "01";
const LISTENS = "0A";
/** `O_WRONLY`, as a file of fdinfo shows it. */
const WRITE_ONLY = 1;

/**
 * The descendants of a process, nearest first.
 *
 * @param pid its process id
 */
export function childProcesses(pid: number): Descendant[] {
  const ours = pipesOf(pid);
  const found: Descendant[] = [];
  const parents = [pid];
  // Grows while it is walked.
  for (const parent of parents) {
    for (const child of childrenOf(parent)) {
      if (found.length === MAX_PROCESSES) return found;
      const facts = processFacts(child, parent, ours);
      if (facts === null) continue;
      found.push({
        ...facts,
        pipes: sharedPipes(child, ours),
        catches: caughtSignals(child),
      });
      parents.push(child);
    }
  }
  return found;
}

/**
 * The TCP sockets of a process.
 *
 * @param pid its process id
 * @param except a local port to leave out, with its connections
 */
export function tcpSockets(pid: number, except: number | null): TcpSocket[] {
  const fds = new Map<string, number>();
  for (const { fd, target } of descriptorsOf(pid)) {
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined) fds.set(inode, fd);
  }
  if (fds.size === 0) return [];
  const lines = [...socketTable(pid, "tcp"), ...socketTable(pid, "tcp6")].flatMap((line) => {
    const fd = fds.get(line.inode);
    if (fd === undefined || (line.state !== CONNECTED && line.state !== LISTENS)) return [];
    const [localPort, remote] = [line.localPort, line.remotePort].map((hex) => parseInt(hex, 16));
    if (localPort === undefined || remote === undefined || localPort === except) return [];
    const listens = line.state === LISTENS;
    const address = addressText(listens ? line.local : line.remote);
    return [{ fd, localPort, remotePort: listens ? null : remote, address }];
  });
  const ends = new Set(lines.map(({ localPort, remotePort }) => `${localPort} ${remotePort}`));
  return lines.slice(0, MAX_SOCKETS).map((line) => ({
    ...line,
    toItself: line.remotePort !== null && ends.has(`${line.remotePort} ${line.localPort}`),
  }));
}

/**
 * Some processes, each with who of them has the far end of a pipe that it waits on. Those that have gone are left out.
 *
 * @param pids their process ids
 */
export function describeProcesses(
  pids: readonly number[],
): (ChildProcess & { readonly farPid: number | null })[] {
  const ends = pids.map((pid) => ({ pid, pipes: pipesOf(pid) }));
  return pids.flatMap((pid) => {
    const parent = readStat(`/proc/${pid}`)?.parent ?? 0;
    const looks = ends.filter((each) => each.pid !== pid).map(({ pid: farPid, pipes }) => ({
      farPid,
      facts: processFacts(pid, parent, pipes),
    }));
    const far = looks.find(({ facts }) => typeof facts?.descriptor?.ours === "number");
    const facts = far?.facts ?? processFacts(pid, parent, new Map());
    return facts === null ? [] : [{ ...facts, farPid: far?.farPid ?? null }];
  });
}

function processFacts(
  pid: number,
  parent: number,
  ours: ReadonlyMap<string, number>,
): ChildProcess | null {
  const stat = readStat(`/proc/${pid}`);
  if (stat === null) return null;
  // A process may call itself anything, and what it says goes to terminals; a title may be padded with spaces.
  const words = redactedWords(textOf(`/proc/${pid}/cmdline`).split("\0"));
  const line = words.join(" ").replace(/[\s\p{Cc}]+/gu, " ").trim();
  const command = line === "" ? `[${stat.comm}]` : line.slice(0, MAX_COMMAND);
  const threads = readThreads(pid);
  const looks = threads.kind === "ok" ? threads.threads : [];
  const main = looks.find(({ tid }) => tid === pid) ?? null;
  // A thread that reads or writes says more than a main thread that waits for it, or for anything.
  const idle = main === null || main.state === "S" && (inEventLoop(main) || isFutex(main));
  const told = transfer(pid, main, ours) ??
    (idle
      ? looks.filter((look) => !isSignalThread(look)).map((look) => transfer(pid, look, ours))
        .find((each) => each !== null)
      : null);
  return {
    ...{ pid, parent, command, state: told === null ? stat.state : "S" },
    wchan: told?.wchan ?? main?.wchan ?? null,
    descriptor: told?.descriptor ?? null,
  };
}

/** The pipes of a process whose other end is in `ours`. */
function sharedPipes(pid: number, ours: ReadonlyMap<string, number>): SharedPipe[] {
  if (ours.size === 0) return [];
  return pipeEnds(pid).flatMap(({ fd, target, writes }) => {
    const far = ours.get(`${writes ? "r" : "w"} ${target}`);
    return far === undefined ? [] : [{ fd, does: writes ? "writes" : "reads", ours: far } as const];
  });
}

/** Deno has a thread that reads signals from a pair of sockets, all the time. */
function isSignalThread({ wchan }: ThreadLook): boolean {
  return wchan !== null && wchan.startsWith("unix_stream_read");
}

function isFutex({ wchan }: ThreadLook): boolean {
  return wchan !== null && wchan.startsWith("futex");
}

/** The kernel's functions in which a thread stands that reads or writes; the first argument of its call is the fd. */
const TRANSFERS = /^(anon_)?(pipe|fifo)_(read|write|wait)|^unix_stream_|^(inet|tcp|sk)_|^(n_)?tty_/;

/** The read or write that a thread stands in; null when it stands in none, or we may not know. */
function transfer(
  pid: number,
  look: ThreadLook | null,
  ours: ReadonlyMap<string, number>,
): Pick<ChildProcess, "wchan" | "descriptor"> | null {
  if (look === null || look.wchan === null || !TRANSFERS.test(look.wchan)) return null;
  const found = descriptorOfCall(pid, look.tid);
  if (found === null) return null;
  const { fd, target } = found;
  const far = look.wchan.includes("write") ? "r" : "w";
  const descriptor = { fd, target, ours: ours.get(`${far} ${target}`) ?? null };
  return { wchan: look.wchan, descriptor };
}

/** The ends of pipes that a process has open, as `r pipe:[…]` for one to read from and `w pipe:[…]` to write to. */
function pipesOf(pid: number): ReadonlyMap<string, number> {
  return new Map(
    pipeEnds(pid).map(({ fd, target, writes }) => [`${writes ? "w" : "r"} ${target}`, fd]),
  );
}

function pipeEnds(pid: number): { fd: number; target: string; writes: boolean }[] {
  const ends = descriptorsOf(pid).filter(({ target }) => target.startsWith("pipe:"));
  return ends.map(({ fd, target }) => {
    const flags = /^flags:\s*(\d+)$/m.exec(textOf(`/proc/${pid}/fdinfo/${fd}`))?.[1] ?? "0";
    return { fd, target, writes: (parseInt(flags, 8) & WRITE_ONLY) !== 0 };
  });
}
