/**
 * The flags of the programs in this folder. Each declares them once; what it did not declare is refused, since a program
 * that runs for an hour must not begin because of a slip of the pen.
 *
 * @module
 */

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

/** What a command line comes to. */
export type ReadFlags<S extends Flags> =
  | { readonly kind: "run"; readonly values: FlagValues<S> }
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "usage"; readonly message: string };

/** Reads a command line. */
export function readFlags<const S extends Flags>(
  usage: string,
  flags: S,
  args: readonly string[],
): ReadFlags<S> {
  const values: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries<Flag>(flags)) values[name] = unset(flag);
  const left = [...args];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === "--help" || word === "-h") return { kind: "help", text: helpText(usage, flags) };
    const [name = "", glued] = split(word);
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (flag === undefined) return { kind: "usage", message: `unknown argument ${word}` };
    if (flag.kind === "switch") {
      if (glued !== undefined) return { kind: "usage", message: `--${name} takes no value` };
      values[name] = true;
      continue;
    }
    const read = valueOf(name, flag, glued ?? left.shift());
    if (!read.ok) return { kind: "usage", message: read.message };
    values[name] = read.value;
  }
  // Built above from the same declarations that the type is read off.
  return { kind: "run", values: values as FlagValues<S> };
}

/** The same for a program that has nothing to do otherwise: prints, and exits with 0 for help and 2 for wrong usage. */
export function flagsOrExit<const S extends Flags>(usage: string, flags: S): FlagValues<S> {
  const read = readFlags(usage, flags, Deno.args);
  if (read.kind === "run") return read.values;
  if (read.kind === "help") {
    console.log(read.text);
    Deno.exit(0);
  }
  console.error(`error: ${read.message}\n\n${helpText(usage, flags)}`);
  Deno.exit(2);
}

/** The names of all scenarios, for a flag that picks some. */
export function scenarioNames(): string[] {
  const files = [...Deno.readDirSync(new URL("../scenarios/", import.meta.url))];
  return files.map(({ name }) => name.replace(/\.ts$/, "").replaceAll("_", "-")).sort();
}

function split(word: string): [name: string, glued?: string] {
  if (!word.startsWith("--")) return [""];
  const equals = word.indexOf("=");
  return equals < 0
    ? [word.slice("--".length)]
    : [word.slice("--".length, equals), word.slice(equals + 1)];
}

function unset(flag: Flag): unknown {
  if (flag.kind === "switch") return false;
  return flag.kind === "names" ? [] : flag.default;
}

type Read =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

function valueOf(
  name: string,
  flag: Exclude<Flag, { readonly kind: "switch" }>,
  text: string | undefined,
): Read {
  if (text === undefined || text.startsWith("--")) {
    return { ok: false, message: `--${name} needs a value` };
  }
  if (flag.kind === "names") {
    const names = text.split(",").filter((each) => each !== "");
    const unknown = names.find((each) => !flag.known.includes(each));
    return unknown === undefined ? { ok: true, value: names } : {
      ok: false,
      message: `--${name}: there is no "${unknown}"; there is ${flag.known.join(", ")}`,
    };
  }
  const { min = 1 } = flag;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) && value >= min
    ? { ok: true, value }
    : { ok: false, message: `--${name}: "${text}" is not a whole number from ${min} on` };
}

function helpText(usage: string, flags: Flags): string {
  const rows = Object.entries(flags).map(([name, flag]) =>
    [`--${name}${VALUE[flag.kind]}`, `${flag.about}${defaultText(flag)}`] as const
  );
  const width = Math.max(...[...rows.map(([head]) => head), "--help"].map((head) => head.length));
  return [
    usage,
    "",
    ...[...rows, ["--help", "this"] as const].map(([head, about]) =>
      `  ${head.padEnd(width)}  ${about}`
    ),
  ].join("\n");
}

const VALUE = { count: " N", names: " A,B", switch: "" } as const;

function defaultText(flag: Flag): string {
  if (flag.kind === "names") return " (default: all)";
  return flag.kind === "switch" || flag.default === null ? "" : ` (default: ${flag.default})`;
}
