/**
 * Every process of this machine, as far as we may see it, at one moment: enough to tell whose it is, who started it
 * and whether a pid still means the same process.
 *
 * Invariant: one process that ends, or that we may not read, while the table is made is left out; a table that could
 * not be read at all is `unavailable` and never empty, for "no stale subject" must not follow from "could not look".
 *
 * @module
 */

import { readStat, targetOf, textOf } from "./proc_files.ts";
import { errorMessage } from "../protocol/error_message.ts";

/** One process. */
export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** Its process group; a leader's equals its pid. */
  readonly group: number;
  /** Clock ticks after boot: with the pid it names one process for good. */
  readonly startTime: number;
  /** One letter of /proc: R, S, D, T stopped, t held by a tracer, Z ended. */
  readonly state: string;
  /** Who it runs as. */
  readonly uid: number;
  readonly command: readonly string[];
}

/** All of them. */
export interface ProcessTable {
  readonly processes: ReadonlyMap<number, ProcessFacts>;
  /** When the machine was started, in epoch milliseconds; null when the kernel does not tell. */
  readonly bootedAtMs: number | null;
  /** Path of the program that a process runs, null when it cannot be had. */
  executableOf(pid: number): string | null;
  /** The files that its stdout and stderr go to. */
  outputsOf(pid: number): readonly string[];
}

/** The table, or why there is none. */
export type ProcessTableOutcome =
  | { readonly kind: "ok"; readonly table: ProcessTable }
  | { readonly kind: "unavailable"; readonly why: string };

/** Clock ticks in a second on Linux, for every architecture that Deno runs on. */
const TICKS_PER_S = 100;

/** Reads the table. Takes some 10 µs for each file that it reads, three for each process. */
export function readProcessTable(): ProcessTableOutcome {
  const processes = new Map<number, ProcessFacts>();
  // Asked first: reading what was not granted would open a prompt on a terminal.
  if (Deno.permissions.querySync({ name: "read" }).state !== "granted") {
    return { kind: "unavailable", why: "not allowed to read /proc: run with -A" };
  }
  try {
    for (const { name } of Deno.readDirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      const facts = factsOf(Number(name));
      if (facts !== null) processes.set(facts.pid, facts);
    }
  } catch (error) {
    return { kind: "unavailable", why: whyNot(error) };
  }
  // We are there ourselves, so an empty table means that nothing could be read.
  if (!processes.has(Deno.pid)) {
    return { kind: "unavailable", why: "/proc does not show this process: run with -A" };
  }
  return {
    kind: "ok",
    table: {
      processes,
      bootedAtMs: readBootedAtMs(),
      executableOf: (pid) => targetOf(`/proc/${pid}/exe`)?.replace(/ \(deleted\)$/, "") ?? null,
      outputsOf: (pid) => [1, 2].flatMap((fd) => targetOf(`/proc/${pid}/fd/${fd}`) ?? []),
    },
  };
}

/** When a process was started, in epoch milliseconds. */
export function startedAtMs(
  { bootedAtMs }: Pick<ProcessTable, "bootedAtMs">,
  startTime: number,
): number | null {
  return bootedAtMs === null ? null : bootedAtMs + startTime * 1_000 / TICKS_PER_S;
}

function factsOf(pid: number): ProcessFacts | null {
  const stat = readStat(`/proc/${pid}`);
  const command = textOf(`/proc/${pid}/cmdline`).split("\0").slice(0, -1);
  // Read last: a process that ended in between has none, and is left out.
  const uid = uidOf(pid);
  if (stat === null || uid === null) return null;
  const { parent, group, startTime, state } = stat;
  return Number.isFinite(startTime) ? { pid, parent, group, startTime, state, uid, command } : null;
}

function uidOf(pid: number): number | null {
  try {
    return Deno.statSync(`/proc/${pid}`).uid;
  } catch {
    return null;
  }
}

/**
 * When the machine was started, in epoch milliseconds; null when the kernel does not tell. From how long it has been up, so that
 * start times are on the clock of today, not on that of the time of boot.
 */
export function readBootedAtMs(): number | null {
  const seconds = Number.parseFloat(textOf("/proc/uptime"));
  return Number.isFinite(seconds) ? Date.now() - seconds * 1_000 : null;
}

function whyNot(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no /proc here";
  return errorMessage(error);
}
