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
  describe,
  DescribeError,
  findScenario,
  type ScenarioFile,
  shippedScenarios,
} from "../catalog.ts";
import { UsageError } from "../usage_error.ts";
import { inShard, type Shard } from "./shard.ts";

/** A scenario that can run. */
export interface Selected extends ScenarioFile {
  /** As a person would name it to run it again. */
  readonly typed: string;
  readonly facts: ScenarioFacts;
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
 * @throws {UsageError} when one does not exist, or two have the same name
 */
export async function select(words: readonly string[], shard: Shard | null): Promise<Selection> {
  const named = words.length === 0
    ? shippedScenarios().map((file) => ({ ...file, typed: file.name }))
    : await Promise.all(words.map(async (typed) => ({ ...await findScenario(typed), typed })));
  const files = [...new Map(named.map((each) => [each.url, each])).values()];
  refuseTwins(files);
  const mine = shard === null ? files : files.filter(({ name }) => inShard(name, shard));
  const described = await describeEach(mine);
  const scenarios: Selected[] = [];
  const broken: Broken[] = [];
  mine.forEach((file, index) => {
    const said = described[index];
    if (said?.ok !== true) {
      const { line = null, message = "it says nothing of itself" } = said ?? {};
      broken.push({ name: file.name, url: file.url, file: said?.file ?? file.url, line, message });
      return;
    }
    // The name of the file counts: it is what can be typed, and what the shards agree on.
    const facts = { ...said.facts, name: file.name };
    scenarios.push({ ...file, facts });
  });
  return { scenarios, broken, ofAll: files.length };
}

function refuseTwins(files: readonly ScenarioFile[]): void {
  const seen = new Map<string, string>();
  for (const { name, url } of files) {
    const other = seen.get(name);
    if (other !== undefined) {
      throw new UsageError(`two scenarios are called ${name}: ${pathOf(other)} and ${pathOf(url)}`);
    }
    seen.set(name, url);
  }
}

/** All in one process; when that fails, or takes too long, each in its own, so that the culprit is found. */
async function describeEach(files: readonly ScenarioFile[]): Promise<Described[]> {
  const together = await describe(files, AbortSignal.timeout(DESCRIBE_BOUND_MS)).catch(() => null);
  if (together !== null) return together;
  const alone = async (file: ScenarioFile): Promise<Described[]> => {
    try {
      return await describe([file], AbortSignal.timeout(DESCRIBE_BOUND_MS));
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
