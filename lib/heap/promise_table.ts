/**
 * The promises of one isolate that something waits for, and the functions that are suspended in an `await`, as V8 keeps
 * them: a pending promise has a list of reactions, and the code of a reaction's handler says what it is for. An `await`,
 * a combinator, `finally`, a promise that was resolved with another, a module that waits for its body: each has handlers
 * of V8's own; those of `then` and `catch` are functions of the program.
 *
 * @module
 */

import { type HeapGraph, NONE } from "./heap_graph.ts";
import { HandlerKinds, isPromise, promiseIn, promiseNear } from "./handler_kinds.ts";

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

/** One object each, for there may be 100,000 of them. */
const FOLLOWS = {
  all: { kind: "all" },
  allSettled: { kind: "allSettled" },
  any: { kind: "any" },
  finally: { kind: "finally" },
  same: { kind: "same" },
} as const;

/** The waits of one graph. */
export class PromiseTable {
  readonly #graph: HeapGraph;
  readonly suspended: Suspended[] = [];
  /** What settles a promise because another one settles. */
  readonly sources = new Map<number, Source[]>();
  /** Modules whose evaluation a promise stands for. */
  readonly modules = new Map<number, number>();
  /** By node: 1 and the place in `suspended`; of a generator object, and of the promises that it settles. */
  readonly #functionOf: Int32Array;
  /** By place in `suspended`: 1 and the promise that it awaits; further ones, which are rare, beside them. */
  #awaits = new Int32Array(0);
  readonly #alsoAwaits = new Map<number, number[]>();
  readonly #kinds: HandlerKinds;
  /** Of the reactions that were asked for: the promise. */
  readonly #reactionOn = new Map<number, number>();

