/**
 * From the heap graph of an isolate to its await tree: which functions have to be asked where they stand, and the tree
 * with what they answered.
 *
 * @module
 */

import type { LocalValue } from "../model/await_node.ts";
import type { Position } from "../model/dump.ts";
import type { AwaitNode } from "../model/process_dump.ts";
import { isPackageFile } from "../protocol/own_code.ts";
import { AwaitTreeBuilder } from "./await_tree.ts";
import type { HeapGraph, HeapLocation } from "./heap_graph.ts";
import { NeverSettled } from "./never_settled.ts";
import { Pace } from "./pace.ts";
import type { Placed, Places } from "./places.ts";
import { PromiseTable, type Suspended } from "./promise_table.ts";
import { runningTests, testNames } from "./running_tests.ts";
import { type FunctionSite, Scripts } from "./scripts.ts";
import { SettlerSearch } from "./settlers.ts";
import { type CodeFacts, UsableCode } from "./usable_code.ts";

/** How positions are found. */
export interface Positions {
  /** Positions of suspended functions, by the ids of their objects; null where there is no process to ask. */
  readonly locate: ((ids: readonly number[]) => Promise<ReadonlyMap<number, Position>>) | null;
  /** The position of a place where a function begins. */
  begin(site: FunctionSite): Promise<Position | null>;
  /** Where errors were made, by the ids of their objects; absent where there is no process to ask. */
  readonly made?: (ids: readonly number[]) => Promise<ReadonlyMap<number, Position>>;
  /** What objects have as their property `name`, by their ids; absent where there is no process to ask. */
  readonly names?: (ids: readonly number[]) => Promise<ReadonlyMap<number, string>>;
  /** Locals of suspended functions, by the ids of their objects; absent where they are not asked for. */
  readonly values?: (ids: readonly number[]) => Promise<ReadonlyMap<number, readonly LocalValue[]>>;
  /** Of a process that has kept its pending promises from the start; absent: nothing is proven. */
  readonly code?: CodeFacts;
}

/** What waits in an isolate. */
export interface Awaits {
  readonly awaits: readonly AwaitNode[];
  readonly suspended: number;
  /** Whether its pending promises were kept, so that no wait is missing because V8 has collected it. */
  readonly kept: boolean;
}

/** Functions that are asked of each group of those that are alike. */
const ASKED_OF_EACH = 2_000;
const VALUES_OF_EACH = 4;

/**
 * Reads them: the branches in which something belongs to the program.
 *
 * @param signal ends the work
 * @throws the reason of the signal
 */
export async function readAwaits(
  graph: HeapGraph,
  positions: Positions,
  signal?: AbortSignal,
): Promise<Awaits> {
  const pace = new Pace(signal);
  await pace.turn();
  const table = new PromiseTable(graph);
  await pace.turn();
  const scripts = new Scripts(graph);
  const { code } = positions;
  const never = code === undefined
    ? null
    : NeverSettled.of(graph, table, await UsableCode.read(graph, scripts, code));
  const settlers = new SettlerSearch(graph, table, scripts, never);
  const builder = new AwaitTreeBuilder(graph, table, scripts, settlers, pace);
  const { groups, handlers, promises } = await builder.unplaced();
  const asked = await ask(graph, inOrder(groups, scripts), positions);
  const begins = await mapBegins(graph, scripts, [handlers, ...groups.map(closuresOf)], positions);
  const begin = (closure: number): Position | null => {
    const place = graph.location(closure);
    return place === null ? null : begins.get(place) ?? null;
  };
  const sites = never?.sites();
  const siteOf = (promise: number): number => graph.id(sites?.get(promise) ?? 0);
  const made = await positions.made?.(
    promises.filter((promise) => sites?.has(promise)).slice(0, ASKED_OF_EACH).map(siteOf),
  );
  const tests = runningTests(graph, table.suspended, scripts);
  const holders = new Set([...tests.values()].flat().map((node) => graph.id(node)));
  const names = await positions.names?.([...holders].slice(0, ASKED_OF_EACH));
  const values = await positions.values?.(samples(graph, scripts, groups));
  const common = groups.map((group) => commonPlace(graph, group, asked));
  /** By node: 1 and the number of its group. */
  const groupOf = new Int32Array(graph.nodeCount);
  for (const [n, group] of groups.entries()) for (const { node } of group) groupOf[node] = n + 1;
  const whole = groups.map((group) => group.every(({ node }) => asked.has(graph.id(node))));
  const standsAt = (node: number, closure: number): Placed => {
    const group = (groupOf[node] ?? 0) - 1;
    const like = whole[group] === true ? null : common[group] ?? null;
    if (like !== null) return { position: like, positionOf: "sample" };
    const at = asked.get(graph.id(node));
    if (at !== undefined) return { position: at, positionOf: "await" };
    return { position: begin(closure), positionOf: "function" };
  };
  const places: Places = {
    suspended({ node, closure }): Placed {
      return { ...standsAt(node, closure), values: values?.get(graph.id(node)) };
    },
    begin,
    test: ({ node }) => testNames(tests.get(node) ?? [], (each) => names?.get(graph.id(each))),
    made: (promise) => made?.get(siteOf(promise)) ?? null,
  };
  const awaits = await builder.tree(places);
  return { awaits, suspended: table.suspended.length, kept: never !== null };
}

