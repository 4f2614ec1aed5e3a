/**
 * The flags of the programs in `tools/` and `bench/`. Each program declares them once; what it did not declare is
 * refused, since a program that runs for an hour must not begin because of a slip of the pen.
 *
 * @module
 */

import { shippedScenarios } from "../lib/cli/catalog.ts";
import { parseArgs } from "node:util";

/** One flag. */
export type Flag =
  /** `--name N`, a whole number from `min` (1 when absent) on. */
  | {
    readonly kind: "count";
    readonly default: number | null;
    readonly min?: number;
    readonly about: string;
  }
  /** `--name A,B`: some of `known`; none means all. */
  | { readonly kind: "names"; readonly known: readonly string[]; readonly about: string }
  /** `--name` without a value. */
  | { readonly kind: "switch"; readonly about: string };

/** The flags of a program, by their names without dashes. */
export type Flags = Readonly<Record<string, Flag>>;

type ValueOf<F> = F extends { readonly kind: "switch" } ? boolean
  : F extends { readonly kind: "names" } ? readonly string[]
  : F extends { readonly kind: "count"; readonly default: number } ? number
  : number | null;

/** What was asked for, by flag. */
export type FlagValues<S extends Flags> = { readonly [K in keyof S]: ValueOf<S[K]> };

/** Reads a command line; null when it asks for help. @throws {TypeError} for what was not declared, or cannot be read */
export function readFlags<const S extends Flags>(
  flags: S,
  args: readonly string[],
): FlagValues<S> | null {
  const options = Object.fromEntries(
    Object.entries<Flag>(flags).map(([name, { kind }]) => [
      name,
      { type: kind === "switch" ? "boolean" as const : "string" as const },
    ]),
  );
  const help = { help: { type: "boolean", short: "h" } } as const;
  const given: Record<string, unknown> =
    parseArgs({ args: [...args], options: { ...options, ...help } }).values;
  if (given.help === true) return null;
  const values = Object.entries<Flag>(flags)
    .map(([name, flag]) => [name, valueOf(name, flag, given[name])]);
  // Made from the same declarations that the type is read off.
  return Object.fromEntries(values) as FlagValues<S>;
}

/** The same for a program that has nothing else to do: prints, and exits with 0 for help and 2 for wrong usage. */
export function flagsOrExit<const S extends Flags>(usage: string, flags: S): FlagValues<S> {
  try {
    const values = readFlags(flags, Deno.args);
    if (values !== null) return values;
    console.log(helpText(usage, flags));
    Deno.exit(0);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`error: ${error.message}\n\n${helpText(usage, flags)}`);
    Deno.exit(2);
  }
}

/** The names of all scenarios, for a flag that picks some. */
export function scenarioNames(): string[] {
  return shippedScenarios().map(({ name }) => name);
}

function valueOf(name: string, flag: Flag, given: unknown): unknown {
  if (flag.kind === "switch") return given === true;
  if (typeof given !== "string") return flag.kind === "names" ? [] : flag.default;
  if (flag.kind === "names") {
    const names = given.split(",").filter((each) => each !== "");
    const unknown = names.find((each) => !flag.known.includes(each));
    if (unknown === undefined) return names;
    throw new TypeError(`--${name}: there is no "${unknown}"; there is ${flag.known.join(", ")}`);
  }
  const { min = 1 } = flag;
  const value = /^\d+$/.test(given) ? Number(given) : NaN;
  if (Number.isSafeInteger(value) && value >= min) return value;
  throw new TypeError(`--${name}: "${given}" is not a whole number from ${min} on`);
}

/** Every flag with what it is about. */
export function helpText(usage: string, flags: Flags): string {
  const rows = Object.entries(flags).map(([name, flag]) =>
    [`--${name}${VALUE[flag.kind]}`, `${flag.about}${defaultText(flag)}`] as const
  );
  const width = Math.max(...rows.map(([head]) => head.length), "--help".length);
  const lines = [...rows, ["--help", "this"] as const];
  return [usage, "", ...lines.map(([head, about]) => `  ${head.padEnd(width)}  ${about}`)]
    .join("\n");
}

const VALUE = { count: " N", names: " A,B", switch: "" } as const;

function defaultText(flag: Flag): string {
  if (flag.kind === "names") return " (default: all)";
  return flag.kind === "switch" || flag.default === null ? "" : ` (default: ${flag.default})`;
}
