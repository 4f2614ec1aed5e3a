/**
 * Who the subject of a run is: pid and start time, because a pid alone is reused. Kept in `<run dir>/subject.json`
 * from its first moment, so that a subject whose harness was killed, and which is too starved to notice, is found.
 * Beside it stands who the harness is: a subject is stale when that process is gone, and never before.
 *
 * @module
 */

import { processStartTime } from "../os/proc.ts";

/** A process that can be recognised later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot, from /proc. */
  readonly startTime: number;
}

/** The subject of a run. */
export interface SubjectIdentity extends ProcessIdentity {
  /** Who observes it; absent in what older versions wrote. */
  readonly harness?: ProcessIdentity;
}

/**
 * Writes `<run dir>/subject.json` for a process that has just been started. Writes nothing when the process has
 * gone already or there is no /proc: an identity that cannot be checked would be worse than none.
 */
export function writeSubjectIdentity(runDir: string, pid: number): SubjectIdentity | null {
  const startTime = processStartTime(pid);
  if (startTime === null) return null;
  const own = processStartTime(Deno.pid);
  const identity: SubjectIdentity = {
    pid,
    startTime,
    ...(own === null ? {} : { harness: { pid: Deno.pid, startTime: own } }),
  };
  Deno.writeTextFileSync(`${runDir}/subject.json`, JSON.stringify(identity) + "\n", {
    mode: 0o600,
  });
  return identity;
}

/** Reads `<run dir>/subject.json`; null when there is none, or it is not what we write. */
export function readSubjectIdentity(runDir: string): SubjectIdentity | null {
  try {
    const value: unknown = JSON.parse(Deno.readTextFileSync(`${runDir}/subject.json`));
    const subject = identityOf(value);
    if (subject === null) return null;
    const harness = identityOf((value as { readonly harness?: unknown }).harness);
    return harness === null ? subject : { ...subject, harness };
  } catch {
    return null;
  }
}

function identityOf(value: unknown): ProcessIdentity | null {
  if (typeof value !== "object" || value === null) return null;
  const { pid, startTime } = value as Record<string, unknown>;
  return typeof pid === "number" && typeof startTime === "number" ? { pid, startTime } : null;
}
