/** What a process of a watched command has said of itself. @module */

/** A report. */
export interface Report {
  readonly runtime: "deno" | "node";
  /** Where its inspector listens; null when it has none. */
  readonly url: string | null;
}

/** Only an inspector on this machine is ever connected to. */
const ADDRESS = /^ws:\/\/127\.0\.0\.1:\d+\/[\w/-]+$/;

/** Whether a value is a report. It comes from a file that a program could have written. */
export function isReport(value: unknown): value is Report {
  if (typeof value !== "object" || value === null) return false;
  const { runtime, url } = value as Record<string, unknown>;
  return (runtime === "deno" || runtime === "node") &&
    (url === null || (typeof url === "string" && ADDRESS.test(url)));
}
