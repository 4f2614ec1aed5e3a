/**
 * From the words that were typed to a verb, its words and its flags. Flags may stand anywhere, before the verb too;
 * what is not known is refused, never ignored: a mistyped `--dedline` must not run with the default.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { type Flag, FLAGS } from "./flags.ts";
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
  const unknown: string[] = [];
  const parsed = parseArgs(dashesJoined(argv), {
    string: ["_", ...namesOf((flag) => flag.kind !== "switch")],
    boolean: namesOf((flag) => flag.kind === "switch"),
    negatable: namesOf((flag) => flag.negatable),
    collect: namesOf((flag) => flag.kind === "pairs"),
    alias: Object.fromEntries(FLAGS.flatMap(({ name, short }) => short ? [[name, short]] : [])),
    unknown: (arg: string, key?: string) => {
      if (key === undefined) return true;
      unknown.push(arg);
      return false;
    },
  });
  const words = parsed._.map(String);
  const verb = words.shift() ?? null;
  if (verb !== null && !VERBS.some(({ name }) => name === verb)) await refuseVerb(verb);
  if (unknown[0] !== undefined) await refuseFlag(unknown[0], verb);

  const flags = new Map<string, RawValue>();
  for (const flag of FLAGS) {
    const value = given(flag, argv, parsed);
    if (value === undefined) continue;
    if (verb !== null && !flag.verbs.includes(verb)) {
      const others = flag.verbs.join(", ");
      throw new CommandLineError(`--${flag.name} does not go with ${verb}, only with ${others}`);
    }
    flags.set(flag.name, value);
  }
  const wantsHelp = flags.get("help") === true;
  return { verb, words, flags, wantsHelp, wantsVersion: flags.get("version") === true };
}

/** `--junit -` as `--junit=-`: parseArgs takes a lone dash for a word and never for a value. */
function dashesJoined(argv: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of argv) {
    const before = joined.at(-1);
    const flag = FLAGS.find(({ name }) => before === `--${name}`);
    if (arg === "-" && flag !== undefined && flag.kind !== "switch") {
      joined[joined.length - 1] = `${before}=-`;
    } else joined.push(arg);
  }
  return joined;
}

function namesOf(pick: (flag: Flag) => boolean): string[] {
  return FLAGS.filter(pick).map(({ name }) => name);
}

/**
 * The value of one flag, undefined when it was not typed. parseArgs gives every declared switch as false and every
 * list as empty, so whether it was typed is read off `argv`.
 *
 * @throws {CommandLineError} when the value is missing
 */
function given(
  flag: Flag,
  argv: readonly string[],
  parsed: Readonly<Record<string, unknown>>,
): RawValue | undefined {
  const value = parsed[flag.name];
  if (flag.kind === "switch") {
    if (value === true) return true;
    const negated = argv.some((arg) =>
      arg === `--no-${flag.name}` || arg === `--${flag.name}=false`
    );
    return negated ? false : undefined;
  }
  if (flag.kind === "pairs") {
    const texts = Array.isArray(value) ? value.map(String) : [];
    if (texts.includes("")) throw needsValue(flag);
    return texts.length > 0 ? texts : undefined;
  }
  if (value === undefined) return undefined;
  if (value === "") throw needsValue(flag);
  return String(value);
}

function needsValue(flag: Flag): CommandLineError {
  return new CommandLineError(`--${flag.name} needs a value: --${flag.name} ${flag.value}`);
}

async function refuseVerb(verb: string): Promise<never> {
  const { didYouMean } = await loadLater<typeof import("./suggest.ts")>(
    import.meta.resolve("./suggest.ts"),
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
  const known = FLAGS.filter((flag) => verb === null || flag.verbs.includes(verb))
    .flatMap((flag) => flag.negatable ? [flag.name, `no-${flag.name}`] : [flag.name]);
  const hint = didYouMeanFlag(name.replace(/^--?/, ""), known);
  throw new CommandLineError(
    `there is no flag ${name}${hint}`,
    `flags: unwedge ${verb === null ? "help" : `${verb} --help`}`,
  );
}
