/**
 * Files of /proc for whoever only looks for something in them: what is gone meanwhile, or another user's, is empty.
 * Where it matters why there is nothing to see, `proc.ts` tells.
 *
 * @module
 */

/** One line of a table of sockets, as the kernel writes it: numbers in hexadecimal, in capitals. */
export interface SocketLine {
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
    return { localPort: portOf(local), remotePort: portOf(remote), state, inode };
  });
}

function portOf(address: string): string {
  return address.slice(address.lastIndexOf(":") + 1);
}
