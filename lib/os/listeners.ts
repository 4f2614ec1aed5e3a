/**
 * Which process listens on a TCP port of this machine, as /proc shows it.
 *
 * @module
 */

import { descriptorsOf, namesIn, socketTable, targetOf, textOf } from "./proc_files.ts";

/** `st` of /proc/net/tcp for a socket that waits for connections. */
const LISTEN = "0A";

/** Ports on which a process listens, in the order of its descriptors; empty where /proc does not tell. */
export function portsOf(pid: number): number[] {
  const inodes = descriptorsOf(pid).sort((a, b) => a.fd - b.fd)
    .map(({ target }) => /^socket:\[(\d+)\]$/.exec(target)?.[1]);
  const ports = new Map(
    [...socketTable(pid, "tcp"), ...socketTable(pid, "tcp6")]
      .filter(({ state }) => state === LISTEN)
      .map(({ inode, localPort }) => [inode, parseInt(localPort, 16)]),
  );
  return [...new Set(inodes.flatMap((inode) => ports.get(inode ?? "") ?? []))];
}

/** Whether a port of this machine is in use, and by which process where that can be seen. */
export type PortUse =
  | { readonly kind: "free" }
  | { readonly kind: "taken"; readonly pid: number | null; readonly name: string | null };

/**
 * Who listens on a port of the network that a process sees.
 *
 * @param pid the process whose network it is
 */
export function portUse(pid: number, port: number): PortUse {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const socket = [...socketTable(pid, "tcp"), ...socketTable(pid, "tcp6")]
    .find(({ state, localPort }) => state === LISTEN && localPort === hex);
  if (socket === undefined) return { kind: "free" };
  const wanted = `socket:[${socket.inode}]`;
  for (const name of namesIn("/proc").filter((name) => /^\d+$/.test(name))) {
    for (const fd of namesIn(`/proc/${name}/fd`)) {
      if (targetOf(`/proc/${name}/fd/${fd}`) !== wanted) continue;
      return {
        kind: "taken",
        pid: Number(name),
        name: textOf(`/proc/${name}/comm`).trim() || null,
      };
    }
  }
  return { kind: "taken", pid: null, name: null };
}
