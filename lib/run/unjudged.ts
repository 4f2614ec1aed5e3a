/**
 * The runs about which no verdict can be given: the subject refused, could not load its scenario, or never came to
 * the point at which the clocks start. They are not hangs of teardown, and must never be counted as such.
 *
 * @module
 */

import type { JournalEvent } from "../protocol/journal_event.ts";
import type { LiveRun } from "./live_run.ts";
import type { RunLog } from "./run_log.ts";
import type { RunOutcome } from "./run_request.ts";
import type { Subject } from "../subject/subject.ts";

/**
 * Why there is no verdict, or null when there must be one.
 *
 * @param neverBegan the time for teardown to be requested ran out
 * @param spoilt why nothing can be said of a hang: unwedge, or another process, may have made it; null when neither did
 */
export function unjudged(
  { log, process, subject }: LiveRun,
  neverBegan: boolean,
  spoilt: string | null,
): Exclude<RunOutcome, { kind: "judged" }> | null {
  if (log.refusal?.kind === "refused") return { kind: "refused", message: log.refusal.message };
  if (log.refusal !== null) {
    const { message, file, line } = log.refusal;
    return { kind: "load-failed", message, file, line };
  }
  if (subject.journal !== null && log.facts === null && process.exit?.kind === "code") {
    return { kind: "cannot-judge", message: diedAtStart(process.exit.code, subject) };
  }
  if (neverBegan) return { kind: "cannot-judge", message: whyNeverBegan(log) };
  if (spoilt !== null) {
    const message = `teardown did not finish, and that cannot be judged: ${spoilt}`;
    return { kind: "cannot-judge", message };
  }
  return null;
}

function diedAtStart(code: number, { output }: Subject): string {
  const said = output.tail().stderr.split("\n").find((line) => line.trim() !== "");
  return `the subject exited with code ${code} before it had loaded the scenario` +
    (said === undefined ? "" : `: ${said.trim()}`);
}

function whyNeverBegan(log: RunLog): string {
  const what = log.facts === null
    ? "the subject did not load the scenario in time"
    : "the scenario never came to the point of requesting teardown";
  return `${what}; the last thing it recorded was ${lastWords(log.last)}`;
}

function lastWords(last: JournalEvent | null): string {
  return last === null ? "nothing" : `"${last.kind}" by ${last.actor}`;
}
