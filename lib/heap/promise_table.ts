/**
 * The promises of one isolate that something waits for, and the functions that are suspended in an `await`, as V8 keeps
 * them: a pending promise has a list of reactions, and the code of a reaction's handler says what it is for. An `await`,
 * a combinator, `finally`, a promise that was resolved with another, a module that waits for its body: each has handlers
 * of V8's own; those of `then` and `catch` are functions of the program.
 *
 * @module
 */

import { type HeapGraph, NONE } from "./heap_graph.ts";

/** A suspended async function, async generator or module. */
export interface Suspended {
  /** The generator object that holds its registers. */
  readonly node: number;
  readonly closure: number;
  /** What it settles when it ends, {@linkcode NONE} where that is gone. */
  readonly result: number;
  readonly what: "async function" | "async generator" | "module";
}

/** How a promise follows from others. */
export type Follows =
  | { readonly kind: "then"; readonly handler: number }
  | { readonly kind: "finally" }
  /** Resolved with another promise. */
  | { readonly kind: "same" }
  | { readonly kind: "all" | "allSettled" | "any" };

/** One promise that another one, or a function, waits for. */
export interface Source {
  readonly on: number;
  readonly how: Follows;
}

const COMBINATORS: readonly (readonly [RegExp, "all" | "allSettled" | "any"])[] = [
  [/PromiseAllSettled/, "allSettled"],
  [/PromiseAll(Resolve|Reject)Element/, "all"],
  [/PromiseAny/, "any"],
];

/** The waits of one graph. */
export class PromiseTable {
  readonly #graph: HeapGraph;
  readonly suspended: Suspended[] = [];
  /** By the promise that a function settles when it ends, or an async generator with its next step. */
  readonly producers = new Map<number, Suspended>();
  /** What a suspended function awaits, by its generator object. */
  readonly awaits = new Map<number, number[]>();
  /** What settles a promise because another one settles. */
  readonly sources = new Map<number, Source[]>();
  /** Of each reaction: the promise that it waits for, and the one that `then` returned for it. */
  readonly reactions = new Map<number, { readonly on: number; readonly derived: number }>();
  /** Modules whose evaluation a promise stands for. */
  readonly modules = new Map<number, number>();
  readonly #byNode = new Map<number, Suspended>();

  constructor(graph: HeapGraph) {
    this.#graph = graph;
    const pending: (readonly [promise: number, reaction: number])[] = [];
    const modules: number[] = [];
    for (let node = 0; node < graph.nodeCount; node++) {
      if (graph.type(node) === "object") {
        const found = this.#look(node);
        if (found !== NONE) pending.push([node, found]);
      } else if (graph.name(node) === "system / SourceTextModule") {
        modules.push(node);
      }
    }
    for (const module of modules) this.#takeModule(module);
    for (const [promise, reaction] of pending) this.#takeReactions(promise, reaction);
  }

  /** The suspended function of a generator object. */
  byNode(node: number): Suspended | undefined {
    return this.#byNode.get(node);
  }

