/**
 * What was asked for, one value a flag, and where it came from. Order of precedence: flag, environment
 * (`UNWEDGE_DEADLINE`), the `"unwedge"` block of deno.json; what none of them says is null here and stays the
 * scenario's own. A bad value is refused with the name of the place it came from.
 *
 * @module
 */

import { parseDuration } from "./paths.ts";
import { configKeyOf, FLAGS, variableOf } from "./flags.ts";
import { CommandLineError } from "./command_line_error.ts";

/** A value before it is understood: text, on or off, or several texts. */
export type RawValue = string | boolean | readonly string[];

/** The places that values come from. */
export interface Sources {
  /** From the command line, by flag name. */
  readonly flags: ReadonlyMap<string, RawValue>;
  /** The value of an environment variable, or undefined. */
  readonly env: (name: string) => string | undefined;
  /** The `"unwedge"` block of deno.json, by key; empty when there is none. */
  readonly config: Readonly<Record<string, unknown>>;
}

interface Found {
  readonly raw: RawValue;
  /** `--deadline`, `UNWEDGE_DEADLINE` or `deno.json "unwedge.deadline"`. */
  readonly where: string;
}

/** Answers what each flag is set to. */
export class Settings {
  readonly #sources: Sources;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** On, off, or null when nothing was said. @throws {CommandLineError} when the value is neither */
  switch(name: string): boolean | null {
    const found = this.#find(name);
    if (found === null) return null;
    if (typeof found.raw === "boolean") return found.raw;
    const text = String(found.raw).toLowerCase();
    if (["1", "true", "yes", "on"].includes(text)) return true;
    if (["0", "false", "no", "off"].includes(text)) return false;
    throw new CommandLineError(`${found.where} ${JSON.stringify(text)}: write true or false`);
  }

  /** Milliseconds, or null. @throws {CommandLineError} when it is no duration with a unit */
  duration(name: string): number | null {
    const found = this.#find(name);
    return found === null ? null : parseDuration(single(found), found.where);
  }

  /** A whole number from `least` on, or null. @throws {CommandLineError} when it is not */
  count(name: string, least: number): number | null {
    const found = this.#find(name);
    if (found === null) return null;
    const text = single(found);
    const number = /^\d+$/.test(text) ? Number(text) : NaN;
    if (Number.isSafeInteger(number) && number >= least) return number;
    throw new CommandLineError(`${found.where} ${text}: write a whole number, ${least} or more`);
  }

  /** The text, or null. @throws {CommandLineError} when it is empty */
  text(name: string): string | null {
    const found = this.#find(name);
    return found === null ? null : single(found);
  }

  /** One of the flag's choices, or null. @throws {CommandLineError} when it is none of them */
  choice<T extends string>(name: string, choices: readonly T[]): T | null {
    const found = this.#find(name);
    if (found === null) return null;
    const text = single(found);
    const choice = choices.find((each) => each === text);
    if (choice !== undefined) return choice;
    const all = choices.join(", ");
    throw new CommandLineError(`${found.where} ${JSON.stringify(text)}: write one of ${all}`);
  }

  /** Names with commas between them, or null. */
  names(name: string): readonly string[] | null {
    const found = this.#find(name);
    if (found === null) return null;
    const texts = typeof found.raw === "object" ? found.raw : [single(found)];
    return texts.flatMap((text) => text.split(",")).map((each) => each.trim())
      .filter((each) => each !== "");
  }

  /** The pairs of a repeatable `KEY=VALUE` flag; the last of two with one key wins. */
  pairs(name: string): Record<string, string> {
    const found = this.#find(name);
    const texts = found === null ? [] : typeof found.raw === "object" ? found.raw : [single(found)];
    const pairs: Record<string, string> = Object.create(null);
    for (const text of texts) {
      const cut = text.indexOf("=");
      if (cut < 1) throw new CommandLineError(`--${name} ${JSON.stringify(text)}: write KEY=VALUE`);
      pairs[text.slice(0, cut)] = text.slice(cut + 1);
    }
    return { ...pairs };
  }

  /** Where the value of a flag comes from, in words, or null when nothing was said. */
  where(name: string): string | null {
    return this.#find(name)?.where ?? null;
  }

  #find(name: string): Found | null {
    const typed = this.#sources.flags.get(name);
    if (typed !== undefined) return { raw: typed, where: `--${name}` };
    if (FLAGS.find((flag) => flag.name === name)?.settable !== true) return null;
    const variable = variableOf(name);
    const fromEnv = this.#sources.env(variable);
    if (fromEnv !== undefined && fromEnv !== "") return { raw: fromEnv, where: variable };
    const key = configKeyOf(name);
    const fromConfig = this.#sources.config[key];
    if (fromConfig === undefined || fromConfig === null) return null;
    return { raw: configValue(fromConfig, key), where: `deno.json "unwedge.${key}"` };
  }
}

function configValue(value: unknown, key: string): RawValue {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return String(value);
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
  throw new CommandLineError(`deno.json "unwedge.${key}": write a text, a number, true or false`);
}

/** The one text of a value. */
function single(found: Found): string {
  const { raw, where } = found;
  const text = typeof raw === "object" ? raw.at(-1) ?? "" : String(raw);
  if (text === "") throw new CommandLineError(`${where} needs a value`);
  return text;
}
