/**
 * The matrix: each scenario against sets of remedies, and the smallest set that was found to be enough. It is computed
 * from the attempts of a result document, so that a saved run can be shown again.
 *
 * Invariant: a set is enough when teardown finished with it every time it was tried, threads and process included.
 *
 * @module
 */

import type { Matrix, MatrixCell, MatrixRow } from "../model/matrix.ts";
import type { Attempt, ResultDocument, ScenarioResult } from "../model/result.ts";
import { REMEDIES } from "../protocol/remedies.ts";
import { asDeclared } from "./declared.ts";
import { teardownMs } from "./ci/cases.ts";
import { worstOf } from "./worst.ts";

/** The matrix of a document. */
export function matrixOf({ tool, run, scenarios, unjudged }: ResultDocument): Matrix {
  return {
    schema: "unwedge/matrix@1",
    tool,
    run,
    remedies: REMEDIES.map(({ name }) => name),
    rows: scenarios.map(rowOf),
    unjudged,
  };
}

/** Whether two sets of remedies are the same, in whatever order. */
export function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}

/** The smallest of the sets that are enough; of two as small the declared one, else the one tried first. */
export function smallestOf(
  attempts: readonly Attempt[],
  declared: readonly string[],
): readonly string[] | null {
  const enough = setsOf(attempts).filter((set) =>
    attempts.filter(({ remedies }) => sameSet(remedies, set)).every(({ verdict }) =>
      verdict === "finished"
    )
  );
  const [first] = enough.toSorted((a, b) => a.length - b.length);
  const smallest = enough.filter(({ length }) => length === first?.length);
  return smallest.find((set) => sameSet(set, declared)) ?? first ?? null;
}

function setsOf(attempts: readonly Attempt[]): (readonly string[])[] {
  const sets: (readonly string[])[] = [];
  for (const { remedies } of attempts) {
    if (!sets.some((set) => sameSet(set, remedies))) sets.push(remedies);
  }
  return sets;
}

function rowOf(scenario: ScenarioResult): MatrixRow {
  const { name, file, fixedBy, attempts } = scenario;
  return {
    scenario: name,
    file,
    declared: fixedBy,
    smallest: smallestOf(attempts, fixedBy),
    cells: setsOf(attempts).map((set) => cellOf(set, scenario)),
  };
}

/** Of several attempts with one set the worst counts: a set that helps only sometimes is not enough. */
function cellOf(set: readonly string[], scenario: ScenarioResult): MatrixCell {
  const mine = scenario.attempts.filter(({ remedies }) => sameSet(remedies, set));
  const worst = worstOf(mine);
  if (worst === undefined) throw new RangeError(`no attempt of ${scenario.name} with ${set}`);
  return {
    remedies: set,
    verdict: worst.verdict,
    class: worst.class,
    teardownMs: teardownMs(worst),
    joinedMs: worst.clocks.nurseryJoinedMs,
    asDeclared: asDeclared(worst, scenario),
  };
}
