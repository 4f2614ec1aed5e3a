/**
 * What the kernel knows of a subject that could still wake it, and that its own records may not show: other processes,
 * threads that are no actor's, connections, watched files. A second witness beside the source of the program: it sees
 * what a program hides in its text, and does not see what needs no help of the kernel (a timer).
 *
 * Without a readable /proc it says nothing, and a proof rests on the first witness alone.
 *
 * @module
 */

import { workerThreads } from "./proc.ts";
import { childrenOf, descriptorsOf, socketTable } from "./proc_files.ts";

/** What a process may have. */
export interface Known {
  /** Worker threads: actors that are not dead, and workers of this library. */
  readonly workers: number;
  /**
   * Sockets. What kind they are is asked only when there are more: the tables of the kernel take 4 to 20 ms to read.
   */
  readonly sockets: number;
}

/** `st` of /proc/net/tcp for a socket that waits for connections. */
const LISTEN = "0A";
/** The inspector of the subject listens; who is connected to it is an operator, and these do not count. */
const LISTENERS_OF_OURS = 1;

/** What could wake the process, in words; empty when nothing is seen. */
export function osSources(pid: number, known: Known): string[] {
  const found: string[] = [];
  const children = childrenOf(pid).length;
  if (children > 0) found.push(`it has ${count(children, "child process", "child processes")}`);
  const threads = workerThreads(pid);
  // A thread that a worker starts (for signals, for files) is called as the worker is.
  const names = new Set(threads.kind === "ok" ? threads.workers.map(({ name }) => name) : []);
  const strangers = names.size - known.workers;
  if (strangers > 0) {
    found.push(
      `it has ${count(strangers, "worker thread that is", "worker threads that are")} no actor's`,
    );
  }
  const links = descriptorsOf(pid).map(({ target }) => target);
  if (links.some((link) => link === "anon_inode:inotify")) found.push("it watches files");
  found.push(...connections(pid, links, known.sockets));
  return found;
}

function count(n: number, one: string, many: string): string {
  return n === 1 ? `a ${one}` : `${n} ${many}`;
}

function connections(pid: number, links: readonly string[], known: number): string[] {
  const inodes = new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
  if (inodes.size <= known) return [];
  const sockets = (...tables: Parameters<typeof socketTable>[1][]) =>
    tables.flatMap((table) => socketTable(pid, table)).filter(({ inode }) => inodes.has(inode));
  const tcp = sockets("tcp", "tcp6");
  const udp = sockets("udp", "udp6");
  const ports = new Set(
    tcp.filter(({ state }) => state === LISTEN).map(({ localPort }) => localPort),
  );
  const found: string[] = [];
  if (ports.size > LISTENERS_OF_OURS) found.push("it listens for connections");
  if (tcp.some(({ localPort }) => !ports.has(localPort))) found.push("it has a connection");
  if (udp.length > 0) found.push("it has a UDP socket");
  return found;
}
