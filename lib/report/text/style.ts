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
