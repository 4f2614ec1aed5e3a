/**
 * The runs about which no verdict can be given: the subject refused, could not load its scenario, or never came to
 * the point at which the clocks start. They are not hangs of teardown, and must never be counted as such.
 *
 * @module
 */

import type { JournalEvent } from "../protocol/journal_event.ts";
import type { RunLog } from "./run_log.ts";
import type { RunOutcome } from "./run_request.ts";
import type { SubjectOutput } from "../subject/subject_output.ts";
import type { SubjectProcess } from "../subject/subject_process.ts";

/** What is known of a run that may not have begun. */
export interface UnjudgedParts {
  readonly log: RunLog;
  readonly subject: SubjectProcess;
  readonly output: SubjectOutput;
  /** The time for teardown to be requested ran out. */
  readonly neverBegan: boolean;
  /** The hang may be of our own, or of somebody else's, making: why nothing can be said of it. */
  readonly spoilt: string | null;
}

/** Why there is no verdict, or null when there must be one. */
export function unjudged(parts: UnjudgedParts): Exclude<RunOutcome, { kind: "judged" }> | null {
  const { log, subject } = parts;
  if (log.refusal?.kind === "refused") return { kind: "refused", message: log.refusal.message };
  if (log.refusal !== null) {
    const { message, file, line } = log.refusal;
    return { kind: "load-failed", message, file, line };
  }
  if (log.facts === null && subject.exit?.kind === "code") {
    return { kind: "cannot-judge", message: diedAtStart(subject.exit.code, parts.output) };
  }
  if (parts.neverBegan) return { kind: "cannot-judge", message: neverBegan(log) };
  if (parts.spoilt !== null) {
    const message = `teardown did not finish, and that cannot be judged: ${parts.spoilt}`;
    return { kind: "cannot-judge", message };
  }
  return null;
}

function diedAtStart(code: number, output: SubjectOutput): string {
  const said = output.tail().stderr.split("\n").find((line) => line.trim() !== "");
  return `the subject exited with code ${code} before it had loaded the scenario` +
    (said === undefined ? "" : `: ${said.trim()}`);
}

function neverBegan(log: RunLog): string {
  const what = log.facts === null
    ? "the subject did not load the scenario in time"
    : "the scenario never came to the point of requesting teardown";
  return `${what}; the last thing it recorded was ${lastWords(log.last)}`;
}

function lastWords(last: JournalEvent | null): string {
  return last === null ? "nothing" : `"${last.kind}" by ${last.actor}`;
}
