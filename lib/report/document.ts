/**
 * Assembles the result document from what was observed. Totals count attempts; `matched` and `mismatched` compare
 * those for which the scenario declares what must be seen (no remedy on, or at least its declared set on).
 *
 * @module
 */

import { VERSION } from "../version.ts";
import type { Attempt, ResultDocument, ScenarioResult, Verdict } from "./result.ts";

/** What the whole run knows of itself. */
export type RunFacts = ResultDocument["run"];

/** The totals over all attempts. */
export type Totals = ResultDocument["totals"];

/** A scenario's attempts, with what it declares to be enough. */
export interface Observed {
  readonly result: ScenarioResult;
  readonly fixedBy: readonly string[];
}

/** The document `unwedge/result@1`. */
export function assembleDocument(run: RunFacts, observed: readonly Observed[]): ResultDocument {
  return {
    schema: "unwedge/result@1",
    tool: {
      version: VERSION,
      deno: Deno.version.deno,
      v8: Deno.version.v8,
      os: Deno.build.os,
      arch: Deno.build.arch,
    },
    run,
    totals: totalsOf(observed),
    scenarios: observed.map(({ result }) => result),
  };
}

/** Counts verdicts, and how many are as declared. */
export function totalsOf(observed: readonly Observed[]): Totals {
  const attempts = observed.flatMap(({ result }) => result.attempts);
  const count = (verdict: Verdict) => attempts.filter((each) => each.verdict === verdict).length;
  const compared = observed.flatMap(({ result, fixedBy }) =>
    result.attempts.map((attempt) => asDeclared(attempt, result, fixedBy))
  );
  return {
    selected: observed.length,
    finished: count("finished"),
    leaked: count("leaked"),
    hung: count("hung"),
    failed: count("failed"),
    crashed: count("crashed"),
    matched: compared.filter((same) => same === true).length,
    mismatched: compared.filter((same) => same === false).length,
  };
}

/** Whether an attempt is what the scenario declares, or null when it declares nothing about these remedies. */
export function asDeclared(
  { verdict, class: observedClass, remedies }: Attempt,
  { expected }: ScenarioResult,
  fixedBy: readonly string[],
): boolean | null {
  if (verdict === "interrupted") return null;
  if (remedies.length === 0) {
    return verdict === expected.verdict && observedClass === expected.class;
  }
  const enough = fixedBy.every((name) => remedies.includes(name));
  return enough ? verdict === "finished" : null;
}

/** The document as text, with an end of line: two spaces of indent, so that a person can read it too. */
export function documentText(document: ResultDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