  constructor(graph: HeapGraph) {
    this.#graph = graph;
    this.#kinds = new HandlerKinds(graph);
    this.#functionOf = new Int32Array(graph.nodeCount);
    const pending: number[] = [];
    const modules: number[] = [];
    const module = graph.indexOf("system / SourceTextModule");
    for (let node = 0; node < graph.nodeCount; node++) {
      if (graph.nameIndex(node) === module) modules.push(node);
      else if (graph.type(node) === "object" && this.#look(node)) pending.push(node);
    }
    for (const node of modules) this.#takeModule(node);
    this.#awaits = new Int32Array(this.suspended.length);
    for (const promise of pending) this.#takeReactions(promise);
  }

  /** What settles a promise when it ends, or, an async generator, with its next step. */
  producerOf(promise: number): Suspended | undefined {
    const found = this.suspended[(this.#functionOf[promise] ?? 0) - 1];
    return found?.node === promise ? undefined : found;
  }

  /** The promises that a suspended function awaits; more than one only where it resumes at this moment. */
  awaitsOf(node: number): readonly number[] {
    const at = (this.#functionOf[node] ?? 0) - 1;
    if (this.suspended[at]?.node !== node) return [];
    const first = (this.#awaits[at] ?? 0) - 1;
    return first === NONE ? [] : [first, ...this.#alsoAwaits.get(at) ?? []];
  }

  /** The promise whose reaction a node is, and what `then` returned for it; {@linkcode NONE} for what is not known. */
  reaction(node: number): { readonly on: number; readonly derived: number } {
    const graph = this.#graph;
    const [first, last] = graph.edges(node);
    let derived = NONE;
    for (let edge = first; edge < last; edge++) {
      if (isPromise(graph, graph.target(edge))) derived = graph.target(edge);
    }
    return { on: this.#promiseOf(node), derived };
  }

  /** The promise in whose list a reaction is. One promise may have 100,000, and the list is walked once. */
  #promiseOf(node: number): number {
    const graph = this.#graph;
    const reaction = graph.indexOf("system / PromiseReaction");
    const seen = new Set([node]);
    let on = NONE;
    for (const at of seen) {
      on = this.#reactionOn.get(at) ?? NONE;
      for (const edge of on === NONE ? graph.incoming(at) : []) {
        const holder = graph.source(edge);
        if (graph.edgeName(edge) === "reactions_or_result") on = holder;
        else if (graph.nameIndex(holder) === reaction) seen.add(holder);
      }
      if (on !== NONE) break;
    }
    for (const each of seen) this.#reactionOn.set(each, on);
    return on;
  }

  /** The suspended function of a generator object. */
  byNode(node: number): Suspended | undefined {
    const found = this.suspended[(this.#functionOf[node] ?? 0) - 1];
    return found?.node === node ? found : undefined;
  }

  /** Takes in a suspended function; whether the node is a promise that something waits for. */
  #look(node: number): boolean {
    const graph = this.#graph;
    const [registers, reactions] = [
      graph.indexOf("parameters_and_registers"),
      graph.indexOf("reactions_or_result"),
    ];
    const [from, to] = graph.edges(node);
    for (let edge = from; edge < to; edge++) {
      const name = graph.edgeNameIndex(edge);
      if (name === NONE) continue;
      if (name === registers) {
        this.#takeSuspended(node);
        return false;
      }
      if (name === reactions) {
        return graph.nameIndex(graph.target(edge)) === graph.indexOf("system / PromiseReaction");
      }
    }
    return false;
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
      if (isRequest(graph, target)) requests.push(target);
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
    const { node, result } = suspended;
    const before = this.#functionOf[node] ?? 0;
    if (before > 0) this.suspended[before - 1] = suspended;
    else this.#functionOf[node] = this.suspended.push(suspended);
    if (result !== NONE) this.#produces(suspended, result);
  }

  #produces({ node }: Suspended, promise: number): void {
    this.#functionOf[promise] = this.#functionOf[node] ?? 0;
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
        if (isRequest(graph, target)) next = target;
        else if (isPromise(graph, target)) this.#produces(suspended, target);
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
    const known = this.byNode(body);
    if (known !== undefined) this.#add({ ...known, what: "module" });
  }

  #takeReactions(promise: number): void {
    const graph = this.#graph;
    const [reactionName, capability] = [
      graph.indexOf("system / PromiseReaction"),
      graph.indexOf("system / PromiseCapability"),
    ];
    for (let reaction = graph.child(promise, "reactions_or_result"); reaction !== NONE;) {
      let next = NONE;
      let derived = NONE;
      const handlers: number[] = [];
      const [from, to] = graph.edges(reaction);
      for (let edge = from; edge < to; edge++) {
        const target = graph.target(edge);
        const name = graph.nameIndex(target);
        if (name === reactionName) next = target;
        else if (graph.type(target) === "closure") handlers.push(target);
        else if (name === capability) derived = promiseIn(graph, target);
        else if (isPromise(graph, target)) derived = target;
      }
      this.#takeReaction(promise, handlers, derived);
      reaction = next;
    }
  }

  #takeReaction(on: number, handlers: readonly number[], derived: number): void {
    const graph = this.#graph;
    for (const handler of handlers) {
      const context = graph.child(handler, "context");
      const waiter = context === NONE ? NONE : graph.child(context, "extension");
      if (waiter !== NONE && this.byNode(waiter) !== undefined) return this.#addAwait(waiter, on);
      const kind = this.#kinds.of(handler);
      if (kind === "module") return;
      if (kind !== "all" && kind !== "allSettled" && kind !== "any") continue;
      const result = promiseNear(graph, context);
      if (result !== NONE) return this.#addSource(result, { on, how: FOLLOWS[kind] });
    }
    for (const handler of handlers) {
      // A promise that was resolved with another, and `race`: what settles the one is the reaction of the other.
      if (this.#kinds.of(handler) !== "capability") continue;
      const context = graph.child(handler, "context");
      const result = context === NONE ? NONE : promiseIn(graph, context);
      if (result !== NONE && result !== on) {
        return this.#addSource(result, { on, how: FOLLOWS.same });
      }
    }
    if (derived === NONE) return;
    const own = handlers.find((handler) => graph.location(handler) !== null) ?? handlers[0] ?? NONE;
    const isFinally = handlers.some((each) => this.#kinds.of(each) === "finally");
    const how: Follows = isFinally ? FOLLOWS.finally : { kind: "then", handler: own };
    this.#addSource(derived, { on, how });
  }

  #addAwait(waiter: number, on: number): void {
    const at = (this.#functionOf[waiter] ?? 0) - 1;
    if (this.#awaits[at] === 0) this.#awaits[at] = on + 1;
    else if (!this.awaitsOf(waiter).includes(on)) {
      this.#alsoAwaits.set(at, [...this.#alsoAwaits.get(at) ?? [], on]);
    }
  }

  #addSource(promise: number, source: Source): void {
    const list = this.sources.get(promise);
    if (list === undefined) this.sources.set(promise, [source]);
    else list.push(source);
  }
}

function isRequest(graph: HeapGraph, node: number): boolean {
  return graph.nameIndex(node) === graph.indexOf("system / AsyncGeneratorRequest");
}
