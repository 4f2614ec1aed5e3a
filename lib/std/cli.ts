/**
 * `parseArgs` of `@std/cli`, under the same name and with the same rules. It reads the words; `cli_sink.ts` knows what
 * was declared and keeps the values.
 *
 * Rejected: standing on the tokens of `node:util`'s parser. The two agree on nothing but `--name=value`: that one needs
 * every option with a value declared, takes the dash in `-n-5` for the terminator (and all that follows for operands),
 * and loading it costs 6 to 8 ms of a command that has to answer at once.
 *
 * Invariant: code that is written against this file runs unchanged against `jsr:@std/cli@^1`.
 *
 * @module
 */

import { ArgumentSink } from "./cli_sink.ts";
import type { Args, Names, ParseOptions } from "./cli_types.ts";

export type { Args, Names, ParseOptions };

/**
 * Reads command line arguments. `--name value`, `--name=value`, `-n value`, `-n5` and groups such as `-abc` are
 * options; everything else, and everything after `--`, is an operand under `_`. What looks like a number becomes one
 * unless it is declared a string.
 *
 * @param args usually `Deno.args`
 * @param options which names are strings, booleans, collected, negatable, aliases, and what is the default
 * @throws {TypeError} when an alias is undefined
 */
export function parseArgs<const O extends ParseOptions = Record<never, never>>(
  args: readonly string[],
  options?: O & ParseOptions,
): Args<O> {
  const terminator = args.indexOf("--");
  const end = terminator < 0 ? args.length : terminator;
  const words = args.slice(0, end);
  const sink = new ArgumentSink(options ?? {});

  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const next = words[at + 1];
    if (word.startsWith("--")) {
      if (readLong(sink, word, next)) at++;
    } else if (word.startsWith("-") && word.length > 1) {
      if (readShort(sink, word, next)) at++;
    } else if (sink.operand(word) === "rest") {
      sink.rest(words.slice(at + 1));
      break;
    }
  }
  return sink.finish(args.slice(end + 1)) as Args<O>;
}

/** Takes one long option; returns whether the next word was its value. */
function readLong(sink: ArgumentSink, word: string, next: string | undefined): boolean {
  // A name has at least one character, so that `--=x` is the flag `=x`.
  const equals = word.indexOf("=", "--".length + 1);
  const name = equals < 0 ? word.slice("--".length) : word.slice("--".length, equals);
  const bare = name.startsWith("no-") ? name.slice("no-".length) : "";
  if (equals >= 0) {
    const key = bare || name;
    const value = word.slice(equals + 1);
    sink.set(key, sink.isBoolean(key) ? value !== "false" : value, word);
    return false;
  }
  if (bare !== "" && sink.isNegatable(bare)) {
    sink.negate(bare, word);
    return false;
  }
  if (next && !next.startsWith("-") && sink.takesValue(name, "long")) {
    sink.set(name, next, word);
    return true;
  }
  return readFlag(sink, name, word, next);
}

/** Takes one word of short options; returns whether the next word was the last one's value. */
function readShort(sink: ArgumentSink, word: string, next: string | undefined): boolean {
  const last = word.length - 1;
  for (let at = 1; at < last; at++) {
    const letter = word.charAt(at);
    const glued = gluedValue(letter, word.slice(at + 1));
    sink.set(letter, glued ?? sink.presence(letter), word);
    // `-a-`: the dash is the value of `a`, and it is not an option of its own either.
    if (glued !== null && glued !== "-") return false;
  }
  const key = word.charAt(last);
  if (key === "-") return false;
  if (next && !/^--?[^-]/.test(next) && sink.takesValue(key, "short")) {
    sink.set(key, next, word);
    return true;
  }
  return readFlag(sink, key, word, next);
}

/** The value that is written against a short option without a space (`-n5`, `-f=x`, `-f/tmp`), or null. */
function gluedValue(letter: string, rest: string): string | null {
  if (rest === "-") return rest;
  if (rest === "=") return "";
  if (/[A-Za-z]/.test(letter)) {
    const equals = rest.indexOf("=");
    if (equals >= 0 && equals < rest.length - 1) return rest.slice(equals + 1);
    if (/\d(\.\d*)?(e-?\d+)?$/.test(rest)) return rest;
  }
  return rest.length > 1 && /^\W/.test(rest) ? rest : null;
}

/** Takes an option that has no value of its own, except that `true` and `false` may follow it. */
function readFlag(
  sink: ArgumentSink,
  key: string,
  word: string,
  next: string | undefined,
): boolean {
  if (next === "true" || next === "false") {
    sink.set(key, next === "true", word);
    return true;
  }
  sink.set(key, sink.presence(key), word);
  return false;
}
