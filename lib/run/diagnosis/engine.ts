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
import type { RunEvent } from "../run_event.ts";
import type { RunOutcome, RunRequest, WatchOptions } from "../run_request.ts";
import type { Trial } from "../../model/diagnosis.ts";
import { Budget } from "./budget.ts";
import { Clues } from "./clues.ts";
import { Copies } from "./copies.ts";
import { sigintTrial } from "./sigint_trial.ts";

/** What a diagnosis works with. */
export interface DiagnoseParts {
  /** The first run. */
  readonly request: RunRequest;
  /** Runs one: `runScenario`, or a stand-in for it. */
  readonly run: (request: RunRequest, options: WatchOptions) => Promise<RunOutcome>;
  /** Stops, kills, tools: for the first run and every copy. */
  readonly watch: Omit<WatchOptions, "onEvent" | "onHang">;
  /** How many copies run at the same time, at most. */
  readonly jobs: number;
  /** Makes the directory of a copy below the run's; returns its path. */
  readonly makeDir: (dir: string) => string;
  readonly onEvent: (event: RunEvent) => void;
  /** A copy is begun; it gets the number of its attempt and takes its events. */
  readonly onReplica: (dir: string) => (event: RunEvent) => void;
  readonly onTrial: (trial: Trial) => void;
  /** A clock in milliseconds that never goes back; another one only in tests. */
  readonly now?: () => number;
}

/** Runs, tries, concludes. The attempt of the outcome carries the diagnosis when it hung or leaked. */
export async function runDiagnosis(parts: DiagnoseParts): Promise<RunOutcome> {
  const { request, run, watch } = parts;
  const budget = new Budget(parts.now);
  const clues = new Clues();
  let copies = null as Promise<Copies> | null;
  const outcome = await run(request, {
    ...watch,
    onEvent(event) {
      clues.take(event);
      if (clues.hangs && copies === null) {
        copies = new Copies(parts, clues, budget).run();
        // What it throws is thrown below, when the first run is over.
        copies.catch(() => {});
      }
      parts.onEvent(event);
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
  const trials = [...sigintTrial(attempt, request, clues.sinceSigint), ...tried.trials(attempt)];
  const wallMs = Math.round(budget.elapsedMs);
  const diagnosis = conclude(attempt, trials, { replicas: tried.count, wallMs });
  return { ...outcome, attempt: { ...attempt, diagnosis } };
}
