/**
 * Small V8 heap snapshots made by hand, with the nodes and edges that V8 15 writes for promises and suspended functions
 * (as they were seen in snapshots of Deno 2.9.6).
 *
 * @module
 */

import type { HeapGraph } from "../../lib/heap/heap_graph.ts";
import { PENDING_SET } from "../../lib/heap/never_settled.ts";
import { SnapshotReader } from "../../lib/heap/snapshot_reader.ts";

const NODE_TYPES = [
  "hidden",
  "array",
  "string",
  "object",
  "code",
  "closure",
  "native",
  "synthetic",
];
const EDGE_TYPES = ["context", "element", "property", "internal", "hidden", "shortcut", "weak"];

/** A handler of V8's own, by its code. */
export type Builtin =
  | "AsyncFunctionAwaitResolveClosure"
  | "AsyncDisposableStackOnFulfilled"
  | "PromiseAllResolveElementClosure"
  | "PromiseCapabilityDefaultResolve"
  | "PromiseCapabilityDefaultReject";

/** A suspended async function. */
export interface SketchedFunction {
  readonly node: number;
  readonly result: number;
}

/** A snapshot under construction. */
export class HeapSketch {
  readonly #strings = new Map<string, number>([["", 0]]);
  readonly #nodes: { type: number; name: number; edges: [number, number, number][] }[] = [];
  readonly #locations: number[][] = [];
  readonly #registers = new Map<number, number>();
  readonly #lastReaction = new Map<number, number>();

  constructor() {
    this.node("synthetic", "(GC roots)");
  }

  /** Adds an object. */
  node(type: string, name: string): number {
    this.#nodes.push({ type: NODE_TYPES.indexOf(type), name: this.#string(name), edges: [] });
    return this.#nodes.length - 1;
  }

  /** Adds a reference; elements and hidden ones are named by numbers. */
  edge(from: number, type: string, name: string | number, to: number): void {
    const named = typeof name === "number" ? name : this.#string(name);
    this.#nodes[from]?.edges.push([EDGE_TYPES.indexOf(type), named, to]);
  }

  /** A function of the program that begins at a line of a file. */
  closure(name: string, file: string, line: number): number {
    const closure = this.node("closure", name);
    const shared = this.node("code", `system / SharedFunctionInfo / ${name}`);
    this.edge(closure, "internal", "shared", shared);
    this.edge(shared, "internal", "script", this.node("code", `system / Script / ${file}`));
    this.#locations.push([closure, 7, 0, line - 1, 0]);
    return closure;
  }

  /** A function of V8's own, with the context that it closes over. */
  builtin(code: Builtin, context: number): number {
    const closure = this.node("closure", "");
    this.edge(closure, "internal", "code", this.node("code", `system / Code / ${code} (builtin)`));
    this.edge(closure, "internal", "context", context);
    return closure;
  }

  /** A pending promise. */
  promise(): number {
    return this.node("object", "Promise");
  }

  /** The function that resolves a promise. */
  resolver(promise: number): number {
    const context = this.node("object", "system / Context / scope @111");
    this.edge(context, "hidden", 1, promise);
    return this.builtin("PromiseCapabilityDefaultResolve", context);
  }

  /** Has a handler wait for a promise; `derived` is what `then` returned. */
  react(promise: number, handler: number, derived: number | null = null): void {
    const reaction = this.node("native", "system / PromiseReaction");
    const last = this.#lastReaction.get(promise);
    this.#lastReaction.set(promise, reaction);
    if (last === undefined) this.edge(promise, "internal", "reactions_or_result", reaction);
    else this.edge(last, "hidden", 0, reaction);
    this.edge(reaction, "hidden", 2, handler);
    if (derived !== null) this.edge(reaction, "hidden", 3, derived);
  }

  /** An async function that stands in an `await`. */
  suspended(name: string, file: string, line: number, on: number | null): SketchedFunction {
    const node = this.node("object", "Generator");
    const result = this.promise();
    this.edge(node, "internal", "function", this.closure(name, file, line));
    const registers = this.node("array", "");
    this.edge(node, "internal", "parameters_and_registers", registers);
    this.#registers.set(node, registers);
    this.edge(node, "hidden", 3, result);
    if (on !== null) this.awaits(node, on);
    return { node, result };
  }

