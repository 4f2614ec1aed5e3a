/**
 * The matrix as a table, for people and as Markdown: a row for each scenario, a column for no remedy, each remedy
 * alone, the declared set and all of them.
 *
 * @module
 */

import { longest } from "./words.ts";
import { remedyLabel } from "../declared.ts";
import { LEAST } from "./fit_columns.ts";
import type { Matrix, MatrixCell, MatrixRow } from "../../model/matrix.ts";
import { sameSet } from "../matrix.ts";
import type { Style } from "./style.ts";
import { time } from "../../protocol/duration.ts";
import { table } from "./table.ts";
import { wrap } from "./wrap.ts";

/**
 * The matrix as text, without an end of line. `*` marks the smallest set that is enough.
 *
 * @param width columns of the terminal that shows it: what does not fit beside one another stands in several tables
 * below one another; Infinity where there is none
 */
export function matrixLines(matrix: Matrix, style: Style, width: number = Infinity): string[] {
  const columns = columnsOf(matrix);
  const plain = matrix.rows.map((row) => [
    row.scenario,
    ...columns.map(({ pick }) => textOf(row, pick(row))),
    smallestText(row),
  ]);
  const titles = ["scenario", ...columns.map(({ title }) => title), "smallest set that is enough"];
  // The names of remedies are longer than what stands below them: they are broken at their hyphens.
  const broken = titles.map((title, index) =>
    index === 0 || index === titles.length - 1 ? [title] : title.split(/(?<=-)/)
  );
  const widths = broken.map((parts, column) =>
    longest([...parts, ...plain.map((cells) => cells[column] ?? "")])
  );
  // One column is left free, as everywhere, and the last one may be broken to what the names leave.
  const room = width < LEAST ? Infinity : width - 1;
  const last = titles.length - 1;
  widths[last] = Math.min(widths[last] ?? 0, Math.max(LEAST_WORDS, room - 2 - (widths[0] ?? 0)));
  broken[last] = wrap(titles[last] ?? "", widths[last] ?? 0);
  const height = longest(broken);
  const heads = Array.from(
    { length: height },
    (_, line) => broken.map((parts) => parts[parts.length - height + line] ?? ""),
  );
  const lines = [
    ...heads.map((cells) => cells.map(style.bold)),
    ...matrix.rows.flatMap((row, index) => {
      const cells = plain[index] ?? [];
      const marked = columns.map(({ pick }, column) =>
        coloured(cells[column + 1] ?? "", pick(row), style)
      );
      const [first = "", ...rest] = wrap(cells[last] ?? "", widths[last] ?? 0);
      return [
        [row.scenario, ...marked, first],
        ...rest.map((text) => [...cells.slice(0, last).fill(""), text]),
      ];
    }),
  ];
  return tablesOf(widths, room).flatMap((shown, index) => [
    ...(index === 0 ? [] : [""]),
    ...table(lines.map((cells) => shown.map((column) => cells[column] ?? "")))
      .filter((line) => line !== ""),
  ]);
}

/** The smallest set is told in words, of which a few have to fit. */
const LEAST_WORDS = 16;

/** Which columns stand in which table: as many as fit, and the names in each. */
function tablesOf([names = 0, ...widths]: readonly number[], room: number): number[][] {
  const tables: number[][] = [];
  let left = 0;
  widths.forEach((width, index) => {
    const table = tables.at(-1);
    if (table !== undefined && width + 2 <= left) table.push(index + 1);
    else {
      tables.push([0, index + 1]);
      left = room - names;
    }
    left -= width + 2;
  });
  return tables;
}

/** The matrix as a Markdown table. The smallest set that is enough is bold. */
export function matrixMarkdown(matrix: Matrix): string {
  const columns = columnsOf(matrix);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(["scenario", ...columns.map(({ title }) => title), "smallest set that is enough"]),
    `|${"---|".repeat(columns.length + 2)}`,
    ...matrix.rows.map((row) =>
      line([
        row.scenario,
        ...columns.map(({ pick }) => {
          const text = textOf(row, pick(row));
          return text.endsWith("*") ? `**${text.slice(0, -2)}**` : text;
        }),
        smallestText(row),
      ])
    ),
    "",
  ].join("\n");
}

interface Column {
  readonly title: string;
  readonly pick: (row: MatrixRow) => MatrixCell | null;
}

function columnsOf({ remedies }: Matrix): Column[] {
  const of = (set: readonly string[]) => (row: MatrixRow) => cellFor(row, set);
  return [
    { title: "none", pick: of([]) },
    ...remedies.map((name) => ({ title: name, pick: of([name]) })),
    { title: "declared", pick: (row) => cellFor(row, row.declared) },
    { title: "all", pick: of(remedies) },
  ];
}

function cellFor({ cells }: MatrixRow, set: readonly string[]): MatrixCell | null {
  return cells.find(({ remedies }) => sameSet(remedies, set)) ?? null;
}

function textOf({ smallest }: MatrixRow, cell: MatrixCell | null): string {
  if (cell === null) return "–";
  const mark = smallest !== null && sameSet(smallest, cell.remedies) ? " *" : "";
  if (cell.verdict === "finished") return `${time(cell.teardownMs ?? 0)}${mark}`;
  return cell.verdict;
}

function smallestText({ smallest, declared, cells }: MatrixRow): string {
  if (smallest === null) return "none was found";
  const label = smallest.length === 0 ? "none is needed" : remedyLabel(smallest);
  const tried = cells.some(({ remedies }) => sameSet(remedies, declared));
  return sameSet(smallest, declared) || !tried
    ? label
    : `${label} (declared: ${remedyLabel(declared)})`;
}

function coloured(text: string, cell: MatrixCell | null, style: Style): string {
  if (cell === null) return style.dim(text);
  if (cell.asDeclared === false) return style.red(text);
  if (cell.verdict === "finished") return style.green(text);
  return cell.verdict === "leaked" ? style.yellow(text) : text;
}
