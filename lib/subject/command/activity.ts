/**
 * Whether the processes of a command do anything, as the kernel counts it: what they read and write, timers aside that
 * only wake them; processor time beyond what an idle process burns to keep itself alive; and, where one has a socket
 * other than its inspector's, anything that the network carries.
 *
 * Invariant: what cannot be read counts as activity. Nothing is called idle because unwedge may not look.
 *
 * @module
 */

import { childProcesses, tcpSockets } from "../../os/outside.ts";
import { readStat, textOf } from "../../os/proc_files.ts";
import { ProcessActivity } from "./process_activity.ts";

/** Looking costs a millisecond or two for each process. */
const EVERY_MS = 250;
/** A timer that only keeps a process alive, or a collection of garbage, burns less than this part of a processor. */
const IDLE_SHARE = 0.02;
const TICK_MS = 10;

/** Follows the processes of one command. */
export class Activity {
  readonly #root: number;
  readonly #inspectorPort: (pid: number) => number | null;
  #processes = new Map<number, ProcessActivity>();
  #lookedAt = -Infinity;
  #since = -Infinity;
  #traffic = "";
  #ticks = 0;

  /** @param inspectorPort the port of a process's inspector, null when it is not known */
  constructor(root: number, inspectorPort: (pid: number) => number | null) {
    this.#root = root;
    this.#inspectorPort = inspectorPort;
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

  #look(nowMs: number): void {
    this.#lookedAt = nowMs;
    const pids = [this.#root, ...childProcesses(this.#root).map(({ pid }) => pid)];
    const before = this.#processes;
    this.#processes = new Map(
      pids.map((pid) => [pid, before.get(pid) ?? new ProcessActivity(pid)]),
    );
    // Each of them is looked at, or the next look would see what this one has left out.
    const active = [...this.#processes.values()].map((process) => process.look()).some(Boolean);
    // A table of sockets takes milliseconds, and is read only where nothing else shows activity.
    const hasSockets = !active &&
      pids.some((pid) => tcpSockets(pid, this.#inspectorPort(pid)).length > 0);
    const traffic = hasSockets ? trafficOf(this.#root) : "";
    const ticks = pids.reduce((sum, pid) => sum + (readStat(`/proc/${pid}`)?.ticks ?? 0), 0);
    const burnt = (ticks - this.#ticks) * TICK_MS;
    const allowed = Math.max(TICK_MS, IDLE_SHARE * (nowMs - this.#since));
    const ended = [...before.keys()].some((pid) => !this.#processes.has(pid));
    if (!active && !ended && traffic === this.#traffic && burnt <= allowed) return;
    this.#since = nowMs;
    this.#traffic = traffic;
    this.#ticks = ticks;
  }
}

/**
 * Bytes of the whole network that a process sees: there is no smaller count, and what a socket receives and sends is not
 * counted with the reads and writes of its process.
 */
function trafficOf(pid: number): string {
  return /^IpExt: \d.*$/m.exec(textOf(`/proc/${pid}/net/netstat`))?.[0] ?? "";
}
