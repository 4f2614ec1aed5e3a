/**
 * From the words that were typed to a verb, its words and its flags. Flags may stand anywhere, before the verb too;
 * what is not known is refused, never ignored: a mistyped `--dedline` must not run with the default.
 *
 * @module
 */

import { type Flag, FLAGS, goesWith } from "./flags.ts";
import type { RawValue } from "./settings.ts";
import { CommandLineError } from "./command_line_error.ts";
import { VERBS } from "./verbs.ts";
import { loadLater } from "../os/load_later.ts";

/** What was typed, sorted. */
export interface Typed {
  /** Null when no verb was given. */
  readonly verb: string | null;
  readonly words: readonly string[];
  readonly flags: ReadonlyMap<string, RawValue>;
  readonly wantsHelp: boolean;
  readonly wantsVersion: boolean;
}

/**
 * Sorts the words of a command line.
 *
 * @param argv everything after the program's name
 * @throws {CommandLineError} for an unknown verb or flag, a flag that another verb has, and a flag without its value
 */
export async function parse(argv: readonly string[]): Promise<Typed> {
  const { words, values, unknown } = sort(argv);
  const verb = words.shift() ?? null;
  if (verb !== null && !VERBS.some(({ name }) => name === verb)) await refuseVerb(verb);
  if (unknown !== null) await refuseFlag(unknown, verb);

  const flags = new Map<string, RawValue>();
  for (const [flag, value] of values) {
    if (verb !== null && flag.verbs !== "every" && !flag.verbs.includes(verb)) {
      const others = flag.verbs.join(", ");
      throw new CommandLineError(`--${flag.name} does not go with ${verb}, only with ${others}`);
    }
    if (value === null || value.includes("")) {
      throw new CommandLineError(`--${flag.name} needs a value: --${flag.name} ${flag.value}`);
    }
    const last = value.at(-1);
    if (flag.kind === "switch" && last !== "true" && last !== "false") {
      throw new CommandLineError(`--${flag.name} takes no value`);
    }
    flags.set(
      flag.name,
      flag.kind === "pairs" ? value : flag.kind === "switch" ? last !== "false" : String(last),
    );
  }
  const wantsHelp = flags.get("help") === true;
  return { verb, words, flags, wantsHelp, wantsVersion: flags.get("version") === true };
}

/** The words of a command line by what they are. Of a flag every value that was given, or null where one is missing. */
interface Sorted {
  readonly words: string[];
  readonly values: Map<Flag, string[] | null>;
  /** The first word that looks like a flag and is none. */
  readonly unknown: string | null;
}

/**
 * `--name value`, `--name=value`, `--no-name`, `-n value`, `-nvalue`, and switches together as `-qv`; a lone dash is a
 * value or a word, and what follows `--` is words. `parseArgs` of `node:util` does the same, and loading that takes 4
 * of the 17 ms after which help can stand on the screen (medians of 15 pairs).
 */
function sort(argv: readonly string[]): Sorted {
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  const words: string[] = [];
  const values = new Map<Flag, string[] | null>();
  let unknown: string | null = null;
  const left = argv.slice(0, end);
  const take = (flag: Flag, glued: string | undefined) => {
    const next = left[0];
    const takesNext = flag.kind !== "switch" && glued === undefined && next !== undefined &&
      (next === "-" || !next.startsWith("-"));
    const value = takesNext ? left.shift() : glued ?? (flag.kind === "switch" ? "true" : undefined);
    const before = values.get(flag) ?? [];
    values.set(flag, value === undefined ? null : [...before, value]);
  };
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === "-" || !word.startsWith("-")) {
      words.push(word);
    } else if (word.startsWith("--")) {
      const [, name = "", glued] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
      const flag = FLAGS.find((each) => each.name === name);
      const negated = FLAGS.find((each) => each.negatable && `no-${each.name}` === name);
      if (flag !== undefined) take(flag, glued);
      else if (negated !== undefined && glued === undefined) take(negated, "false");
      else unknown ??= word;
    } else {
      for (let letters = word.slice(1); letters !== "";) {
        const flag = FLAGS.find(({ short }) => short === letters[0]);
        const rest = letters.slice(1).replace(/^=/, "");
        if (flag === undefined) unknown ??= word;
        else if (flag.kind === "switch") take(flag, undefined);
        else take(flag, rest === "" ? undefined : rest);
        letters = flag?.kind === "switch" ? letters.slice(1) : "";
      }
    }
  }
  return { words: [...words, ...argv.slice(end + 1)], values, unknown };
}

async function refuseVerb(verb: string): Promise<never> {
  const { didYouMean } = await loadLater<typeof import("../protocol/suggest.ts")>(
    import.meta.resolve("../protocol/suggest.ts"),
  );
  const names = VERBS.map(({ name }) => name);
  throw new CommandLineError(
    `there is no verb ${JSON.stringify(verb)}${didYouMean(verb, names)}`,
    `verbs: ${names.join(", ")}`,
  );
}

async function refuseFlag(arg: string, verb: string | null): Promise<never> {
  const { didYouMeanFlag } = await loadLater<typeof import("./suggest.ts")>(
    import.meta.resolve("./suggest.ts"),
  );
  const name = arg.split("=")[0] ?? arg;
  const known = FLAGS.filter((flag) => verb === null || goesWith(flag, verb))
    .flatMap((flag) => flag.negatable ? [flag.name, `no-${flag.name}`] : [flag.name]);
  const hint = didYouMeanFlag(name.replace(/^--?/, ""), known);
  throw new CommandLineError(
    `there is no flag ${name}${hint}`,
    `flags: unwedge ${verb === null ? "help" : `${verb} --help`}`,
  );
}
