/**
 * What smoke said of a broken remedy, beside what the scenarios declare.
 *
 * @module
 */

import type { ResultDocument } from "../../lib/model/result.ts";
import { casesOf, seenLine, troubleLine } from "../../lib/report/ci/cases.ts";

/** Names of scenarios, in alphabetical order. */
export interface Comparison {
  /** Those of which smoke said that something is not as declared, or could not be judged. */
  readonly named: readonly string[];
  /** Those that declare that they need the remedy. */
  readonly depend: readonly string[];
  /** What smoke said of those that it should not have named, one line for each run. */
  readonly unexpected: readonly string[];
}

/**
 * Compares.
 *
 * @param remedy the one that was broken; null when none was, so that nothing depends
 */
export function compareNamed(document: ResultDocument, remedy: string | null): Comparison {
  const wrong = casesOf(document).filter(({ outcome }) =>
    outcome.kind !== "as-declared" && outcome.kind !== "not-declared"
  );
  const depend = document.scenarios.filter(({ fixedBy }) =>
    remedy !== null && fixedBy.includes(remedy)
  );
  const dependents = depend.map(({ name }) => name).sort();
  return {
    named: [...new Set(wrong.map(({ scenario }) => scenario))].sort(),
    depend: dependents,
    unexpected: wrong.filter(({ scenario }) => !dependents.includes(scenario))
      .map((each) => troubleLine(each) ?? `${each.name}: ${seenLine(each)}`),
  };
}

/** Whether smoke named exactly those that depend. */
export function agrees({ named, depend }: Comparison): boolean {
  return named.join() === depend.join();
}
