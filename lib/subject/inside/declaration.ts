/**
 * Checks what a scenario file declares: a file is run without a type check, and a mistyped owner or a negative deadline
 * would make every run of it differ from its declaration, or its document invalid.
 *
 * @module
 */

import { CLASS_NAMES } from "../../protocol/class_names.ts";
import { REMEDIES } from "../../protocol/remedies.ts";

/** The first thing that is wrong with a declaration. */
export interface Mistake {
  readonly message: string;
  /** The key at which it stands, without those around it; null when one is missing at the top. */
  readonly key: string | null;
  /** How the wrong value is written, as far as it can be told; null when there is none. */
  readonly value: string | null;
}

/** A value that is not as it must be: why, and the words that would be right. */
interface Wrong {
  readonly says: string;
  readonly known?: readonly string[];
  /** Of the value itself, or of something in it. */
  readonly path: string;
  readonly value?: unknown;
}

/** Whether a value is as it must be; null when it is. */
type Check = (value: unknown, path: string) => Wrong | null;

const VERDICTS = ["finished", "leaked", "hung", "failed"];
const OWNERS = ["supervisor", "program", "platform"];
/** Also what an owner was called in older scenarios; `defineScenario` reads it as what it means. */
const ALL_OWNERS = [...OWNERS, "ours"];
const CTRL_C = ["unwedges", "ignored", "in-vain", "not-needed"];

/** What `defineScenario` takes. */
const SCENARIO = record({
  name: text,
  summary: text,
  story: text,
  expected: record({
    verdict: word(VERDICTS),
    class: optional(wordOrNull(CLASS_NAMES)),
    owner: optional(wordOrNull(OWNERS, ALL_OWNERS)),
    ctrlC: optional(word(CTRL_C)),
    proven: optional(flag),
    withRemedies: optional(record({
      verdict: word(["finished", "leaked", "hung"]),
      class: wordOrNull(CLASS_NAMES),
      owner: wordOrNull(OWNERS, ALL_OWNERS),
    })),
  }),
  fixedBy: each(word(REMEDIES.map(({ name }) => name))),
  load: optional(word(["light", "spins"])),
  timing: optional(record({
    settleMs: optional(milliseconds(0)),
    softKillMs: optional(milliseconds(0)),
    hardKillMs: optional(milliseconds(0)),
    deadlineMs: optional(milliseconds(1)),
  })),
  params: optional(params),
  run: code,
});

/** Checks what was given to `defineScenario`; null when nothing is wrong with it. */
export async function mistakeIn(options: unknown): Promise<Mistake | null> {
  const wrong = SCENARIO(options, "");
  if (wrong === null) return null;
  const { says, known = [], path, value } = wrong;
  const near = typeof value === "string" && known.length > 0
    ? (await import("../../protocol/suggest.ts")).didYouMean(value, known)
    : "";
  const key = path.slice(path.lastIndexOf(".") + 1).replace(/\[\d+\]$/, "");
  return {
    message: `${says}${near}`,
    key: key === "" ? null : key,
    value: value === undefined ? null : written(value),
  };
}

function optional(check: Check): Check {
  return (value, path) => value === undefined ? null : check(value, path);
}

function record(fields: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return wrong(value, path, `an object with ${listed(Object.keys(fields))}`);
    }
    const within = (key: string) => path === "" ? key : `${path}.${key}`;
    const known = Object.keys(fields);
    const stray = Object.keys(value).find((key) => !known.includes(key));
    if (stray !== undefined) {
      const where = path === "" ? "a scenario" : path;
      const says = `there is no ${JSON.stringify(stray)} in ${where}, only ${listed(known)}`;
      return { says, known, path: within(stray), value: stray };
    }
    const values: Readonly<Record<string, unknown>> = { ...value };
    for (const [key, check] of Object.entries(fields)) {
      const found = check(values[key], within(key));
      if (found !== null) return found;
    }
    return null;
  };
}

function each(check: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return wrong(value, path, "a list");
    for (const [index, one] of value.entries()) {
      const found = check(one, `${path}[${index}]`);
      if (found !== null) return found;
    }
    return null;
  };
}

function word(words: readonly string[]): Check {
  return (value, path) =>
    typeof value === "string" && words.includes(value)
      ? null
      : wrong(value, path, listed(words, "or"), words);
}

/** @param taken the words that are right; those that are told may be fewer */
function wordOrNull(words: readonly string[], taken = words): Check {
  return (value, path) =>
    value === null || (typeof value === "string" && taken.includes(value))
      ? null
      : wrong(value, path, listed([...words, "null"], "or"), words);
}

function text(value: unknown, path: string): Wrong | null {
  return typeof value === "string" && (path !== "name" || value !== "")
    ? null
    : wrong(value, path, "a text");
}

function flag(value: unknown, path: string): Wrong | null {
  return typeof value === "boolean" ? null : wrong(value, path, "true or false");
}

function code(value: unknown, path: string): Wrong | null {
  return typeof value === "function" ? null : wrong(value, path, "a function");
}

function milliseconds(least: number): Check {
  return (value, path) =>
    typeof value === "number" && Number.isFinite(value) && value >= least
      ? null
      : wrong(value, path, `a number of milliseconds, ${least} or more`);
}

/** What the functions for parameters have made. */
function params(value: unknown, path: string): Wrong | null {
  const given = record({ about: text, default: text, read: code });
  if (typeof value !== "object" || value === null) return wrong(value, path, "an object");
  for (const [name, param] of Object.entries(value)) {
    if (given(param, "") === null) continue;
    const made = "what durationParam, optionalDurationParam, countParam or choiceParam returns";
    return wrong(param, `${path}.${name}`, made);
  }
  return null;
}

function wrong(value: unknown, path: string, wanted: string, known?: readonly string[]): Wrong {
  const what = path === "" ? "what defineScenario() is given" : path;
  const says = value === undefined
    ? `\`${what}\` is missing: write ${wanted}`
    : `\`${what}\` cannot be ${written(value)}: write ${wanted}`;
  // What is missing is looked for at what it is missing in.
  const where = value === undefined ? path.slice(0, Math.max(0, path.lastIndexOf("."))) : path;
  return { says, path: where, value, ...known === undefined ? {} : { known } };
}

/** As it might stand in the source. */
function written(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" || typeof value === "boolean" || value === null) return `${value}`;
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

function listed(words: readonly string[], last = "and"): string {
  return `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}