  /** Has a suspended function keep something in a local variable, or, in place 0, its first parameter. */
  local({ node }: SketchedFunction, value: number, place = 3): void {
    const registers = this.#registers.get(node);
    if (registers !== undefined) this.edge(registers, "internal", String(place), value);
  }

  /** Has a suspended function wait for a promise. */
  awaits(node: number, on: number): void {
    const context = this.node("object", "system / Context / scope @459");
    this.edge(context, "internal", "extension", node);
    this.react(on, this.builtin("AsyncFunctionAwaitResolveClosure", context));
  }

  /** `Promise.all` over promises; the combined promise. */
  all(...promises: number[]): number {
    const combined = this.promise();
    const context = this.node("object", "system / Context / scope @112");
    const capability = this.node("native", "system / PromiseCapability");
    this.edge(context, "hidden", 1, capability);
    this.edge(capability, "hidden", 0, combined);
    for (const promise of promises) {
      this.react(promise, this.builtin("PromiseAllResolveElementClosure", context));
    }
    return combined;
  }

  /** A variable of a module. */
  moduleVariable(name: string, value: number, file = "file:///app/main.ts"): void {
    const context = this.node("object", "system / Context / scope @9");
    this.edge(context, "internal", "previous", this.node("native", "system / NativeContext / "));
    this.edge(context, "context", name, value);
    const closure = this.closure("anyone", file, 1);
    this.edge(closure, "internal", "context", context);
  }

  /** The module whose body a suspended function is. */
  module({ node, result }: SketchedFunction): number {
    const module = this.node("native", "system / SourceTextModule");
    this.edge(module, "hidden", 1, node);
    this.edge(module, "hidden", 2, result);
    return module;
  }

  /** Has a root of the heap refer to an object. */
  root(node: number): void {
    this.edge(0, "internal", "root", node);
  }

  /** The Set in which a watched process keeps its pending promises. */
  keepPending(...promises: number[]): void {
    const set = this.node("object", PENDING_SET);
    const table = this.node("array", "");
    this.edge(set, "internal", "table", table);
    promises.forEach((promise, n) => this.edge(table, "internal", String(n + 5), promise));
    this.root(set);
  }

  /** A Map with one entry. */
  map(key: string, value: number): number {
    const map = this.node("object", "Map");
    const table = this.node("array", "");
    this.edge(map, "internal", "table", table);
    this.edge(table, "internal", "5", this.node("string", key));
    this.edge(table, "internal", "6", value);
    return map;
  }

  /** The snapshot as V8 writes it. */
  text(): string {
    const strings = [...this.#strings.keys()];
    const numbers = this.#nodes.map((
      { type, name, edges },
      n,
    ) => [type, name, n * 2 + 1, 16, edges.length, 0]);
    const edges = this.#nodes.flatMap(({ edges }) =>
      edges.map(([type, name, to]) => [type, name, to * 6])
    );
    const head = {
      meta: {
        node_fields: ["type", "name", "id", "self_size", "edge_count", "detachedness"],
        node_types: [NODE_TYPES, "string", "number", "number", "number", "number"],
        edge_fields: ["type", "name_or_index", "to_node"],
        edge_types: [EDGE_TYPES, "string_or_number", "node"],
        location_fields: ["object_index", "script_id", "script_object_index", "line", "column"],
      },
      node_count: this.#nodes.length,
      edge_count: edges.length,
    };
    const locations = this.#locations.map(([node = 0, ...rest]) => [node * 6, ...rest]);
    return `{"snapshot":${JSON.stringify(head)},\n"nodes":[${numbers.join("\n,")}],\n` +
      `"edges":[${edges.join("\n,")}],\n"trace_tree":[1,[2,"x"]],\n"samples":[],\n` +
      `"locations":[${locations.join("\n,")}],\n"strings":${JSON.stringify(strings)}}`;
  }

  /** The same, read. */
  graph(): HeapGraph {
    const reader = new SnapshotReader();
    reader.push(this.text());
    return reader.finish();
  }

  #string(text: string): number {
    const known = this.#strings.get(text);
    if (known !== undefined) return known;
    this.#strings.set(text, this.#strings.size);
    return this.#strings.size - 1;
  }
}
