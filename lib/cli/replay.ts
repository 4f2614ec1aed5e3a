/**
 * The command that runs the same again: everything that differs from the defaults is written out, also what came from
 * the environment or deno.json, so that it works on another machine and after the files have changed.
 *
 * @module
 */

import { IS_NPM_PACKAGE } from "../protocol/own_code.ts";
import { UNSEEN } from "../protocol/text.ts";
import { DEFAULTS } from "./defaults.ts";
import { durationFlag, fromFileUrl, shortest } from "./paths.ts";
import type { ReproOptions } from "./verbs/repro_options.ts";

const MAIN = new URL("../../main.ts", import.meta.url);

/** The options that change what a run does. */
export type ReplayOptions = Pick<
  ReproOptions,
  | "set"
  | "deadlineMs"
  | "settleMs"
  | "softKillMs"
  | "hardKillMs"
  | "graceMs"
  | "samples"
  | "sampleGapMs"
  | "sigintProbe"
  | "awaitDeadline"
  | "seed"
>;

/** How this unwedge is started: `deno run -A main.ts` from a checkout, `npx unwedge` from npm. */
export function ourCommand(): string {
  if (IS_NPM_PACKAGE) return "npx unwedge";
  const main = MAIN.protocol === "file:" ? quote(shortest(fromFileUrl(MAIN))) : MAIN.href;
  return `deno run -A ${main}`;
}

/**
 * The command line that reproduces a run.
 *
 * @param typedName the scenario as it was typed: a name or a path
 * @param options what was asked for, the drawn seed included
 * @param remedies the remedies to switch on, instead of the ones of `options`
 * @param verb which of the verbs that take them all
 */
export function replayCommand(
  typedName: string,
  options: ReproOptions,
  remedies: readonly string[],
  verb: ReplayVerb = "repro",
): string {
  return replayLine(typedName, remedies, replayFlags(options), verb);
}

/** The command line that was typed, to be typed again. */
export function typedLine(argv: readonly string[]): string {
  return [ourCommand(), ...argv.map(quote)].join(" ");
}

/** The verbs that run one scenario. */
export type ReplayVerb = "repro" | "diagnose";

/** The command line from its parts, as a saved run has them. */
export function replayLine(
  typedName: string,
  remedies: readonly string[],
  flags: readonly string[],
  verb: ReplayVerb = "repro",
): string {
  const words = [ourCommand(), verb, quote(typedName)];
  if (remedies.length > 0) words.push("--remedy", remedies.join(","));
  return [...words, ...flags.map(quote)].join(" ");
}

/** `--set KEY=VALUE` for each, each word by itself and not quoted. */
export function setFlags(set: Readonly<Record<string, string>>): string[] {
  return Object.entries(set).flatMap(([key, value]) => ["--set", `${key}=${value}`]);
}

/** The flags of a run without its remedies, each word by itself and not quoted. */
export function replayFlags(options: ReplayOptions): string[] {
  const words = setFlags(options.set);
  const times: [string, number | null][] = [
    ["--deadline", options.deadlineMs],
    ["--settle", options.settleMs],
    ["--soft-kill", options.softKillMs],
    ["--hard-kill", options.hardKillMs],
    ["--grace", options.graceMs === DEFAULTS.graceMs ? null : options.graceMs],
  ];
  for (const [name, ms] of times) if (ms !== null) words.push(name, durationFlag(ms));
  if (options.samples !== DEFAULTS.samples) words.push("--samples", String(options.samples));
  if (options.sampleGapMs !== DEFAULTS.sampleGapMs) {
    words.push("--sample-gap", durationFlag(options.sampleGapMs));
  }
  if (!options.sigintProbe) words.push("--no-sigint-probe");
  if (options.awaitDeadline) words.push("--await-deadline");
  words.push("--seed", String(options.seed));
  return words;
}

/** A word as a shell takes it, on one line. */
export function quote(word: string): string {
  if (word.search(UNSEEN) >= 0) {
    const seen = word.replace(/['\\]/g, "\\$&").replace(UNSEEN, escaped);
    return `$'${seen}'`;
  }
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** As bash and zsh read it between `$'` and `'`: the bytes, which are the same in every locale. */
function escaped(char: string): string {
  const bytes = new TextEncoder().encode(char);
  return Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}
