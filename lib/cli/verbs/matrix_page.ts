/** What `matrix` prints, in each of its formats. @module */

import { endNote } from "../../report/worst.ts";
import { remedyLabel } from "../../report/declared.ts";
import { fitColumns } from "../../report/text/fit_columns.ts";
import type { Matrix } from "../../model/matrix.ts";
import { matrixLines, matrixMarkdown } from "../../report/text/matrix_text.ts";
import type { ResultDocument } from "../../model/result.ts";
import type { Style } from "../../report/text/style.ts";
import { casesOf, troubleLine } from "../../report/ci/cases.ts";
import { stackLines, type StacksShown } from "../../report/ci/detail.ts";
import { count, listed } from "../../report/text/words.ts";
import { time } from "../../protocol/duration.ts";

/** How the matrix is written. */
export interface MatrixPageOptions {
  readonly format: "human" | "json" | "markdown";
  readonly style: Style;
  readonly runDir: string;
  readonly quiet: boolean;
  /** How the stacks of what is not as declared are shown; null for not at all. */
  readonly stacks: StacksShown | null;
  /** Columns of the terminal; Infinity where there is none. */
  readonly columns: number;
}

/** The page, with an end of line. */
export function matrixPage(
  matrix: Matrix,
  document: ResultDocument,
  { format, style, runDir, quiet, stacks, columns }: MatrixPageOptions,
): string {
  if (format === "json") return `${JSON.stringify(matrix, null, 2)}\n`;
  if (format === "markdown") return matrixMarkdown(matrix);
  const last = verdict(matrix, document, style);
  if (quiet) return `${last}\n`;
  const trouble = casesOf(document).flatMap((each) => {
    const line = troubleLine(each);
    return line === null ? [] : [style.red(line), ...stackLines(each, stacks, style.enabled)];
  });
  const searched = matrix.rows.flatMap(({ scenario, cells, declared, smallest }) =>
    cells.length <= matrix.remedies.length + 3 ? [] : [
      `${scenario}: ${count(cells.length, "set")} tried; the smallest is ${
        remedyLabel(smallest ?? [])
      }, declared is ${remedyLabel(declared)}`,
    ]
  );
  const page = `${
    [
      ...trouble,
      ...(trouble.length === 0 || trouble.at(-1) === "" ? [] : [""]),
      ...matrixLines(matrix, style, columns),
      "",
      ...searched,
      "a time: teardown was over after it; leaked: the nursery joined, a thread or the process stayed;",
      "*: the smallest set that is enough",
      style.dim(`files: ${runDir}; took ${time(document.run.durationMs)}`),
      last,
    ].join("\n")
  }\n`;
  return fitColumns(page, columns);
}

function verdict({ rows }: Matrix, { run, totals }: ResultDocument, style: Style): string {
  const runs = rows.reduce((sum, { cells }) => sum + cells.length, 0);
  const tooMuch = rows.filter(({ smallest, declared }) =>
    smallest !== null && smallest.length < declared.length
  );
  const { mismatched, faults, skipped } = totals;
  const parts = [
    `${count(rows.length, "scenario")}, ${count(runs, "cell")}: ${
      mismatched === 0 ? "as declared" : `${mismatched} not as declared`
    }`,
    ...(faults === 0 ? [] : [`${faults} could not be judged`]),
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
    ...(tooMuch.length === 0
      ? []
      : [`more declared than needed: ${listed(tooMuch.map(({ scenario }) => scenario))}`]),
  ];
  const note = endNote({ run, totals });
  if (note !== null) parts.unshift(note);
  const well = tooMuch.length + mismatched + faults + skipped === 0 && note === null;
  const word = well ? style.green(style.bold("OK")) : style.red(style.bold("NOT OK"));
  return `${word} matrix: ${parts.join(", ")} (exit code ${run.exitCode})`;
}
