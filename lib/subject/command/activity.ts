/**
 * Whether the processes of a command do anything, as the kernel counts it: bytes read and written, reads and writes
 * completed, and processor time beyond what an idle process burns to keep itself alive.
 *
 * Invariant: what cannot be read counts as activity. Nothing is called idle because unwedge may not look.
 *
 * @module
 */

import { childProcesses, tcpSockets } from "../../os/outside.ts";
import { readStat, textOf } from "../../os/proc_files.ts";

/** Looking costs a millisecond or two for each process. */
const EVERY_MS = 250;
/** A timer that only keeps a process alive, or a collection of garbage, burns less than this part of a processor. */
const IDLE_SHARE = 0.02;
const TICK_MS = 10;

/** What is counted of one process. */
interface Count {
  readonly transfers: string;
  readonly ticks: number;
}

/** Follows the processes of one command. */
export class Activity {
  readonly #root: number;
  #lookedAt = -Infinity;
  #since = -Infinity;
  #transfers = "";
  #ticks = 0;
  #calmSince = -Infinity;
  #bytes: readonly number[] = [];

  constructor(root: number) {
    this.#root = root;
  }

  /**
   * For how long nothing has been done, in milliseconds.
   *
   * @param nowMs a clock of the caller's, in milliseconds, that stands while the command does
   */
  idleMs(nowMs: number): number {
    if (nowMs - this.#lookedAt >= EVERY_MS) this.#look(nowMs);
    return nowMs - this.#since;
  }

  /**
   * For how long it has done no more than wake up, in milliseconds: a timer that fires writes eight bytes, by which one
   * thread wakes another. That may be output, too, and so it does not count as idle.
   */
  calmMs(nowMs: number): number {
    this.idleMs(nowMs);
    return nowMs - this.#calmSince;
  }

  #look(nowMs: number): void {
    this.#lookedAt = nowMs;
    const pids = [this.#root, ...childProcesses(this.#root).map(({ pid }) => pid)];
    const counts = pids.map(countOf);
    const read = counts.map((count, n) => `${pids[n]} ${count?.transfers ?? nowMs}`).join();
    const transfers = `${read} ${pids.some(isConnected) ? traffic(this.#root) : ""}`;
    const ticks = counts.reduce((sum, count) => sum + (count?.ticks ?? 0), 0);
    const burnt = (ticks - this.#ticks) * TICK_MS;
    const allowed = Math.max(TICK_MS, IDLE_SHARE * (nowMs - this.#since));
    const bytes = counts.flatMap((count) => count?.transfers.split(" ").map(Number) ?? [NaN]);
    if (!onlyWakes(this.#bytes, bytes) || burnt > allowed) this.#calmSince = nowMs;
    this.#bytes = bytes;
    if (transfers === this.#transfers && burnt <= allowed) return;
    this.#since = nowMs;
    this.#transfers = transfers;
    this.#ticks = ticks;
  }
}

/** Whether each process has read and written eight bytes at a time between two looks, or nothing. */
function onlyWakes(before: readonly number[], now: readonly number[]): boolean {
  const more = now.map((value, n) => value - (before[n] ?? NaN));
  return more.every((value, n) => value === (n % 4 < 2 ? 8 * (more[n + 2] ?? NaN) : value));
}

/** Null when the kernel does not tell. */
function countOf(pid: number): Count | null {
  const io = textOf(`/proc/${pid}/io`);
  const fields = ["rchar", "wchar", "syscr", "syscw"].map((name) =>
    new RegExp(`^${name}: (\\d+)$`, "m").exec(io)?.[1]
  );
  const stat = readStat(`/proc/${pid}`);
  if (stat === null || fields.some((field) => field === undefined)) return null;
  return { transfers: fields.join(" "), ticks: stat.ticks };
}

/** What a socket receives and sends is not counted with the reads and writes of its process. */
function isConnected(pid: number): boolean {
  return tcpSockets(pid, null).some(({ remotePort }) => remotePort !== null);
}

/** Bytes of the whole network that a process sees: there is no smaller count. */
function traffic(pid: number): string {
  return /^IpExt: \d.*$/m.exec(textOf(`/proc/${pid}/net/netstat`))?.[0] ?? "";
}
