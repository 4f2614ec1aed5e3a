/**
 * Assembles the result document from what was observed. Totals count attempts; `matched` and `mismatched` compare
 * those for which the scenario declares what must be seen (`declared.ts`).
 *
 * @module
 */

import { VERSION } from "../../version.ts";
import { asDeclared } from "../../report/declared.ts";
import type { ResultDocument, ScenarioResult, Unjudged, Verdict } from "../../model/result.ts";
import { visibleJson } from "../../protocol/text.ts";

/** What the whole run knows of itself. */
export type RunFacts = ResultDocument["run"];

/** The totals over all attempts. */
export type Totals = ResultDocument["totals"];

/** What wrote the document. */
export function thisTool(): ResultDocument["tool"] {
  return {
    version: VERSION,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    os: Deno.build.os,
    arch: Deno.build.arch,
  };
}

/** The document `unwedge/result@1`. */
export function assembleDocument(
  run: RunFacts,
  scenarios: readonly ScenarioResult[],
  unjudged: readonly Unjudged[] = [],
): ResultDocument {
  return {
    schema: "unwedge/result@1",
    tool: thisTool(),
    run,
    totals: totalsOf(scenarios, unjudged),
    scenarios,
    unjudged,
  };
}

/** Counts verdicts, and how many are as declared. */
export function totalsOf(
  scenarios: readonly ScenarioResult[],
  unjudged: readonly Unjudged[] = [],
): Totals {
  const attempts = scenarios.flatMap((each) => each.attempts);
  const count = (verdict: Verdict) => attempts.filter((each) => each.verdict === verdict).length;
  const compared = scenarios.flatMap((each) =>
    each.attempts.map((attempt) => asDeclared(attempt, each))
  );
  const without = (kind: Unjudged["kind"]) => unjudged.filter((each) => each.kind === kind).length;
  const names = new Set([
    ...scenarios.map(({ name }) => name),
    ...unjudged.map(({ scenario }) => scenario),
  ]);
  return {
    selected: names.size,
    finished: count("finished"),
    leaked: count("leaked"),
    hung: count("hung"),
    failed: count("failed"),
    crashed: count("crashed"),
    matched: compared.filter((same) => same === true).length,
    mismatched: compared.filter((same) => same === false).length,
    faults: without("fault"),
    skipped: without("skipped"),
  };
}

/** The document as text, with an end of line: two spaces of indent, so that a person can read it too. */
export function documentText(document: ResultDocument): string {
  return `${visibleJson(document)}\n`;
}
