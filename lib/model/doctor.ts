/**
 * What `doctor` saw of a machine, as a document.
 *
 * @module
 */

/**
 * How one thing was found. `limited`: it is there and falls short of something; `unknown`: it could not be looked
 * at, because something that it rests on is missing.
 */
export type CheckStatus = "ok" | "limited" | "missing" | "unknown";

/** One thing that was looked at. */
export interface CheckResult {
  /** Stable, for scripts: `inspector`, `proc-threads`. */
  readonly id: string;
  /** Heading under which it stands. */
  readonly group: string;
  readonly name: string;
  readonly status: CheckStatus;
  /** Whether unwedge cannot do its work without it. */
  readonly needed: boolean;
  /** What was seen, in one line. */
  readonly seen: string;
  /** What it is for. */
  readonly why: string;
  /** What to do about it; null when nothing has to be done. */
  readonly advice: string | null;
  /** How long the look took, in milliseconds. */
  readonly tookMs: number;
}

/** `doctor --json`. */
export interface DoctorReport {
  readonly schema: "unwedge/doctor@1";
  readonly tool: {
    readonly version: string;
    readonly deno: string;
    readonly v8: string;
    readonly os: string;
    readonly arch: string;
  };
  /** Whether everything that is needed is there. */
  readonly fit: boolean;
  readonly checks: readonly CheckResult[];
}

/** What is needed and not there, or not known to be there. */
export function lacking(checks: readonly CheckResult[]): readonly CheckResult[] {
  return checks.filter(({ needed, status }) =>
    needed && (status === "missing" || status === "unknown")
  );
}
