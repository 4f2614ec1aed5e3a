/**
 * What the subject printed: the end of it, as captured, without the escape sequences that would redraw our terminal.
 *
 * @module
 */

import type { Attempt } from "../../model/result.ts";
import { stripAnsi } from "./style.ts";
import { type PageStyle, section } from "./section.ts";

/** The last lines of the subject's stdout and stderr, each under its own heading. */
export function outputSection({ outputTail }: Attempt, page: PageStyle): string[] {
  return [
    ...section("the subject's stdout (end)", linesOf(outputTail.stdout), page),
    ...section("the subject's stderr (end)", linesOf(outputTail.stderr), page),
  ];
}

function linesOf(text: string): string[] {
  const lines = stripAnsi(text).replace(/\r\n?/g, "\n").trimEnd();
  return lines === "" ? [] : lines.split("\n").map((line) => `  | ${line}`);
}
