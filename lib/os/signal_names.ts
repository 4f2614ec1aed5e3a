/**
 * Names of the signals in a mask of /proc, by Linux's numbers, which are those of x86-64 and arm64.
 *
 * @module
 */

import { maskHas, readSignalMasks } from "./proc.ts";
import { targetOf } from "./proc_files.ts";

const NAMES: readonly (readonly [number, string])[] = [
  [1, "SIGHUP"],
  [2, "SIGINT"],
  [3, "SIGQUIT"],
  [10, "SIGUSR1"],
  [12, "SIGUSR2"],
  [14, "SIGALRM"],
  [15, "SIGTERM"],
  [17, "SIGCHLD"],
  [18, "SIGCONT"],
  [20, "SIGTSTP"],
  [28, "SIGWINCH"],
];

/** Caught by every Deno and Node, whatever the program does (measured: Deno 2.9, Node 20 to 24). */
const RUNTIMES_OWN: ReadonlySet<string> = new Set([
  "SIGHUP",
  "SIGINT",
  "SIGTERM",
  "SIGUSR1",
  "SIGCHLD",
]);

/**
 * The signals for which a process has a handler, those aside that the runtime catches by itself; empty where /proc does
 * not tell. Of Deno and Node it cannot be told in this way whether the program handles SIGINT or SIGTERM.
 */
export function caughtSignals(pid: number): string[] {
  const masks = readSignalMasks(pid);
  if (masks.kind !== "ok") return [];
  const program = targetOf(`/proc/${pid}/exe`)?.split("/").at(-1) ?? "";
  const own = /^(deno|node)/.test(program) ? RUNTIMES_OWN : new Set<string>();
  return NAMES.filter(([number, name]) => maskHas(masks.masks.caught, number) && !own.has(name))
    .map(([, name]) => name);
}
