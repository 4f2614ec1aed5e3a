/**
 * The runs about which no verdict can be given: the subject refused, or could not load its scenario, its journal is
 * damaged, or something from outside may have made the hang. They are no hangs of the program, and must never be
 * counted as such.
 *
 * @module
 */

import type { Phase } from "../model/result.ts";
import type { LiveRun } from "./live_run.ts";
import type { RunOutcome } from "./run_request.ts";
import type { Subject } from "../subject/subject.ts";

/**
 * Why there is no verdict, or null when there must be one.
 *
 * @param spoilt why nothing can be said of a hang: unwedge, or another process, may have made it; null when neither did
 * @param interrupted whether the operator stopped the run, which is told without a journal
 */
export function unjudged(
  { log, process, subject, settings: { runDir } }: LiveRun,
  spoilt: string | null,
  interrupted: boolean,
): Exclude<RunOutcome, { kind: "judged" }> | null {
  if (log.refusal?.kind === "refused") return { kind: "refused", message: log.refusal.message };
  if (log.refusal !== null) {
    const { message, file, line } = log.refusal;
    return { kind: "load-failed", message, file, line };
  }
  const damage = subject.journal?.damage ?? null;
  if (damage !== null && !interrupted) {
    const message = "the journal of the subject is damaged, so what it did is not known: " +
      `${damage}. Does the program, or another process, write into ${runDir}?`;
    return { kind: "cannot-judge", message };
  }
  if (subject.journal !== null && log.facts === null && process.exit?.kind === "code") {
    return { kind: "cannot-judge", message: diedAtStart(process.exit.code, subject) };
  }
  if (spoilt !== null) {
    const what = subject.command === undefined ? UNFINISHED[log.phase] : "the command did not end";
    const message = `${what}, and that cannot be judged: ${spoilt}`;
    return { kind: "cannot-judge", message };
  }
  return null;
}

function diedAtStart(code: number, { output }: Subject): string {
  const said = output.tail().stderr.split("\n").find((line) => line.trim() !== "");
  return `the subject exited with code ${code} before it had loaded the scenario` +
    (said === undefined ? "" : `: ${said.trim()}`);
}

const UNFINISHED: Readonly<Record<Phase, string>> = {
  start: "the program was not loaded in time",
  body: "teardown was not requested in time",
  teardown: "teardown did not finish",
};
