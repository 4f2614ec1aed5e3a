/**
 * A diagnosis: one run to the hang, then copies of it on which the candidates are tried, then the conclusion. Prints
 * nothing; `diagnose` and `smoke --diagnose` both use it.
 *
 * The copies are begun as soon as the first run has been looked into, while it still tries Ctrl-C: what they are for
 * does not depend on that, and whether they are copies of the same hang is judged at the end.
 *
 * @module
 */

import { conclude } from "../../diagnose/cause/conclude.ts";
import type { EventLog } from "../../report/events.ts";
import type { RunOutcome } from "../run_request.ts";
import { Budget, Copies, type DiagnosisOptions } from "./copies.ts";
import { FirstRun, sigintTrial } from "./first_run.ts";

/** Runs, tries, concludes. The attempt of the outcome carries the diagnosis when it hung or leaked. */
export async function runDiagnosis(options: DiagnosisOptions): Promise<RunOutcome> {
  const { request, run, watch } = options;
  const budget = new Budget(options.now);
  const first = new FirstRun();
  let copies = null as Promise<Copies> | null;
  const outcome = await run(request, {
    ...watch,
    onEvent(event) {
      first.take(event);
      if (first.hangs && copies === null) {
        copies = new Copies(options, first, budget).run();
        // What it throws is thrown below, when the first run is over.
        copies.catch(() => {});
      }
      options.onEvent(event);
    },
  }).finally(async () => {
    budget.firstDone();
    // A first run that fails must not leave the copies behind.
    await copies?.catch(() => {});
  });
  const tried = await copies;
  if (outcome.kind !== "judged" || tried === null) return outcome;
  const { attempt } = outcome;
  if (attempt.verdict !== "hung" && attempt.verdict !== "leaked") return outcome;
  const trials = [...sigintTrial(attempt, request, first.sinceSigint), ...tried.trials(attempt)];
  const wallMs = Math.round(budget.elapsedMs);
  const diagnosis = conclude(attempt, trials, { replicas: tried.count, wallMs });
  return { ...outcome, attempt: { ...attempt, diagnosis } };
}

/** Writes into the event stream what the trials of an attempt said of its cause, if it was diagnosed. */
export function recordDiagnosis(outcome: RunOutcome, attempt: number, log: EventLog): void {
  const diagnosis = outcome.kind === "judged" ? outcome.attempt.diagnosis : undefined;
  if (diagnosis === undefined) return;
  const { cause, confirmation: { kind, class: className } } = diagnosis;
  log.add({ type: "diagnosed", attempt, class: className, confirmation: kind, cause });
}
