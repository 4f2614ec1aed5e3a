/**
 * Reads files of /proc for callers that need no reason when there is nothing to read: a file that is gone by now, or
 * belongs to another user, reads as empty. `proc.ts` says why there is nothing.
 *
 * @module
 */

/** One line of a table of sockets, as the kernel writes it: numbers in hexadecimal, in capitals. */
export interface SocketLine {
  /** Address and port of this end, and of the far one: see {@linkcode addressText}. */
  readonly local: string;
  readonly remote: string;
  /** Of this end, four digits. */
  readonly localPort: string;
  /** Of the far end, four digits; `0000` for none. */
  readonly remotePort: string;
  /** `01` is connected, `0A` listens. */
  readonly state: string;
  /** What a descriptor that points to `socket:[…]` names. */
  readonly inode: string;
}

/** The text of a file; empty when there is none to be had. */
export function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

/** The names in a directory; none when there is none to be had. */
export function namesIn(directory: string): string[] {
  try {
    return [...Deno.readDirSync(directory)].map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Where a symbolic link points; null when there is none to be had. */
export function targetOf(path: string): string | null {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return null;
  }
}

/** Process ids of what a process has started and not yet collected. */
export function childrenOf(pid: number): number[] {
  return namesIn(`/proc/${pid}/task`).flatMap((tid) => {
    const text = textOf(`/proc/${pid}/task/${tid}/children`).trim();
    return text === "" ? [] : text.split(/\s+/).map(Number);
  });
}

/** The open descriptors of a process, each with what it points to. */
export function descriptorsOf(pid: number): { readonly fd: number; readonly target: string }[] {
  return namesIn(`/proc/${pid}/fd`).flatMap((name) => {
    const target = targetOf(`/proc/${pid}/fd/${name}`);
    return target === null ? [] : [{ fd: Number(name), target }];
  });
}

/**
 * The descriptor that a sleeping thread's system call is given as its first argument; null when that is none. Whether
 * the call takes a descriptor there is for the caller to know.
 */
export function descriptorOfCall(
  pid: number,
  tid: number,
): { readonly call: number; readonly fd: number; readonly target: string } | null {
  const [call, fd] = textOf(`/proc/${pid}/task/${tid}/syscall`).split(" ").map(Number);
  if (call === undefined || fd === undefined || !Number.isInteger(fd)) return null;
  const target = targetOf(`/proc/${pid}/fd/${fd}`);
  return target === null ? null : { call, fd, target };
}

/**
 * All sockets of one kind in the network that a process sees. A table takes the kernel 1 to 5 ms to write.
 *
 * @param pid its process id
 */
export function socketTable(
  pid: number,
  table: "tcp" | "tcp6" | "udp" | "udp6",
): SocketLine[] {
  const lines = textOf(`/proc/${pid}/net/${table}`).split("\n").slice(1);
  return lines.map((line) => line.trim().split(/\s+/)).map((fields) => {
    const [, local = "", remote = "", state = "", , , , , , inode = ""] = fields;
    return { local, remote, localPort: portOf(local), remotePort: portOf(remote), state, inode };
  });
}

function portOf(address: string): string {
  return address.slice(address.lastIndexOf(":") + 1);
}

/** An address of a table of sockets for people: `127.0.0.1:8080`, `[::1]:8080`. */
export function addressText(entry: string): string {
  const [hex = "", port = ""] = entry.split(":");
  // Words of four bytes, each with its last byte first.
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).toReversed()
  );
  const host = bytes.length === 4
    ? bytes.map((byte) => parseInt(byte, 16)).join(".")
    : sixText(bytes);
  return `${host}:${parseInt(port, 16)}`;
}

function sixText(bytes: readonly string[]): string {
  const groups = bytes.flatMap((byte, n) => n % 2 === 0 ? [`${byte}${bytes[n + 1] ?? ""}`] : []);
  // Written the short way, as a URL has it.
  return URL.parse(`http://[${groups.join(":")}]`)?.hostname ?? groups.join(":");
}

/** The fields of a `stat` file that are in use, of a process or of one thread. */
export interface Stat {
  /** The name of the program or thread, 15 characters at most. */
  readonly comm: string;
  /** One letter: R, S, D, T stopped, t held by a tracer, Z ended. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Device number of its terminal; 0 for none. */
  readonly terminal: number;
  /** The group whose keys those of the terminal are; -1 for none. */
  readonly foregroundGroup: number;
  /** User and system time so far, in clock ticks. */
  readonly ticks: number;
  /** Clock ticks after boot. */
  readonly startTime: number;
}

/**
 * Parses a `stat` file; null when it is empty. `comm` may hold spaces and brackets, so fields are counted from the last
 * `)`.
 */
export function parseStat(text: string): Stat | null {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 0 || close < 0) return null;
  const fields = text.slice(close + 2).split(" ");
  const field = (n: number): number => Number(fields[n - 3] ?? 0);
  return {
    comm: text.slice(open + 1, close),
    state: fields[0] ?? "?",
    parent: field(4),
    group: field(5),
    session: field(6),
    terminal: field(7),
    foregroundGroup: field(8),
    ticks: field(14) + field(15),
    startTime: field(22),
  };
}

/** Whether nothing can be read in /proc: there is none, or Deno was given less than all permissions. */
export function isProcClosed(): boolean {
  return readStat("/proc/self") === null;
}

/** The parsed `stat` file in a directory of /proc, `/proc/PID` or `/proc/PID/task/TID`; null when it cannot be read. */
export function readStat(directory: string): Stat | null {
  return parseStat(textOf(`${directory}/stat`));
}