/** The program's own functions first: there may be no time for all, and the runtime's stand behind `--internal-frames`. */
function inOrder<T extends Pick<Suspended, "closure">>(
  groups: readonly (readonly T[])[],
  scripts: Scripts,
): readonly (readonly T[])[] {
  const rank = ([first]: readonly T[]): number => {
    if (first === undefined || !scripts.isUsers(first.closure)) return 2;
    return isPackageFile(scripts.fileOf(first.closure)) ? 1 : 0;
  };
  return groups.toSorted((a, b) => rank(a) - rank(b));
}

/** Of each group of the program's own functions those whose locals are told: they may stand at different places. */
function samples(
  graph: HeapGraph,
  scripts: Scripts,
  groups: readonly (readonly Suspended[])[],
): number[] {
  return groups.flatMap((group) =>
    group.slice(0, VALUES_OF_EACH).filter(({ closure }) => scripts.isUsers(closure))
  ).map(({ node }) => graph.id(node));
}

/** Where those stand that are asked. */
async function ask(
  graph: HeapGraph,
  groups: readonly (readonly Suspended[])[],
  { locate }: Positions,
): Promise<ReadonlyMap<number, Position>> {
  if (locate === null) return new Map();
  // The first of every group before the second of any: there may be no time for all.
  const most = Math.min(ASKED_OF_EACH, Math.max(0, ...groups.map(({ length }) => length)));
  const chosen: number[] = [];
  for (let n = 0; n < most && chosen.length < ASKED_OF_EACH; n++) {
    for (const group of groups) {
      const suspended = group[n];
      if (suspended !== undefined) chosen.push(graph.id(suspended.node));
    }
  }
  return await locate(chosen);
}

/** Where all of a group stand that told; null when they stand in different places, or none told. */
function commonPlace(
  graph: HeapGraph,
  group: readonly Suspended[],
  asked: ReadonlyMap<number, Position>,
): Position | null {
  let common: Position | null = null;
  for (const { node } of group) {
    const at = asked.get(graph.id(node));
    if (at === undefined) continue;
    if (common !== null && !samePlace(common, at)) return null;
    common = at;
  }
  return common;
}

function samePlace(a: Position, b: Position): boolean {
  return a.file === b.file && a.line === b.line && a.column === b.column;
}

function* closuresOf(group: readonly Suspended[]): Generator<number> {
  for (const { closure } of group) yield closure;
}

/** Where functions begin, by place: 100,000 closures of one function share it. */
async function mapBegins(
  graph: HeapGraph,
  scripts: Scripts,
  lists: readonly Iterable<number>[],
  positions: Positions,
): Promise<ReadonlyMap<HeapLocation, Position | null>> {
  const begins = new Map<HeapLocation, Position | null>();
  for (const list of lists) {
    for (const closure of list) {
      const place = graph.location(closure);
      if (place === null || begins.has(place)) continue;
      const site = scripts.siteOf(closure);
      begins.set(place, site === null ? null : await positions.begin(site));
    }
  }
  return begins;
}
