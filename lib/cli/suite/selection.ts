/**
 * The scenarios of a run: those that were named, or all, of which only this shard's; and what they say of themselves.
 *
 * Invariant: a file that is broken never keeps the others from running. It is a fault that names the file and, where
 * that is known, the line. A name that does not exist, and a declaration that makes no sense, end the run before it
 * starts.
 *
 * @module
 */

import type { ScenarioFacts } from "../../protocol/journal_event.ts";
import type { Described } from "../../protocol/subject_spec.ts";
import {
  DescribeError,
  describeScenarios,
  findScenario,
  type ScenarioFile,
  shippedScenarios,
  trouble,
} from "../catalog.ts";
import { CommandLineError } from "../command_line_error.ts";
import { count, listed } from "../../report/text/words.ts";
import { errorMessage } from "../../protocol/error_message.ts";

/** A scenario that can run. */
export interface Selected extends ScenarioFile {
  /** As a person would name it to run it again. */
  readonly typed: string;
  readonly facts: ScenarioFacts;
  /** What was set of the parameters that it has. */
  readonly set: Values;
}

/** A scenario that cannot. */
export interface Broken {
  readonly name: string;
  readonly url: string;
  readonly file: string;
  readonly line: number | null;
  readonly message: string;
}

/** What was selected. */
export interface Selection {
  readonly scenarios: readonly Selected[];
  readonly broken: readonly Broken[];
  /** How many there are in all shards together. */
  readonly ofAll: number;
}

/** Describing takes about 100 ms; a file that does not come to its end is given up. */
const DESCRIBE_BOUND_MS = 10_000;

/**
 * Selects.
 *
 * @param words names and paths; all shipped scenarios when there are none
 * @param set parameters, each of which counts for the scenarios that have it
 * @throws {CommandLineError} when one does not exist or is not declared as it can be, or two have the same name; and for a parameter that none of all shards
 * has, or a value that is none
 */
export async function select(
  words: readonly string[],
  shard: Shard | null,
  set: Values = {},
): Promise<Selection> {
  const named = words.length === 0
    ? shippedScenarios().map((file) => ({ ...file, typed: file.name }))
    : await Promise.all(words.map(async (typed) => ({ ...await findScenario(typed), typed })));
  const files = [...new Map(named.map((each) => [each.url, each])).values()];
  refuseTwins(files);
  const isMine = ({ name }: ScenarioFile) => shard === null || inShard(name, shard);
  // Whether anybody has a parameter is asked of all shards, so that every one of them gives the same answer.
  const asked = Object.keys(set).length === 0 ? files.filter(isMine) : files;
  const described = await describeEach(asked, set);
  const mistaken = described.find((each) => !each.ok && each.misdeclared === true);
  if (mistaken?.ok === false) throw new CommandLineError(trouble(mistaken));
  await refuseStray(set, asked, described);
  const scenarios: Selected[] = [];
  const broken: Broken[] = [];
  asked.forEach((file, index) => {
    if (!isMine(file)) return;
    const said = described[index];
    if (said?.ok !== true) {
      const { line = null, message = "it says nothing of itself" } = said ?? {};
      broken.push({ name: file.name, url: file.url, file: said?.file ?? file.url, line, message });
      return;
    }
    // The name of the file counts: it is what can be typed, and what the shards agree on.
    const facts = { ...said.facts, name: file.name };
    scenarios.push({ ...file, facts, set: valuesFor(said, set) });
  });
  return { scenarios, broken, ofAll: files.length };
}

function refuseTwins(files: readonly ScenarioFile[]): void {
  const seen = new Map<string, string>();
  for (const { name, url } of files) {
    const other = seen.get(name);
    if (other !== undefined) {
      throw new CommandLineError(
        `two scenarios are called ${name}: ${pathOf(other)} and ${pathOf(url)}`,
      );
    }
    seen.set(name, url);
  }
}

