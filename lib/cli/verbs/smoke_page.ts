/**
 * What `smoke` says at the end, from detail to verdict: what is not as declared with the command that shows it, the
 * table, how long it took against how long it had to take, and one line with the exit code.
 *
 * @module
 */

import { shortest } from "../paths.ts";
import { fitColumns } from "../../report/text/fit_columns.ts";
import type { ResultDocument } from "../../model/result.ts";
import type { PageStyle } from "../../report/text/section.ts";
import { type Case, casesOf, troubleLine } from "../../report/ci/cases.ts";
import { stackLines, type StacksShown } from "../../report/ci/detail.ts";
import { countsLine, tableLines } from "../../report/ci/table.ts";
import { endNote } from "../../report/worst.ts";
import { time } from "../../protocol/duration.ts";

/** How the page is written. */
export interface SmokePageOptions extends PageStyle {
  readonly again: (each: Case) => string | null;
  /** The run directory as a person would type it. */
  readonly runDir: string;
  readonly quiet: boolean;
  /** Of the terminal; Infinity where there is none. */
  readonly columns: number;
  /** How the stacks of what is not as declared are shown; null for not at all. */
  readonly stacks: StacksShown | null;
}

/** The page, with an end of line. */
export function smokePage(document: ResultDocument, options: SmokePageOptions): string {
  const { style, quiet, columns } = options;
  const cases = casesOf(document);
  const last = verdict(document, cases, options);
  if (quiet) return `${last}\n`;
  const troubled = cases.filter((each) => troubleLine(each) !== null);
  const lines = troubled.flatMap((each) => troubleLines(each, options));
  if (lines.length > 0 && lines.at(-1) !== "") lines.push("");
  lines.push(...tableLines(cases, style, columns), "", ...waitsLines(document));
  lines.push(style.dim(`files: ${options.runDir}`), last);
  return fitColumns(`${lines.join("\n")}\n`, columns);
}

function troubleLines(
  each: Case,
  { style, again, runDir, here, stacks }: SmokePageOptions,
): string[] {
  const line = (troubleLine(each) ?? "").replaceAll(`file://${here}/`, "").replaceAll(
    `${here}/`,
    "",
  );
  const command = again(each);
  return [
    style.red(line),
    ...(command === null ? [] : [`    ${style.cyan(command)}`]),
    ...(each.run === null ? [] : [`    ${style.dim(`files: ${placeOf(each.run.dir, runDir)}`)}`]),
    ...stackLines(each, stacks, style.enabled),
  ];
}

/** The files of a merged run stay where they were, and are named by their absolute path. */
function placeOf(dir: string, runDir: string): string {
  return dir.startsWith("/") ? shortest(dir) : `${runDir}/${dir}`;
}

/** Both numbers that the aim compares: the wall and the longest chain. */
function waitsLines({ run: { waits } }: ResultDocument): string[] {
  if (waits === null || waits.chainMs === 0) return [];
  const ratio = (waits.wallMs / waits.chainMs).toFixed(2);
  return [
    `took ${time(waits.wallMs)}; nothing can make it shorter than ${time(waits.chainMs)} ` +
    `(${waits.chain}): ${ratio} times that`,
  ];
}

function verdict(
  { run, totals }: ResultDocument,
  cases: readonly Case[],
  { style }: SmokePageOptions,
): string {
  const counts = `${countsLine(cases)} (exit code ${run.exitCode})`;
  const shard = run.shard === null ? "" : ` ${run.shard}`;
  if (run.interruptedBy !== null) {
    return `${
      style.yellow(style.bold("STOPPED"))
    } ${run.verb}${shard}: by ${run.interruptedBy}; ${counts}`;
  }
  if (cases.length === 0) {
    return `${style.yellow(style.bold("NOTHING"))} ${run.verb}${shard}: no scenario was selected ` +
      `(exit code ${run.exitCode})`;
  }
  const well = totals.mismatched === 0 && totals.faults === 0 && totals.skipped === 0;
  const note = endNote({ run, totals });
  const word = well && note === null
    ? style.green(style.bold("OK"))
    : style.red(style.bold("NOT OK"));
  return `${word} ${run.verb}${shard}: ${note === null ? "" : `${note}; `}${counts}`;
}
