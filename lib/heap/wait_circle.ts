/**
 * The circle of a wait that never ends: functions that hold what would settle a promise, and wait for that promise
 * themselves. A pool that is drained by those that wait for it is one.
 *
 * @module
 */

import type { AwaitNode } from "../model/await_node.ts";
import type { HeapGraph } from "./heap_graph.ts";
import type { Places } from "./places.ts";
import type { PromiseTable, Suspended } from "./promise_table.ts";
import { isOutermost, isPassage } from "./retaining_path.ts";
import type { Scripts } from "./scripts.ts";
import type { SettlerSearch } from "./settlers.ts";

/** Functions that are told of one promise. */
const MOST = 3;
/** References that are looked at for one promise, and for all together. */
const MOST_EDGES = 10_000;
const ALL_EDGES = 1_000_000;

/** Finds them in one graph. */
export class WaitCircles {
  readonly #graph: HeapGraph;
  readonly #table: PromiseTable;
  readonly #scripts: Scripts;
  readonly #settlers: SettlerSearch;
  readonly #known = new Map<number, readonly Suspended[]>();
  /** References that may still be looked at. */
  #left = ALL_EDGES;

  constructor(graph: HeapGraph, table: PromiseTable, scripts: Scripts, settlers: SettlerSearch) {
    this.#graph = graph;
    this.#table = table;
    this.#scripts = scripts;
    this.#settlers = settlers;
  }

  /** Those of a promise that is proven to stay pending, the nearest first; none of another. */
  heldBy(promise: number, places: Places | null): NonNullable<AwaitNode["heldBy"]> {
    if (!this.#settlers.never?.includes(promise)) return [];
    const found = this.#known.get(promise) ?? this.#search(promise);
    this.#known.set(promise, found);
    return found.map((each) => ({
      name: this.#scripts.nameOf(each),
      position: places?.suspended(each).position ?? null,
    }));
  }

  #search(promise: number): readonly Suspended[] {
    const graph = this.#graph;
    const seen = new Set(this.#settlers.functionsOf(promise));
    const found: Suspended[] = [];
    const until = Math.max(0, this.#left - MOST_EDGES);
    for (const node of seen) {
      for (const edge of graph.incoming(node)) {
        if (this.#left-- <= until || found.length === MOST) return found;
        const holder = graph.source(edge);
        const isReceiver = graph.edgeType(edge) === "internal" &&
          graph.edgeName(edge) === "receiver";
        if (seen.has(holder) || !isReceiver && !isPassage(graph, edge, holder)) continue;
        if (holder === this.#settlers.never?.pendingTable) continue;
        const waiter = this.#table.byNode(holder);
        if (waiter === undefined) {
          // What a whole module sees, each function of it has.
          if (!isScope(graph, holder) || !isOutermost(graph, holder)) seen.add(holder);
        } else if (graph.edgeName(edge) !== "context" && !found.includes(waiter)) {
          const isUsers = this.#scripts.isUsers(waiter.closure);
          if (isUsers && this.#settlers.comesAfter(holder, promise)) found.push(waiter);
        }
      }
    }
    return found;
  }
}

function isScope(graph: HeapGraph, node: number): boolean {
  return graph.name(node).startsWith("system / Context");
}
