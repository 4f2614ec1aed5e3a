/**
 * The scenarios of a run: those that were named, or all, of which only this shard's; and what they say of themselves.
 *
 * Invariant: a file that is broken never keeps the others from running. It is a fault that names the file and, where
 * that is known, the line; only a name that does not exist ends the run before it starts.
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
} from "../catalog.ts";
import { CommandLineError } from "../command_line_error.ts";
import { refuseStray, type Values, valuesFor } from "./parameters.ts";
import { inShard, type Shard } from "./shard.ts";

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
 * @throws {CommandLineError} when one does not exist, or two have the same name; and for a parameter that none of all shards
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
      const message = error instanceof Error ? error.message : String(error);
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
