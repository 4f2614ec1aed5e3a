/**
 * Colour and weight for text that people read, and nothing else: a report without colour says the same. Six escape
 * sequences do not need node:util (several milliseconds of every start).
 *
 * @module
 */

import { UNSEEN } from "../../protocol/text.ts";

/** Marks pieces of text. With colour off every function returns its text unchanged. */
export interface Style {
  readonly enabled: boolean;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** The style for a stream that shows colour, or does not. */
export function makeStyle(enabled: boolean): Style {
  const mark = (open: number, close: number) => (text: string) =>
    enabled && text !== "" ? `\x1b[${open}m${text}\x1b[${close}m` : text;
  return {
    enabled,
    bold: mark(1, 22),
    dim: mark(2, 22),
    red: mark(31, 39),
    green: mark(32, 39),
    yellow: mark(33, 39),
    cyan: mark(36, 39),
  };
}

/** Characters of a text of another program that are shown: no path is longer. */
const LONGEST = 4_096;

/**
 * Text of another program as one line that a terminal shows and does not obey; what it must not see is written out, and
 * what is very long is cut.
 */
export function visible(text: string): string {
  const shown = text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
  return shown.replace(UNSEEN, (char) => `\\u{${char.codePointAt(0)?.toString(16) ?? ""}}`);
}
