/**
 * Which pending promises can never settle: proven by reachability, as a garbage collector would prove it.
 *
 * A watched process keeps its pending promises alive in a Set of unwedge's, for V8 would otherwise collect a deadlock
 * before anybody sees it. What can be reached from the roots without that Set is what code that still runs, or will run,
 * can get at. A promise is settled by something that refers to it: its resolving functions, the async function whose
 * result it is, a reaction of the promise that it was derived from, a combinator, native code. When none of them can be
 * reached, it stays pending.
 *
 * Invariant: everything that refers to a promise counts as able to settle it, but for the references of which it is
 * known that they cannot, which are those of values: JavaScript that has a promise in a variable, a property, an
 * element or a Map can only wait for it. Likewise whatever waits for a promise is not reached through it until the
 * promise itself could be settled. A doubt costs a proof and never makes a false one.
 *
 * A function is known to reach of the scopes around it only the variables that it can use, where the text of its script
 * is there; what has a scope in any other way, such as a call that is suspended, reaches all of it.
 *
 * @module
 */

import { isPromise } from "./handler_kinds.ts";
import { type HeapGraph, NONE } from "./heap_graph.ts";
import type { PromiseTable } from "./promise_table.ts";
import type { UsableCode } from "./usable_code.ts";

/** The class of the Set, or Map, that keeps the pending promises of a watched process. */
export const PENDING_SET = "UnwedgePendingPromises";

/** References to values, by the type of the edge. */
const VALUE_EDGES: ReadonlySet<string> = new Set(["property", "element", "context"]);
/** Arrays that hold the values of the object which refers to them so. */
const VALUE_ARRAYS: ReadonlySet<string> = new Set([
  "elements",
  "properties",
  "table",
  "parameters_and_registers",
]);

/** A name that a program can write, and that stands in a snapshot as it does there: long ones are cut off. */
const IDENTIFIER = /^[A-Za-z_$][\w$]{0,999}$/;

/** What is known of the promises of a watched isolate. */
export class NeverSettled {
  readonly #graph: HeapGraph;
  readonly #table: PromiseTable;
  /** By node: whether it can be reached; and of a promise whether it could be settled. */
  readonly #reached: Uint8Array;
  readonly #couldSettle: Uint8Array;
  readonly #stack: number[] = [];
  readonly #isValueArray = new Map<number, boolean>();
  readonly #reaction: number;
  readonly #module: number;
  readonly #context: number;
  readonly #previous: number;
  readonly #code: UsableCode | null;
  /** By scope: the sets of names that have been looked up in it. */
  readonly #lookedUp = new Map<number, Set<ReadonlySet<string>>>();

  /**
   * @param pendingTable the table of the Set
   */
  private constructor(
    graph: HeapGraph,
    table: PromiseTable,
    code: UsableCode | null,
    readonly pendingTable: number,
  ) {
    this.#graph = graph;
    this.#code = code;
    this.#context = graph.indexOf("context");
    this.#previous = graph.indexOf("previous");
    this.#table = table;
    this.#reached = new Uint8Array(graph.nodeCount);
    this.#couldSettle = new Uint8Array(graph.nodeCount);
    this.#module = graph.indexOf("system / SourceTextModule");
    this.#reaction = graph.indexOf("system / PromiseReaction");
    this.#reached[pendingTable] = 1;
    for (let node = 0; node < graph.nodeCount; node++) {
      if (node === 0 || isNative(graph, node)) this.#reach(node);
    }
    this.#run();
  }

  /**
   * Finds out; null for an isolate whose pending promises nobody kept, of which nothing can be proven.
   *
   * @param code what code can still use; null for all that it sees
   */
  static of(
    graph: HeapGraph,
    table: PromiseTable,
    code: UsableCode | null,
  ): NeverSettled | null {
    const name = graph.indexOf(PENDING_SET);
    if (name === NONE) return null;
    const sets: number[] = [];
    for (let node = 0; node < graph.nodeCount; node++) {
      if (graph.nameIndex(node) !== name || graph.type(node) !== "object") continue;
      const entries = graph.child(node, "table");
      // The prototype is called so, too, and has none.
      if (entries !== NONE) sets.push(entries);
    }
    const [only, ...others] = sets;
    return only === undefined || others.length > 0
      ? null
      : new NeverSettled(graph, table, code, only);
  }

