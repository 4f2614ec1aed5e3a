/**
 * What the handlers of promises are for, and where the promise is that they settle: told by the names that V8 gives to
 * its own code and objects.
 *
 * @module
 */

import { type HeapGraph, NONE } from "./heap_graph.ts";

/** What a handler of V8's own is for, by the name of its code; `other` are functions of the program. */
export type HandlerKind =
  | "all"
  | "allSettled"
  | "any"
  | "finally"
  | "capability"
  | "module"
  | "other";

const KINDS: readonly (readonly [RegExp, HandlerKind])[] = [
  [/PromiseAllSettled/, "allSettled"],
  [/PromiseAll(Resolve|Reject)Element/, "all"],
  [/PromiseAny/, "any"],
  [/Finally/, "finally"],
  // An AsyncDisposableStack settles the promise of its disposal by handlers of the same form.
  [/PromiseCapabilityDefault|AsyncDisposableStackOn/, "capability"],
  [/CallAsyncModule/, "module"],
];

/** Tells what handlers are for. There may be 100,000, and a handful of codes. */
export class HandlerKinds {
  readonly #graph: HeapGraph;
  readonly #known = new Map<number, HandlerKind>();

  constructor(graph: HeapGraph) {
    this.#graph = graph;
  }

  /** The kind of a closure. */
  of(handler: number): HandlerKind {
    const code = this.#graph.child(handler, "code");
    if (code === NONE) return "other";
    const known = this.#known.get(code);
    if (known !== undefined) return known;
    const name = this.#graph.name(code);
    const kind = KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? "other";
    this.#known.set(code, kind);
    return kind;
  }
}

/** Whether a node is a promise, of whatever class. */
export function isPromise(graph: HeapGraph, node: number): boolean {
  if (graph.type(node) !== "object") return false;
  // One that is pending without a reaction has no edge by which it could be told from its class.
  return graph.nameIndex(node) === graph.indexOf("Promise") ||
    graph.child(node, "reactions_or_result") !== NONE;
}

/** `system / Code / NAME (builtin)`: which function of V8 a closure is. */
export function codeOf(graph: HeapGraph, closure: number): string {
  const code = graph.child(closure, "code");
  return code === NONE ? "" : graph.name(code);
}

/** The first promise that a node refers to. */
export function promiseIn(graph: HeapGraph, node: number): number {
  const [from, to] = graph.edges(node);
  for (let edge = from; edge < to; edge++) {
    if (isPromise(graph, graph.target(edge))) return graph.target(edge);
  }
  return NONE;
}

/** The promise that the context of a combinator's handler leads to, by way of its capability. */
export function promiseNear(graph: HeapGraph, context: number): number {
  const direct = promiseIn(graph, context);
  if (direct !== NONE) return direct;
  const [from, to] = graph.edges(context);
  for (let edge = from; edge < to; edge++) {
    const target = graph.target(edge);
    if (graph.name(target) === "system / PromiseCapability") return promiseIn(graph, target);
  }
  return NONE;
}
