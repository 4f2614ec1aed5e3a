/**
 * This process as a job of a shell: whether the terminal is ours, and how to be stopped as Ctrl-Z stops.
 *
 * @module
 */

/** Numbers of the fields of `/proc/self/stat`, counted from 0 behind the bracket that closes the command's name. */
const GROUP = 2;
const TERMINAL = 4;
const TERMINAL_GROUP = 5;

/** Whether this process has a terminal whose keys are meant for it. Without /proc it is taken to be so. */
export function isForeground(): boolean {
  const fields = ownStat();
  if (fields === null) return true;
  return fields[TERMINAL] !== "0" && fields[TERMINAL_GROUP] === fields[GROUP];
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

function ownStat(): string[] | null {
  try {
    const stat = Deno.readTextFileSync("/proc/self/stat");
    return stat.slice(stat.lastIndexOf(") ") + 2).split(" ");
  } catch {
    return null;
  }
}