  /** Takes in a suspended function; the first reaction of a promise that something waits for. */
  #look(node: number): number {
    const graph = this.#graph;
    const [from, to] = graph.edges(node);
    for (let edge = from; edge < to; edge++) {
      const name = graph.edgeName(edge);
      if (name === "parameters_and_registers") {
        this.#takeSuspended(node);
        return NONE;
      }
      if (name === "reactions_or_result") {
        const target = graph.target(edge);
        return graph.name(target) === "system / PromiseReaction" ? target : NONE;
      }
    }
    return NONE;
  }

  #takeSuspended(node: number): void {
    const graph = this.#graph;
    const closure = graph.child(node, "function");
    if (closure === NONE) return;
    let result = NONE;
    const requests: number[] = [];
    const [from, to] = graph.edges(node);
    for (let edge = from; edge < to; edge++) {
      const target = graph.target(edge);
      const type = graph.edgeType(edge);
      if (type === "hidden" && isPromise(graph, target)) result = target;
      if (/AsyncGeneratorRequest/.test(graph.name(target))) requests.push(target);
    }
    const isGenerator = requests.length > 0 || graph.child(node, "queue") !== NONE;
    // A generator that is not async waits for nothing.
    if (result === NONE && !isGenerator) return;
    const what = isGenerator ? "async generator" : "async function";
    const suspended: Suspended = { node, closure, result, what };
    this.#add(suspended);
    for (const request of requests) this.#takeRequests(request, suspended);
  }

  #add(suspended: Suspended): void {
    const before = this.#byNode.get(suspended.node);
    if (before !== undefined) this.suspended[this.suspended.indexOf(before)] = suspended;
    else this.suspended.push(suspended);
    this.#byNode.set(suspended.node, suspended);
    if (suspended.result !== NONE) this.producers.set(suspended.result, suspended);
  }

  /** The queue of an async generator: each request has the promise that `next()` returned. */
  #takeRequests(first: number, suspended: Suspended): void {
    const graph = this.#graph;
    const seen = new Set<number>();
    for (let request = first; request !== NONE && !seen.has(request);) {
      seen.add(request);
      let next = NONE;
      const [from, to] = graph.edges(request);
      for (let edge = from; edge < to; edge++) {
        const target = graph.target(edge);
        if (/AsyncGeneratorRequest/.test(graph.name(target))) next = target;
        else if (isPromise(graph, target)) this.producers.set(target, suspended);
      }
      request = next;
    }
  }

  /** A module: the promise of its evaluation, and the function that is its body. */
  #takeModule(node: number): void {
    const graph = this.#graph;
    const [from, to] = graph.edges(node);
    let body = NONE;
    for (let edge = from; edge < to; edge++) {
      const target = graph.target(edge);
      if (graph.edgeType(edge) !== "hidden") continue;
      if (isPromise(graph, target)) this.modules.set(target, node);
      else if (graph.child(target, "parameters_and_registers") !== NONE) body = target;
    }
    if (body === NONE) return;
    const closure = graph.child(body, "function");
    if (closure === NONE) return;
    const known = this.#byNode.get(body);
    if (known !== undefined) this.#add({ ...known, what: "module" });
  }

  #takeReactions(promise: number, first: number): void {
    const graph = this.#graph;
    for (let reaction = first; reaction !== NONE;) {
      let next = NONE;
      let derived = NONE;
      const handlers: number[] = [];
      const [from, to] = graph.edges(reaction);
      for (let edge = from; edge < to; edge++) {
        const target = graph.target(edge);
        const name = graph.name(target);
        if (name === "system / PromiseReaction") next = target;
        else if (graph.type(target) === "closure") handlers.push(target);
        else if (name === "system / PromiseCapability") derived = promiseIn(graph, target);
        else if (isPromise(graph, target)) derived = target;
      }
      this.#takeReaction(promise, handlers, derived);
      this.reactions.set(reaction, { on: promise, derived });
      reaction = next;
    }
  }

  #takeReaction(on: number, handlers: readonly number[], derived: number): void {
    const graph = this.#graph;
    for (const handler of handlers) {
      const code = codeOf(graph, handler);
      const context = graph.child(handler, "context");
      const waiter = context === NONE ? NONE : graph.child(context, "extension");
      if (waiter !== NONE && this.#byNode.has(waiter)) return this.#addAwait(waiter, on);
      if (/CallAsyncModule/.test(code)) return;
      const combinator = COMBINATORS.find(([pattern]) => pattern.test(code))?.[1];
      const result = combinator === undefined ? NONE : promiseNear(graph, context);
      if (combinator !== undefined && result !== NONE) {
        return this.#addSource(result, { on, how: { kind: combinator } });
      }
    }
    for (const handler of handlers) {
      // A promise that was resolved with another, and `race`: what settles the one is the reaction of the other.
      if (!/PromiseCapabilityDefault/.test(codeOf(graph, handler))) continue;
      const context = graph.child(handler, "context");
      const result = context === NONE ? NONE : promiseIn(graph, context);
      if (result !== NONE && result !== on) {
        return this.#addSource(result, { on, how: { kind: "same" } });
      }
    }
    const own = handlers.find((handler) => graph.location(handler) !== null) ?? handlers[0] ?? NONE;
    const how: Follows = handlers.some((each) => /Finally/.test(codeOf(graph, each)))
      ? { kind: "finally" }
      : { kind: "then", handler: own };
    if (derived !== NONE) this.#addSource(derived, { on, how });
  }

  #addAwait(waiter: number, on: number): void {
    const list = this.awaits.get(waiter);
    if (list === undefined) this.awaits.set(waiter, [on]);
    else if (!list.includes(on)) list.push(on);
  }

  #addSource(promise: number, source: Source): void {
    const list = this.sources.get(promise);
    if (list === undefined) this.sources.set(promise, [source]);
    else list.push(source);
  }
}

/** Whether a node is a promise, of whatever class. */
export function isPromise(graph: HeapGraph, node: number): boolean {
  if (graph.type(node) !== "object") return false;
  // One that is pending without a reaction has no edge by which it could be told from its class.
  return graph.name(node) === "Promise" || graph.child(node, "reactions_or_result") !== NONE;
}

/** `system / Code / NAME (builtin)`: which function of V8 a closure is. */
export function codeOf(graph: HeapGraph, closure: number): string {
  const code = graph.child(closure, "code");
  return code === NONE ? "" : graph.name(code);
}

function promiseIn(graph: HeapGraph, node: number): number {
  const [from, to] = graph.edges(node);
  for (let edge = from; edge < to; edge++) {
    if (isPromise(graph, graph.target(edge))) return graph.target(edge);
  }
  return NONE;
}

/** The promise that the context of a combinator's handler leads to, by way of its capability. */
function promiseNear(graph: HeapGraph, context: number): number {
  const direct = promiseIn(graph, context);
  if (direct !== NONE) return direct;
  const [from, to] = graph.edges(context);
  for (let edge = from; edge < to; edge++) {
    const target = graph.target(edge);
    if (graph.name(target) === "system / PromiseCapability") return promiseIn(graph, target);
  }
  return NONE;
}
