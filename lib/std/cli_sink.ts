/**
 * What `parseArgs` collects: knows which names are strings, booleans, collected, negatable and aliases of each other,
 * and writes each value under all its names. It knows nothing of how options are written on a command line.
 *
 * @module
 */

import type { ParseOptions } from "./cli_types.ts";

/** A value as it stands on the command line, before numbers are made of strings. */
type RawValue = string | boolean;

/** A level of the result: dotted names (`a.b`) make levels. */
interface Level {
  [key: string]: unknown;
}

/** Collects the arguments of one call of `parseArgs`. */
export class ArgumentSink {
  readonly #options: ParseOptions;
  /** For each name all its other names. */
  readonly #aliases = new Map<string, ReadonlySet<string>>();
  readonly #booleans: ReadonlySet<string>;
  readonly #strings: ReadonlySet<string>;
  readonly #collected: ReadonlySet<string>;
  readonly #negatable: ReadonlySet<string>;
  readonly #operands: (string | number)[] = [];
  readonly #result: Level = { _: this.#operands };

  /** @throws {TypeError} when an alias is undefined */
  constructor(options: ParseOptions) {
    this.#options = options;
    for (const [key, value] of Object.entries(options.alias ?? {})) {
      if (value === undefined) throw new TypeError("Alias value must be defined");
      const names = new Set([key, ...listed(value)]);
      for (const name of names) {
        this.#aliases.set(name, names.difference(new Set([name])));
      }
    }
    this.#booleans = this.#declared(options.boolean);
    this.#strings = this.#declared(options.string);
    this.#collected = this.#declared(options.collect);
    this.#negatable = this.#declared(options.negatable);
  }

  /** Whether `key` was declared a boolean, by any of its names. */
  isBoolean(key: string): boolean {
    return this.#booleans.has(key);
  }

  /** Whether `--no-key` means "key is false". */
  isNegatable(key: string): boolean {
    return this.#negatable.has(key);
  }

  /** Whether the word after `key` may be its value. `boolean: true` makes flags of all long options. */
  takesValue(key: string, form: "long" | "short"): boolean {
    if (form === "long" && this.#options.boolean === true) return false;
    return !this.#booleans.has(key);
  }

  /** What `key` is worth when it stands without a value. */
  presence(key: string): RawValue {
    return this.#strings.has(key) ? "" : true;
  }

  /**
   * Records a value under all names of `key`.
   *
   * @param word the argument as typed, for the `unknown` callback, which may refuse it
   */
  set(key: string, value: RawValue, word: string): void {
    this.#set(key, value, word, this.#collected.has(key));
  }

  /** Records `--no-key`: false, in place of all that was collected. */
  negate(key: string, word: string): void {
    this.#set(key, false, word, false);
  }

  /** Records an operand; `rest` means that `stopEarly` makes operands of all that follows. */
  operand(word: string): "next" | "rest" {
    if (this.#options.unknown === undefined || this.#options.unknown(word) !== false) {
      this.#operands.push(this.#strings.has("_") ? word : numeric(word));
    }
    return this.#options.stopEarly ? "rest" : "next";
  }

  /** Records operands as they are typed. */
  rest(words: readonly string[]): void {
    this.#operands.push(...words);
  }

  /** Fills in what was not given and returns the whole. */
  finish(afterTerminator: readonly string[]): Level {
    for (const [key, value] of Object.entries(this.#options.default ?? {})) {
      if (has(this.#result, key)) continue;
      for (const name of this.#namesOf(key)) put(this.#result, name, value, false);
    }
    for (const key of this.#booleans) {
      if (has(this.#result, key)) continue;
      put(this.#result, key, this.#collected.has(key) ? [] : false, false);
    }
    for (const key of this.#strings) {
      if (has(this.#result, key) || !this.#collected.has(key)) continue;
      put(this.#result, key, [], false);
    }
    if (this.#options["--"]) this.#result["--"] = [...afterTerminator];
    else this.rest(afterTerminator);
    return this.#result;
  }

  #set(key: string, raw: RawValue, word: string, collect: boolean): void {
    if (!this.#isKnown(key, word) && this.#options.unknown?.(word, key, raw) === false) return;
    const value = typeof raw === "string" && !this.#strings.has(key) ? numeric(raw) : raw;
    for (const name of this.#namesOf(key)) put(this.#result, name, value, collect);
  }

  #isKnown(key: string, word: string): boolean {
    return [this.#booleans, this.#strings, this.#collected, this.#aliases].some((it) =>
      it.has(key)
    ) || (this.#options.boolean === true && /^--[^=]+$/.test(word));
  }

  #namesOf(key: string): string[] {
    return [key, ...(this.#aliases.get(key) ?? [])];
  }

  #declared(names: boolean | string | readonly string[] | undefined): ReadonlySet<string> {
    if (names === undefined || typeof names === "boolean") return new Set();
    return new Set(listed(names).filter((it) => it !== "").flatMap((it) => this.#namesOf(it)));
  }
}

function listed(names: string | readonly string[]): readonly string[] {
  return typeof names === "string" ? [names] : names;
}

function numeric(text: string): string | number {
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** Writes through a dotted path; a path through an object's prototype or constructor is dropped. */
function put(root: Level, path: string, value: unknown, collect: boolean): void {
  const keys = path.split(".");
  const leaf = keys.pop() ?? "";
  let level = root;
  for (const key of keys) {
    if (isUnsafe(level, key)) return;
    level = (level[key] ??= {}) as Level;
  }
  if (isUnsafe(level, leaf)) return;
  const old = level[leaf];
  if (!collect) level[leaf] = value;
  else if (Array.isArray(old)) old.push(value);
  else level[leaf] = old ? [old, value] : [value];
}

function has(root: Level, path: string): boolean {
  let level: unknown = root;
  for (const key of path.split(".")) {
    if (level === null || level === undefined || !Object.hasOwn(level, key)) return false;
    level = (level as Level)[key];
  }
  return true;
}

function isUnsafe(level: Level, key: string): boolean {
  return key === "__proto__" || (key === "constructor" && typeof level[key] === "function");
}
