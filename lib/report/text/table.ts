/** Rows of cells as lines with aligned columns. @module */

import { stripAnsi } from "../../protocol/text.ts";

/**
 * The lines: every column as wide as its widest cell, two spaces between columns, no spaces at the end. Escape
 * sequences in cells take no width.
 */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => widths[i] = Math.max(widths[i] ?? 0, stripAnsi(cell).length));
  }
  return rows.map((row) =>
    row.map((cell, i) => cell + " ".repeat((widths[i] ?? 0) - stripAnsi(cell).length))
      .join("  ").trimEnd()
  );
}
