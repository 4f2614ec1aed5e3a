/**
 * Joins the results of the shards of one run into one, as if one machine had run it.
 *
 * Invariant: either all shards are there, once each, of one version and one kind of run, or nothing is joined and the
 * error says which one is wrong: a result that silently lacks a shard would be a green build that tested less.
 *
 * @module
 */

import { totalsOf } from "./document.ts";
import type { ResultDocument, ScenarioResult } from "../../model/result.ts";
import { listed } from "../../report/text/words.ts";

/** A result and the directory that it was read from. */
export interface MergeInput {
  readonly dir: string;
  readonly document: ResultDocument;
}

/** The results do not belong together. The message names directories and shards. */
export class MergeError extends Error {
  override readonly name = "MergeError";
}

/** What the joined run knows of itself that its parts do not. */
export interface MergeFacts {
  readonly id: string;
  readonly argv: readonly string[];
}

/**
 * Joins.
 *
 * @param dirOf where the files of an attempt are, seen from the new directory
 * @throws {MergeError} when a shard is missing or there twice, or when they are of different runs
 */
export function mergeResults(
  inputs: readonly MergeInput[],
  { id, argv }: MergeFacts,
  dirOf: (input: MergeInput, dir: string) => string,
): ResultDocument {
  const [first] = inputs;
  if (first === undefined) throw new MergeError("there is nothing to merge");
  refuseMixed(inputs, first);
  refuseGaps(inputs);
  const scenarios = inputs.flatMap((input) =>
    input.document.scenarios.map((scenario): ScenarioResult => ({
      ...scenario,
      runs: scenario.runs.map((run) => ({ ...run, dir: dirOf(input, run.dir) })),
    }))
  ).toSorted(byName(({ name }) => name));
  const twice = scenarios.find(({ name }, index) => scenarios[index + 1]?.name === name);
  if (twice !== undefined) {
    throw new MergeError(`scenario ${twice.name} is in two shards: they are not of one catalog`);
  }
  const unjudged = inputs.flatMap(({ document }) => document.unjudged).toSorted(
    byName(({ scenario }) => scenario),
  );
  const runs = inputs.map(({ document }) => document.run);
  const interruptedBy = runs.find((run) => run.interruptedBy !== null)?.interruptedBy ?? null;
  const { document: { tool, schema, run } } = first;
  return {
    schema,
    tool,
    run: {
      ...run,
      id,
      argv,
      startedAt: runs.map(({ startedAt }) => startedAt).sort()[0] ?? run.startedAt,
      // They ran beside one another: the longest is how long one waited.
      durationMs: Math.max(...runs.map(({ durationMs }) => durationMs)),
      shard: null,
      partial: runs.some(({ partial }) => partial),
      interruptedBy,
      exitCode: exitCodeOf(inputs),
      waits: null,
    },
    totals: totalsOf(scenarios, unjudged),
    scenarios,
    unjudged,
  };
}

function refuseMixed(inputs: readonly MergeInput[], first: MergeInput): void {
  const { tool, run } = first.document;
  for (const { dir, document } of inputs) {
    const versions: [string, string, string][] = [
      ["unwedge", tool.version, document.tool.version],
      ["Deno", tool.deno, document.tool.deno],
      ["V8", tool.v8, document.tool.v8],
    ];
    for (const [what, one, other] of versions) {
      if (one === other) continue;
      throw new MergeError(
        `different versions: ${first.dir} is of ${what} ${one}, ${dir} of ${what} ${other}`,
      );
    }
    if (run.verb === document.run.verb) continue;
    throw new MergeError(
      `different runs: ${first.dir} is of ${run.verb}, ${dir} of ${document.run.verb}`,
    );
  }
}

function refuseGaps(inputs: readonly MergeInput[]): void {
  const seen = new Map<number, string>();
  let total: { readonly n: number; readonly dir: string } | null = null;
  for (const { dir, document: { run } } of inputs) {
    const [, index, n] = /^(\d+)\/(\d+)$/.exec(run.shard ?? "") ?? [];
    if (index === undefined || n === undefined) {
      throw new MergeError(`${dir} is not of a shard: its run was not started with --shard I/N`);
    }
    total ??= { n: Number(n), dir };
    if (Number(n) !== total.n) {
      throw new MergeError(
        `shards of different cuts: ${total.dir} is one of ${total.n}, ${dir} one of ${n}`,
      );
    }
    const twin = seen.get(Number(index));
    if (twin !== undefined) {
      throw new MergeError(`shard ${run.shard} is there twice: ${twin} and ${dir}`);
    }
    seen.set(Number(index), dir);
  }
  if (total === null) return;
  const { n } = total;
  const absent = Array.from({ length: n }, (_, i) => i + 1).filter((index) => !seen.has(index));
  if (absent.length === 0) return;
  const names = listed(absent.map((index) => `${index}/${n}`));
  throw new MergeError(
    `${absent.length === 1 ? "shard" : "shards"} ${names} ${absent.length === 1 ? "is" : "are"} ` +
      `missing: there are ${seen.size} of ${n}`,
  );
}

/** From worst to best; 4, an empty shard, is nothing bad when the others had something. */
function exitCodeOf(inputs: readonly MergeInput[]): number {
  const codes = inputs.map(({ document }) => document.run.exitCode);
  const bad = [1, 125, 130, 143, 129].find((code) => codes.includes(code));
  if (bad !== undefined) return bad;
  return codes.every((code) => code === 4)
    ? 4
    : codes.find((code) => code !== 0 && code !== 4) ?? 0;
}

function byName<T>(name: (each: T) => string): (a: T, b: T) => number {
  return (a, b) => name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0;
}
