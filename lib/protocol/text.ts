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

/**
 * Characters that nobody sees, or that do something to what is seen: control characters, marks that turn the direction
 * of text, what has no width, separators that may be taken for a new line, halves of a pair. What only chooses between
 * two looks of a character, as in an emoji, is none.
 */
export const UNSEEN = /(?![\ufe00-\ufe0f])[\p{Cc}\p{Cf}\p{DI}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;
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

/** A text without characters that nobody sees ({@linkcode UNSEEN}), but for tabs and ends of lines. */
export function printable(text: string): string {
  return text.replace(/\r\n?/g, "\n")
    .replace(UNSEEN, (char) => char === "\n" || char === "\t" ? char : "\ufffd");
}

/** A text as one line without characters that nobody sees. */
export function oneLine(text: string): string {
  return printable(text.replace(LINE_ENDS, " "));
}

/** CSI, OSC (ended by BEL or ST) and two-byte escape sequences, and the C1 form of CSI. */
const ANSI =
  // deno-lint-ignore no-control-regex -- control characters are what this looks for
  /\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[@-Z\\-_=>78]/g;

/** Text without terminal escape sequences: colour, cursor movement, titles and links. */
export function stripAnsi(text: string): string {
  return text.replace(ANSI, "");
}

/** A text for a file or a page that shows no colour: {@linkcode printable}, and without the escape sequences. */
export function plain(text: string): string {
  return printable(stripAnsi(text));
}

/** A document as JSON that a terminal shows and does not obey. It reads back as it was. */
export function visibleJson(document: unknown): string {
  return JSON.stringify(document, null, 2).replace(UNSEEN, (char) => {
    if (char === "\n") return char;
    const units = Array.from({ length: char.length }, (_, n) => char.charCodeAt(n));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
  });
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
