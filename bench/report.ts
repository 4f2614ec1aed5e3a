/**
 * The two faces of a bench run: a table for people, and one JSON array for machines. Both say what was measured and
 * nothing that was not: a row that failed has no figure.
 *
 * @module
 */

import type { Peer, Spread } from "./measure.ts";
import { meets, type Outcome, type Row, unitOf } from "./row.ts";

/** A row with what came out of it. */
export interface Result {
  readonly row: Pick<Row, "name" | "what" | "baseline" | "target">;
  readonly outcome: Outcome;
}

/** One element of what `--json` prints. */
export interface JsonRow {
  readonly name: string;
  /** In the target's unit: a ratio, or milliseconds where the row's name ends in `-ms`. Null when the row failed. */
  readonly ratio: number | null;
  readonly target: number;
  readonly ok: boolean;
  /** The quartiles of the rounds. */
  readonly spread: Spread | null;
  /** The interval of the median, and whether it is narrow enough to judge by: a row repeats until it is, or gives up. */
  readonly interval: Spread | null;
  readonly narrow: boolean;
  readonly rounds: number;
  /** Others in the same rounds, in the unit of `ratio`. */
  readonly peers: readonly Peer[];
}

/** Whether a row was measured and keeps its target. */
export function isOk({ row, outcome }: Result): boolean {
  return outcome.kind === "measured" && meets(row.target, outcome.figures.value);
}

/** What `--json` prints. */
export function toJson(results: readonly Result[]): JsonRow[] {
  return results.map((result) => ({
    name: result.row.name,
    ratio: result.outcome.kind === "measured" ? rounded(result.outcome.figures.value) : null,
    target: result.row.target.value,
    ok: isOk(result),
    ...details(result.outcome),
  }));
}

function details(
  outcome: Outcome,
): Pick<JsonRow, "spread" | "interval" | "narrow" | "rounds" | "peers"> {
  if (outcome.kind === "failed") {
    return { spread: null, interval: null, narrow: false, rounds: 0, peers: [] };
  }
  const { spread, interval, narrow, rounds, peers } = outcome.figures;
  return {
    spread: roundedSpread(spread),
    interval: roundedSpread(interval),
    narrow,
    rounds,
    peers: peers.map((peer) => ({
      name: peer.name,
      value: rounded(peer.value),
      spread: roundedSpread(peer.spread),
    })),
  };
}

function roundedSpread({ low, high }: Spread): Spread {
  return { low: rounded(low), high: rounded(high) };
}

const HEAD = ["", "row", "result", "target", "spread", "ours", "baseline", "peers"];

/** The table for people. Ends with a line feed. */
export function toTable(results: readonly Result[]): string {
  const lines = [HEAD, ...results.map(cells)];
  const widths = HEAD.map((_, i) => Math.max(...lines.map((line) => (line[i] ?? "").length)));
  const text = lines.map((line) =>
    line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ").trimEnd()
  );
  const missed = results.filter((result) => !isOk(result)).length;
  const total = `${results.length - missed} of ${results.length} targets kept`;
  const failures = results.flatMap(({ row, outcome }) =>
    outcome.kind === "failed" ? [`${row.name}: ${outcome.why}`] : []
  );
  const unsure = results.flatMap(({ row, outcome }) =>
    outcome.kind === "failed" || outcome.figures.narrow ? [] : [
      `${row.name}: not known well after ${outcome.figures.rounds} rounds, the median lies in ` +
      `${show(outcome.figures.interval.low, unitOf(row))} .. ` +
      show(outcome.figures.interval.high, unitOf(row)),
    ]
  );
  return [...text, "", ...failures, ...unsure, total, ""].join("\n");
}

function cells(result: Result): string[] {
  const { row, outcome } = result;
  const unit = unitOf(row);
  const sign = row.target.bound === "at-most" ? "<=" : ">=";
  const target = `${sign} ${show(row.target.value, unit)}`;
  const mark = isOk(result) ? "ok" : "MISS";
  if (outcome.kind === "failed") return ["FAIL", row.name, "-", target, "", "", row.baseline, ""];
  const { value, spread, subjectMs, baselineMs, peers } = outcome.figures;
  return [
    mark,
    row.name,
    show(value, unit),
    target,
    `${show(spread.low, unit)} .. ${show(spread.high, unit)}`,
    unit === "bytes" ? "" : showMs(subjectMs),
    baselineMs === null ? row.baseline : `${showMs(baselineMs)} ${row.baseline}`,
    peers.map((peer) => `${peer.name} ${show(peer.value, unit)}`).join(", "),
  ];
}

function show(value: number, unit: ReturnType<typeof unitOf>): string {
  if (unit === "bytes") return `${Math.round(value)} B`;
  return unit === "ms" ? showMs(value) : value.toFixed(value < 0.1 ? 3 : 2);
}

function showMs(ms: number): string {
  return ms < 1 ? `${Math.round(ms * 1_000)} us` : `${ms.toFixed(ms < 10 ? 2 : 1)} ms`;
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
