/**
 * Fits text that was laid out for 100 columns to a narrower terminal: headings are cut, long lines are broken between
 * words and continue with an indent. Commands stay whole: a terminal joins the lines that it has wrapped when a user
 * copies them, and does not join lines that we have broken.
 *
 * @module
 */

import { stripAnsi } from "./style.ts";
import { fill } from "./wrap.ts";

/** For what width reports are laid out, the empty last column included. */
const LAID_OUT_FOR = 101;
/** With less there is no room left for words behind an indent. */
export const LEAST = 40;
const COMMAND = /^\s*(?:again: )?deno run /;

/**
 * The text for a terminal with so many columns.
 *
 * @param columns Infinity where there is no terminal
 * @param laidOutFor from this many columns on the text stays as it is
 */
export function fitColumns(text: string, columns: number, laidOutFor = LAID_OUT_FOR): string {
  if (columns >= laidOutFor || columns < LEAST) return text;
  const lines = text.split("\n");
  const last = lines.findLastIndex((line) => line !== "");
  return lines.map((line, index) => index === last ? line : fitLine(line, columns - 1)).join("\n");
}

function fitLine(line: string, width: number): string {
  const plain = stripAnsi(line);
  if (plain.length <= width || COMMAND.test(plain)) return line;
  if (plain.startsWith("── ")) return fitHeading(line, plain, width);
  return broken(line, plain, width);
}

/** A title that is too long by itself goes on in the next line, without a rule behind it. */
function fitHeading(line: string, plain: string, width: number): string {
  const rule = / (─+)$/.exec(plain)?.[1] ?? "";
  const excess = plain.length - width;
  if (excess < rule.length) return line.replace(rule, rule.slice(excess));
  return broken(line.replace(` ${rule}`, ""), plain.replace(` ${rule}`, ""), width);
}

function broken(line: string, plain: string, width: number): string {
  const indent = /^ */.exec(plain)?.[0] ?? "";
  const [first = "", ...rest] = line.trimStart().split(" ");
  return fill([indent + first, ...rest], width, `${indent}  `).join("\n");
}
