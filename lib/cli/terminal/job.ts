/**
 * This process as a job of a shell: whether the terminal is ours, and how to be stopped as Ctrl-Z stops.
 *
 * @module
 */

import { readStat } from "../../os/proc_files.ts";

/** Whether this process has a terminal whose keys are meant for it. Without /proc it is taken to be so. */
export function isForeground(): boolean {
  const stat = readStat("/proc/self");
  return stat === null || (stat.terminal !== 0 && stat.foregroundGroup === stat.group);
}

/** To `kill`, this means every process of the caller's group. */
const OWN_GROUP = 0;

/**
 * Stops this process until it is continued; returns after that. In the foreground the whole job is stopped: `deno task`
 * takes the terminal's TSTP for itself, passes it on, and would leave its shell waiting for a job that never stops.
 */
export function stopOurselves(): void {
  const whole = Deno.stdin.isTerminal() && isForeground();
  Deno.kill(whole ? OWN_GROUP : Deno.pid, "SIGSTOP");
}
