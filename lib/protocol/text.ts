/**
 * Values of the program as text. A name, a reason or a message can be any object, whose getters and `toString` are code
 * of the program: it runs once, when the value is given, and what is kept is a string. So no look at a hang runs it.
 *
 * @module
 */

/** Characters of one text. */
const MAX_TEXT = 16 * 1024;
/** Characters of one name. A record of the journal holds hundreds of them. */
const MAX_NAME = 500;

/** Characters that move a terminal's cursor, colour what follows or turn its direction, but for tabs and ends of lines. */
// deno-lint-ignore no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
const LINE_ENDS = /[\t\n\u2028\u2029]/g;

/**
 * A value as text that can be printed, of at most `most` characters: what the program puts into it cannot pass for
 * something that unwedge says. Never throws.
 */
export function textOf(value: unknown, most: number = MAX_TEXT): string {
  let text: string;
  try {
    text = typeof value === "string" ? value : String(value);
  } catch {
    return `something of type ${typeof value} that has no text`;
  }
  return printable(text.length <= most ? text : `${text.slice(0, most)}…`);
}

/** A text without characters that do something to a terminal, but for tabs and ends of lines. */
export function printable(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(CONTROLS, "\ufffd");
}

/** A text as one line without characters that do something to a terminal. */
export function oneLine(text: string): string {
  return printable(text).replace(LINE_ENDS, " ");
}

/** The name of something, as dumps and messages show it: one line. Never throws. */
export function nameText(value: unknown): string {
  return oneLine(textOf(value, MAX_NAME));
}

/** Name and message of what was thrown; of what is no error its type and its text. Never throws. */
export function thrownTexts(thrown: unknown): { readonly name: string; readonly message: string } {
  if (!isError(thrown)) return { name: typeof thrown, message: textOf(thrown) };
  return {
    name: nameText(read(thrown, "name") ?? "Error"),
    message: textOf(read(thrown, "message") ?? ""),
  };
}

/** What was thrown, in one text: `TypeError: no such thing`. Never throws. */
export function thrownText(thrown: unknown): string {
  if (!isError(thrown)) return textOf(thrown);
  const { name, message } = thrownTexts(thrown);
  return message === "" ? name : `${name}: ${message}`;
}

/** A property, which may be a getter that throws; undefined then. */
export function read(of: object, key: string): unknown {
  try {
    return Reflect.get(of, key);
  } catch {
    return undefined;
  }
}

function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}
