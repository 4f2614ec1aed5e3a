/**
 * Fits lines that come as they are, such as those of a table, to a terminal: long ones are broken between words and
 * continue with an indent. Commands stay whole: a terminal joins the lines that it has wrapped when a user copies them,
 * and does not join lines that we have broken.
 *
 * @module
 */

import { stripAnsi } from "../../protocol/text.ts";
import { fill } from "./wrap.ts";

/** With less there is no room left for words behind an indent. */
export const LEAST = 40;
const COMMAND = /^\s*(?:again: )?deno run /;

/**
 * The text for a terminal with so many columns; its last line stays whole.
 *
 * @param columns Infinity where there is no terminal
 */
export function fitColumns(text: string, columns: number): string {
  const lines = text.split("\n");
  const last = lines.findLastIndex((line) => line !== "");
  return lines.flatMap((line, index) => index === last ? line : fitLine(line, columns)).join("\n");
}

/** One line as the lines that a terminal with so many columns has room for. */
export function fitLine(line: string, columns: number): string[] {
  const plain = stripAnsi(line);
  if (columns < LEAST || plain.length < columns || COMMAND.test(plain)) return [line];
  const indent = /^ */.exec(plain)?.[0] ?? "";
  const [first = "", ...rest] = line.trimStart().split(" ");
  return fill([indent + first, ...rest], columns - 1, `${indent}  `);
}
