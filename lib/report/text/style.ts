/**
 * Colour and weight for text that people read, and nothing else: a report without colour says the same. Six escape
 * sequences do not need node:util (several milliseconds of every start).
 *
 * @module
 */

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

// deno-lint-ignore no-control-regex -- escape sequences begin with a control character by definition
const ANSI = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g;

/** Text without terminal escape sequences: colour, cursor movement, titles and links. */
export function stripAnsi(text: string): string {
  return text.replace(ANSI, "");
}

/** Control characters, marks that turn the direction of text, and separators that a terminal may take for a new line. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;

/** Text of another program as one line that a terminal shows and does not obey; what it must not see is written out. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (char) => `\\u{${char.codePointAt(0)?.toString(16) ?? ""}}`);
}

/** A document as JSON that a terminal shows and does not obey, either. */
export function visibleJson(document: unknown): string {
  return JSON.stringify(document, null, 2).replace(INVISIBLE, (char) => {
    if (char === "\n") return char;
    const units = Array.from({ length: char.length }, (_, n) => char.charCodeAt(n));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
  });
}
