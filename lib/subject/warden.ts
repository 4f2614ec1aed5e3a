/**
 * The warden: a shell in a session of its own whose stdin only the harness holds. When the harness is SIGKILLed, the
 * kernel ends that pipe, and the warden kills the subject's group 0.6 s later.
 *
 * The lifeline tells the subject the same, and a subject whose loop turns leaves by itself within that time, with a
 * last word in its journal. The warden is for the one that cannot: starved, or blocked in a native call. Rejected: a
 * watchdog worker inside the subject (a thread more in every dump, 15 ms more in every start), and PR_SET_PDEATHSIG
 * (not reachable from Deno).
 *
 * Invariant: it kills only the group it was started for. A pid that by then belongs to a process with another start
 * time is left alone; a group whose leader has gone cannot be another's, since its id is taken while a member lives.
 *
 * @module
 */

import { processStartTime } from "../os/proc.ts";

/**
 * `$1` is the subject's pid, `$2` its start time. Field 22 of /proc/PID/stat is the 20th after the command's closing
 * bracket.
 */
const WATCH = `
pid=$1 start=$2
read -r _
sleep 0.6
if stat=$(cat "/proc/$pid/stat" 2>/dev/null); then
  set -- \${stat##*) }
  shift 19
  [ "$1" = "$start" ] || exit 0
fi
kill -s KILL -- "-$pid"
`;

/** A warden at work. */
export interface Warden {
  readonly pid: number;
  /** Dismisses it; it does nothing any more. */
  dismiss(): Promise<void>;
}

/**
 * Sets a warden beside a subject. Null when there is none: the subject has gone already, there is no /proc to know it
 * by, or no process can be had. A run goes on without; the lifeline and `subject.json` remain.
 */
export function startWarden(subjectPid: number): Warden | null {
  const startTime = processStartTime(subjectPid);
  if (startTime === null) return null;
  try {
    return start(subjectPid, startTime);
  } catch {
    return null;
  }
}

function start(subjectPid: number, startTime: number): Warden {
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", WATCH, "unwedge-warden", String(subjectPid), String(startTime)],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
  return {
    pid: child.pid,
    dismiss: async () => {
      // Its stdin must outlast it: a closed pipe is the very sign that it waits for.
      const ended = child.status;
      try {
        child.kill("SIGKILL");
      } catch {
        // It has gone already.
      }
      await ended;
      await child.stdin.close().catch(() => {});
    },
  };
}
