/**
 * `parseArgs` of `@std/cli`, under the same name and with the same rules, on the tokens of `node:util`'s parser: that
 * one tells long options, groups of short ones, operands and the terminator apart; what a value may be, types,
 * aliases, collecting and negation are decided here, since the two packages differ in all of that.
 *
 * Cost: `node:util` is 6 to 8 ms of a bare process, and nothing measurable beside `node:child_process`, which every
 * run of a subject loads.
 *
 * Invariant: code that is written against this file runs unchanged against `jsr:@std/cli@^1`.
 *
 * @module
 */

import { parseArgs as tokenize } from "node:util";
import { ArgumentSink } from "./cli_sink.ts";
import type { Args, ParseOptions } from "./cli_types.ts";

export type { Args, ParseOptions };

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
  options?: O,
): Args<O> {
  const { tokens } = tokenize({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const end = tokens.find((token) => token.kind === "option-terminator")?.index ?? args.length;
  const words = args.slice(0, end);
  const sink = new ArgumentSink(options ?? {});

  for (let at = 0; at < words.length; at++) {
    const token = tokens.find((it) => it.index === at);
    const word = words[at] ?? "";
    const next = words[at + 1];
    if (token?.kind !== "option") {
      if (sink.operand(word) === "rest") {
        sink.rest(words.slice(at + 1));
        break;
      }
    } else if (token.rawName.startsWith("--")) {
      if (readLong(sink, word, token.name, token.value, next)) at++;
    } else if (readShort(sink, word, next)) at++;
  }
  return sink.finish(args.slice(end + 1)) as Args<O>;
}

/** Takes one long option; returns whether the next word was its value. */
function readLong(
  sink: ArgumentSink,
  word: string,
  name: string,
  inline: string | undefined,
  next: string | undefined,
): boolean {
  const bare = name.startsWith("no-") ? name.slice("no-".length) : null;
  if (inline !== undefined) {
    const key = bare || name;
    sink.set(key, sink.isBoolean(key) ? inline !== "false" : inline, word);
    return false;
  }
  if (bare && sink.isNegatable(bare)) {
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
