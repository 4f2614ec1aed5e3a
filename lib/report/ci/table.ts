/**
 * The table at the end of a run of several scenarios: one row for each scenario and direction, repetitions counted
 * together.
 *
 * @module
 */

import { remedyLabel } from "../declared.ts";
import { LEAST } from "../text/fit_columns.ts";
import type { Style } from "../text/style.ts";
import { stripAnsi } from "../../protocol/text.ts";
import { table } from "../text/table.ts";
import { count, longest } from "../text/words.ts";
import { wrap } from "../text/wrap.ts";
import { worstOf } from "../worst.ts";
import { type Case, seenLine } from "./cases.ts";

/** Cases of one scenario in one direction. */
export interface CaseRow {
  readonly scenario: string;
  readonly remedies: string;
  readonly state: "ok" | "MISMATCH" | "FAULT" | "skipped" | "seen";
  readonly text: string;
}

/** One row for all repetitions of a case. It shows the worst outcome, and of that the worst verdict. */
export function rowsOf(cases: readonly Case[]): CaseRow[] {
  const groups = new Map<string, Case[]>();
  for (const each of cases) {
    const key = JSON.stringify([each.scenario, each.remedies]);
    groups.set(key, [...groups.get(key) ?? [], each]);
  }
  return [...groups.values()].flatMap((group) => {
    const kinds = group.map(({ outcome }) => outcome.kind).toSorted((a, b) => rank(a) - rank(b));
    const alike = group.filter(({ outcome }) => outcome.kind === kinds[0]);
    const attempt = worstOf(alike.flatMap((each) => each.attempt ?? [])) ?? null;
    const worst = alike.find((each) => each.attempt === attempt);
    if (worst === undefined) return [];
    const state = STATES[worst.outcome.kind];
    const same = alike.length;
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

/**
 * The table as lines.
 *
 * @param columns of the terminal that shows it: where the rows do not fit, each scenario becomes a heading and each
 * direction a paragraph below it; Infinity where there is none
 */
export function tableLines(
  cases: readonly Case[],
  style: Style,
  columns: number = Infinity,
): string[] {
  const rows = rowsOf(cases);
  const lines = aligned(rows, style);
  const fits = lines.every((line) => stripAnsi(line).length < columns);
  return fits || columns < LEAST ? lines : stacked(rows, style, columns);
}

function aligned(rows: readonly CaseRow[], style: Style): string[] {
  return table(rows.map((row) => [marked(row, style), row.scenario, row.remedies, row.text]));
}

function stacked(rows: readonly CaseRow[], style: Style, columns: number): string[] {
  const state = longest(rows.map((row) => row.state));
  const indent = " ".repeat(state + 4);
  return rows.flatMap((row, index) => {
    const heading = rows[index - 1]?.scenario === row.scenario ? [] : [style.bold(row.scenario)];
    const text = row.text === "" ? row.remedies : `${row.remedies}: ${row.text}`;
    const [first = "", ...rest] = wrap(text, columns - 1 - indent.length);
    return [
      ...heading,
      `  ${marked(row, style, state)}  ${first}`,
      ...rest.map((line) => indent + line),
    ];
  });
}

function marked({ state }: CaseRow, style: Style, width = 0): string {
  const text = state.padEnd(width);
  if (state === "seen") return text;
  return state === "ok"
    ? style.green(text)
    : state === "skipped"
    ? style.yellow(text)
    : style.red(text);
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

function rank(kind: Case["outcome"]["kind"]): number {
  return Object.keys(STATES).indexOf(kind);
}
