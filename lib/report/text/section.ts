/**
 * A section of the human report: a heading and lines. A section without lines is left out with its heading, so that the
 * page has no line such as "evidence: none".
 *
 * @module
 */

import { fitLine } from "./fit_columns.ts";
import type { Style } from "./style.ts";
import { stripAnsi } from "../../protocol/text.ts";
import { wrap } from "./wrap.ts";

const WIDTH = 100;
/** With less there is no room left for words behind an indent. */
const LEAST = 40;

/** What every section is written with. */
export interface PageStyle {
  readonly style: Style;
  /** Working directory: paths below it are written short. */
  readonly here: string;
  /** Columns of the terminal; 100 where that is not known, and never more: long lines are hard to read. */
  readonly columns?: number;
}

/** A heading with lines under it, or nothing when there are none. */
export function section(title: string, lines: readonly string[], page: PageStyle): string[] {
  if (lines.length === 0) return [];
  return [...rule(title, page), ...lines, ""];
}

/** A heading across the page; a title that is too long goes on in the next line, without a rule behind it. */
export function rule(title: string, page: PageStyle): string[] {
  const { style } = page;
  const left = widthOf(page) - title.length - 4;
  if (left < 0) return item("── ", title, page).map(style.bold);
  return [style.bold(`── ${title} ${"─".repeat(left)}`)];
}

/** Lines that come as they are, such as those of a table, fitted to the page. */
export function fitted(lines: readonly string[], { columns = Infinity }: PageStyle): string[] {
  return lines.flatMap((line) => fitLine(line, columns));
}

/** Text in which paths below the working directory are written short. */
export function relative(text: string, { here }: PageStyle): string {
  return text.replaceAll(`file://${here}/`, "").replaceAll(`${here}/`, "");
}

/** Text broken between words and indented; words longer than a line stay whole. */
export function paragraph(
  text: string,
  indent = "  ",
  page: Pick<PageStyle, "columns"> = {},
): string[] {
  const width = widthOf(page) - indent.length;
  return text.split("\n").flatMap((part) => wrap(part, width).map((line) => indent + line));
}

/** A paragraph that begins with `mark`; its other lines are indented by the width of the mark. */
export function item(mark: string, text: string, page: Pick<PageStyle, "columns"> = {}): string[] {
  const indent = " ".repeat(stripAnsi(mark).length);
  const [first = "", ...rest] = paragraph(text, indent, page);
  return [mark + first.slice(indent.length), ...rest];
}

/** An item of a list. */
export function point(text: string, page: PageStyle): string[] {
  return item("    - ", text, page);
}

/** How many lines of the terminal lines take that were not broken to fit it. */
export function heightOf(lines: readonly string[], page: Pick<PageStyle, "columns">): number {
  const width = widthOf(page);
  return lines.reduce(
    (sum, line) => sum + Math.max(1, Math.ceil(stripAnsi(line).length / width)),
    0,
  );
}

/** Columns that may be written to; the last stays empty: some terminals begin a new line when it is written to. */
export function widthOf({ columns = WIDTH + 1 }: Pick<PageStyle, "columns">): number {
  return Math.max(LEAST, Math.min(WIDTH, columns - 1));
}
