/**
 * "Did you mean …?" for flags, and for the one word that a verb takes. Loaded only when something was mistyped.
 *
 * @module
 */

import { didYouMean, distance, suggest } from "../protocol/suggest.ts";
import { CommandLineError } from "./command_line_error.ts";

/**
 * Offers the nearest flag. They are short and much alike: one that begins with another letter was not meant (`--trace` is
 * no slip of `--grace`), and neither was one of which only two letters are the same.
 */
export function didYouMeanFlag(typed: string, known: Iterable<string>): string {
  const likely = [...known].filter((name) =>
    name[0] === typed[0]?.toLowerCase() && suggest(typed, [name]) !== null
  );
  const near = suggest(typed, likely);
  if (near === null) return "";
  const begins =
    near.slice(0, LETTERS_OF_A_FLAG) === typed.toLowerCase().slice(0, LETTERS_OF_A_FLAG);
  return begins || isNear(typed, near) ? `; did you mean --${near}?` : "";
}

const LETTERS_OF_A_FLAG = 3;

function isNear(typed: string, name: string): boolean {
  return distance(typed.toLowerCase(), name.toLowerCase()) <= Math.floor(typed.length / 3);
}

/**
 * The one word that was typed after a verb, if it is one of those.
 *
 * @param what what the words name: `shell`
 * @throws {CommandLineError} for none, for more, and for another
 */
export function oneOf<T extends string>(
  words: readonly string[],
  known: readonly T[],
  verb: string,
  what: string,
): T {
  const [name, ...more] = words;
  const found = known.find((each) => each === name);
  if (found !== undefined && more.length === 0) return found;
  const wrong = name === undefined || more.length > 0
    ? `${verb} needs the name of one ${what}`
    : `there is no ${what} ${JSON.stringify(name)}${didYouMean(name, known)}`;
  throw new CommandLineError(wrong, `${what}s: ${known.join(", ")}`);
}
