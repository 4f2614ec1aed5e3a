/**
 * The table at the end of a run of several scenarios: one row for each scenario and direction, repetitions counted
 * together.
 *
 * @module
 */

import { remedyLabel } from "../declared.ts";
import type { Style } from "../style.ts";
import { count } from "../words.ts";
import { type Case, seenLine } from "./cases.ts";

/** Cases of one scenario in one direction. */
export interface CaseRow {
  readonly scenario: string;
  readonly remedies: string;
  readonly state: "ok" | "MISMATCH" | "FAULT" | "skipped" | "seen";
  readonly text: string;
}

/** Puts repetitions together; the row tells of the worst of them. */
export function rowsOf(cases: readonly Case[]): CaseRow[] {
  const groups = new Map<string, Case[]>();
  for (const each of cases) {
    const key = JSON.stringify([each.scenario, each.remedies]);
    groups.set(key, [...groups.get(key) ?? [], each]);
  }
  return [...groups.values()].flatMap((group) => {
    const worst = group.toSorted((a, b) => rank(a) - rank(b))[0];
    if (worst === undefined) return [];
    const state = STATES[worst.outcome.kind];
    const same = group.filter(({ outcome }) => outcome.kind === worst.outcome.kind).length;
    const times = group.length === 1
      ? ""
      : state === "ok"
      ? `, ${group.length} times`
      : `, ${same} of ${group.length}`;
    const why = worst.outcome.kind === "mismatch" ? `: ${worst.outcome.line}` : "";
    return [{
      scenario: worst.scenario,
      remedies: remedyLabel(worst.remedies),
      state,
      text: `${seenLine(worst)}${why}${times}`,
    }];
  });
}

/** The table as lines. */
export function tableLines(cases: readonly Case[], style: Style): string[] {
  const rows = rowsOf(cases);
  const width = (pick: (row: CaseRow) => string) =>
    rows.reduce((most, row) => Math.max(most, pick(row).length), 0);
  const [state, scenario, remedies] = [
    width((row) => row.state),
    width((row) => row.scenario),
    width((row) => row.remedies),
  ];
  return rows.map((row) => {
    const mark = row.state === "ok"
      ? style.green
      : row.state === "skipped"
      ? style.yellow
      : style.red;
    const first = row.state === "seen" ? row.state.padEnd(state) : mark(row.state.padEnd(state));
    return `${first}  ${row.scenario.padEnd(scenario)}  ${
      row.remedies.padEnd(remedies)
    }  ${row.text}`
      .trimEnd();
  });
}

/** `4 scenarios, 7 runs: 6 as declared, 1 not`. */
export function countsLine(cases: readonly Case[]): string {
  const number = (kind: Case["outcome"]["kind"]) =>
    cases.filter(({ outcome }) => outcome.kind === kind).length;
  const scenarios = new Set(cases.map((each) => each.scenario)).size;
  const parts = [
    `${number("as-declared")} as declared`,
    ...some(number("mismatch"), "not"),
    ...some(number("fault"), "could not be judged"),
    ...some(number("skipped"), "skipped"),
    ...some(number("not-declared"), "with nothing declared about them"),
  ];
  return `${count(scenarios, "scenario")}, ${count(cases.length, "run")}: ${parts.join(", ")}`;
}

function some(n: number, text: string): string[] {
  return n === 0 ? [] : [`${n} ${text}`];
}

const STATES: Readonly<Record<Case["outcome"]["kind"], CaseRow["state"]>> = {
  mismatch: "MISMATCH",
  fault: "FAULT",
  skipped: "skipped",
  "not-declared": "seen",
  "as-declared": "ok",
};

function rank({ outcome }: Case): number {
  return Object.keys(STATES).indexOf(outcome.kind);
}