/** All in one process; when that fails, or takes too long, each in its own, so that the culprit is found. */
async function describeEach(files: readonly ScenarioFile[], set: Values): Promise<Described[]> {
  const bound = () => AbortSignal.timeout(DESCRIBE_BOUND_MS);
  const together = await describeScenarios(files, bound(), set).catch(() => null);
  if (together !== null) return together;
  const alone = async (file: ScenarioFile): Promise<Described[]> => {
    try {
      return await describeScenarios([file], bound(), set);
    } catch (error) {
      if (error instanceof DescribeError) {
        return [{ ok: false, ...error.place, message: error.message }];
      }
      const message = errorMessage(error);
      return [{ ok: false, file: file.url, line: null, message }];
    }
  };
  const all: Described[] = [];
  for (const file of files) all.push(...(await alone(file)).slice(0, 1));
  return all;
}

function pathOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname);
}

/** Part `index` (from 1) of `total`. */
export interface Shard {
  readonly index: number;
  readonly total: number;
}

/**
 * Reads `2/3`.
 *
 * @param where the flag or variable it was written for, for the message
 * @throws {CommandLineError} when it is not one of N parts
 */
export function parseShard(text: string, where: string): Shard {
  const [, index, total] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const shard = { index: Number(index), total: Number(total) };
  if (shard.index >= 1 && shard.total >= 1 && shard.index <= shard.total) return shard;
  throw new CommandLineError(`${where} ${text}: write I/N, as 1/3, 2/3 and 3/3 of three`);
}

/** Whether a scenario belongs to a part. */
export function inShard(name: string, { index, total }: Shard): boolean {
  return fnv1a(name) % total === index - 1;
}

/** FNV-1a, 32 bits: short, known everywhere, and the same on every machine and in every version. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash;
}

/** Values for parameters, by name. */
export type Values = Readonly<Record<string, string>>;

/** What counts for one scenario. */
export function valuesFor(
  { facts: { params } }: Extract<Described, { ok: true }>,
  set: Values,
): Values {
  return Object.fromEntries(Object.entries(set).filter(([key]) => Object.hasOwn(params, key)));
}

/**
 * Refuses what makes no sense to any of the scenarios. With a file among them that cannot be read the parameter may be
 * that file's own, so nothing is refused for being unknown: the run ends as a fault in any case.
 *
 * @param described what the scenarios say of themselves, in the order of `files`
 * @throws {CommandLineError} for a parameter that none of them has, and for a value that one of them refuses
 */
export async function refuseStray(
  set: Values,
  files: readonly ScenarioFile[],
  described: readonly Described[],
): Promise<void> {
  const read = described.filter((each) => each.ok);
  const refused = read.find((each) => each.refused !== undefined)?.refused;
  if (refused !== undefined) throw new CommandLineError(refused);
  if (files.length === 0 || read.length < files.length) return;
  const known = [...new Set(read.flatMap(({ facts }) => Object.keys(facts.params)))];
  for (const key of Object.keys(set)) {
    if (known.includes(key)) continue;
    const { didYouMean } = await import("../../protocol/suggest.ts");
    const [only, more] = files;
    const who = more === undefined
      ? `scenario ${only?.name} has no`
      : `none of the ${files.length} scenarios has a`;
    throw new CommandLineError(
      `${who} parameter ${JSON.stringify(key)}${didYouMean(key, known)}`,
      known.length === 0
        ? `${more === undefined ? "it has" : "they have"} none`
        : `parameters: ${known.toSorted().join(", ")}`,
    );
  }
}

/** For whom each value counts, one line for each that does not count for all. */
export function whoGets(
  set: Values,
  scenarios: readonly { readonly name: string; readonly set: Values }[],
): string[] {
  return Object.entries(set).flatMap(([key, value]) => {
    const mine = scenarios.filter((each) => Object.hasOwn(each.set, key));
    if (mine.length === scenarios.length) return [];
    const names = mine.length === 0 ? "" : `: ${listed(mine.map(({ name }) => name))}`;
    return [
      `--set ${key}=${value} counts for ${mine.length} of ${
        count(scenarios.length, "scenario")
      }${names}`,
    ];
  });
}