  /** Whether it is proven that a pending promise stays pending, or what a suspended function awaits. */
  includes(node: number): boolean {
    if (this.#table.byNode(node) === undefined) return this.#couldSettle[node] === 0;
    const awaited = this.#table.awaitsOf(node);
    return awaited.length > 0 && awaited.every((promise) => this.#couldSettle[promise] === 0);
  }

  /** The errors that were made with promises, by those: each knows the line. None where they were not made. */
  sites(): ReadonlyMap<number, number> {
    const graph = this.#graph;
    const byPlace = new Map<number, number>();
    const [from, to] = graph.edges(this.pendingTable);
    for (let edge = from; edge < to; edge++) {
      byPlace.set(Number(graph.edgeName(edge)), graph.target(edge));
    }
    const sites = new Map<number, number>();
    for (const [place, node] of byPlace) {
      const value = byPlace.get(place + 1);
      if (isPromise(graph, node) && value !== undefined && graph.name(value) === "Error") {
        sites.set(node, value);
      }
    }
    return sites;
  }

  #reach(node: number): void {
    if (this.#reached[node] === 1) return;
    this.#reached[node] = 1;
    this.#stack.push(node);
  }

  #run(): void {
    const graph = this.#graph;
    for (let node = this.#stack.pop(); node !== undefined; node = this.#stack.pop()) {
      const names = this.#code?.variablesOf(node) ?? null;
      const [from, to] = graph.edges(node);
      for (let edge = from; edge < to; edge++) {
        const isScope = names !== null && graph.edgeNameIndex(edge) === this.#context &&
          graph.edgeType(edge) === "internal";
        if (isScope) this.#lookUp(names, graph.target(edge));
        else this.#follow(edge, node);
      }
    }
  }

  #follow(edge: number, node: number): void {
    const graph = this.#graph;
    const target = graph.target(edge);
    if (graph.nameIndex(target) === this.#reaction && isPromise(graph, node)) {
      // Of one that is settled, it is no reaction but the result.
      if (this.#couldSettle[node] === 1) this.#reach(target);
    } else if (isPromise(graph, target)) this.#reachPromise(edge, node, target);
    else if (graph.nameIndex(node) !== this.#module || !this.#isOver(target)) this.#reach(target);
  }

  /** Reaches variables of a scope and those around it by their names. */
  #lookUp(names: ReadonlySet<string>, innermost: number): void {
    const graph = this.#graph;
    for (let scope = innermost; scope !== NONE && this.#reached[scope] === 0;) {
      if (!graph.name(scope).startsWith("system / Context")) return this.#reach(scope);
      const lookedUp = this.#lookedUp.get(scope) ?? new Set();
      if (lookedUp.has(names)) return;
      this.#lookedUp.set(scope, lookedUp.add(names));
      let outer = NONE;
      const [from, to] = graph.edges(scope);
      for (let edge = from; edge < to; edge++) {
        const type = graph.edgeType(edge);
        if (type === "internal" && graph.edgeNameIndex(edge) === this.#previous) {
          outer = graph.target(edge);
          continue;
        }
        const name = type === "context" ? graph.edgeName(edge) : "";
        if (names.has(name) || !IDENTIFIER.test(name)) this.#follow(edge, scope);
      }
      scope = outer;
    }
  }

  /** Whether the record of a module, which keeps its body, does not run it any more: when it awaits, what it awaits does. */
  #isOver(body: number): boolean {
    if (this.#code?.hasEnded(body)) return true;
    return this.#table.byNode(body) !== undefined && this.#table.awaitsOf(body).length > 0;
  }

  #reachPromise(edge: number, holder: number, promise: number): void {
    if (this.#couldSettle[promise] === 0 && !this.#isValue(edge, holder)) {
      this.#couldSettle[promise] = 1;
      const reactions = this.#graph.child(promise, "reactions_or_result");
      // Else they are reached with the promise.
      if (this.#reached[promise] === 1 && reactions !== NONE) this.#reach(reactions);
    }
    this.#reach(promise);
  }

  /** Whether a reference to a promise is known to be one by which nothing can settle it. */
  #isValue(edge: number, holder: number): boolean {
    const graph = this.#graph;
    const type = graph.edgeType(edge);
    if (VALUE_EDGES.has(type)) return type === "context" || !this.#isHeldByNative(holder);
    if (graph.type(holder) === "array") return this.#isArrayOfValues(holder);
    return false;
  }

  /** Whether an array holds nothing but values of JavaScript: of a list, an object, a Map, a suspended function. */
  #isArrayOfValues(array: number): boolean {
    const known = this.#isValueArray.get(array);
    if (known !== undefined) return known;
    const graph = this.#graph;
    let is = true;
    for (const edge of graph.incoming(array)) {
      const holder = graph.source(edge);
      is &&= VALUE_ARRAYS.has(graph.edgeName(edge)) && graph.type(holder) === "object" &&
        !this.#isHeldByNative(holder);
    }
    this.#isValueArray.set(array, is);
    return is;
  }

  /** Native code keeps what it will settle in a property of its own objects, too. */
  #isHeldByNative(holder: number): boolean {
    const graph = this.#graph;
    for (const edge of graph.incoming(holder)) {
      if (isNative(graph, graph.source(edge))) return true;
    }
    return false;
  }
}

/** Roots of the heap and objects of native code. V8's own objects are of that type, too, since version 15. */
function isNative(graph: HeapGraph, node: number): boolean {
  const type = graph.type(node);
  return type === "synthetic" || (type === "native" && !graph.name(node).startsWith("system /"));
}
