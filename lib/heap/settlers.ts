/**
 * Who could still settle a promise: where the functions that resolve and reject it are kept. Their retainers are walked
 * backwards, breadth first, until one of them has a name that the program knows: a variable of a module, a global, a
 * timer, an operation of the runtime, a local of a suspended function. That path, read forwards, is the answer.
 *
 * Invariant: a path is where a function is kept, and no promise that it will be called.
 *
 * @module
 */

import type { Settler } from "../model/process_dump.ts";
import { isInternalFile, isPackageFile } from "../protocol/own_code.ts";
import { type HeapGraph, NONE } from "./heap_graph.ts";
import { codeOf } from "./handler_kinds.ts";
import type { NeverSettled } from "./never_settled.ts";
import type { PromiseTable } from "./promise_table.ts";
import type { Scripts } from "./scripts.ts";
import {
  type Anchor,
  anchorOf,
  closureAt,
  eventIn,
  isOutermost,
  isPassage,
  stepText,
} from "./retaining_path.ts";

/**
 * A settler, and what it waits for itself: of a handler of another promise that promise, with what `then` returned for
 * it; a suspended function that closes over what settles.
 */
export interface FoundSettler extends Settler {
  readonly on: number;
  readonly derived: number;
}

/** Nodes that are visited for one promise at most: what is further away says nothing to a reader. */
const MOST_VISITED = 4_000;
/** And after a first name has been found, in search of a better one. */
const MORE_VISITED = 400;
/** References that are looked at for one promise at most: 100,000 functions may have one object as their receiver. */
const MOST_EDGES = 200_000;
/** And for all of a heap together; from then on there are only few for each. */
const ALL_EDGES = 4_000_000;
const FEW_EDGES = 100;
/** References to one node from which on it is worth while to remember those that count. */
const MANY_EDGES = 64;
/** Promises that are followed to see whether one waits for another. */
const MOST_LINKS = 100;
/** Names for which a better one is looked for. */
const WEAK: ReadonlySet<string> = new Set(["variable", "local"]);
/** Where a path leads into the inside of a stream of the runtime's. */
const INSIDE_STREAM = /\[symbol (?:k[A-Z]\w*|nodejs\.[^\]]*|\[\[\w+\]\])\].*$/s;
/** And into the inside of an event target of Node's. */
const INSIDE_TARGET = /\[symbol kEvents\].*$/s;

/** Finds settlers in one graph. */
export class SettlerSearch {
  readonly #graph: HeapGraph;
  readonly #table: PromiseTable;
  readonly #scripts: Scripts;

  /** References that have been looked at. */
  #edges = 0;
  /** By node, of those to which many references lead: those by which a function can be reached. */
  readonly #passages = new Map<number, readonly number[]>();

  /** Null where nothing can be proven. */
  readonly never: NeverSettled | null;

  constructor(
    graph: HeapGraph,
    table: PromiseTable,
    scripts: Scripts,
    never: NeverSettled | null = null,
  ) {
    this.never = never;
    this.#graph = graph;
    this.#table = table;
    this.#scripts = scripts;
  }

  /** The nearest place of what resolves a promise, and of what rejects it where that is another. */
  of(promise: number): readonly FoundSettler[] {
    const { resolve, reject, other } = this.#functionsOf(promise);
    const found: FoundSettler[] = [];
    for (const [does, starts] of [["resolve", resolve], ["reject", reject]] as const) {
      const settler = starts.length === 0 ? null : this.#search(starts, does, promise);
      if (settler !== null && !found.some(({ path, by }) => same(path, by, settler))) {
        found.push(settler);
      }
    }
    if (found.length > 0 || other.length === 0) return found;
    const settler = this.#search(other, "settle", promise);
    return settler === null ? [] : [settler];
  }

  /** The functions that resolve and reject a promise. */
  functionsOf(promise: number): readonly number[] {
    const { resolve, reject } = this.#functionsOf(promise);
    return [...resolve, ...reject];
  }

  /** The functions that settle it, and whatever else holds it that could be native code with its resolver. */
  #functionsOf(promise: number): Readonly<Record<"resolve" | "reject" | "other", number[]>> {
    const graph = this.#graph;
    const [resolve, reject, other]: number[][] = [[], [], []];
    for (const edge of graph.incoming(promise)) {
      const holder = graph.source(edge);
      const name = graph.name(holder);
      if (graph.type(holder) === "synthetic") other?.push(holder);
      if (!name.startsWith("system / Context")) continue;
      for (const up of graph.incoming(holder)) {
        const closure = graph.source(up);
        if (graph.type(closure) !== "closure" || graph.edgeName(up) !== "context") continue;
        const code = codeOf(graph, closure);
        if (/PromiseCapabilityDefaultReject/.test(code)) reject?.push(closure);
        else if (/PromiseCapabilityDefaultResolve/.test(code)) resolve?.push(closure);
        // Where V8 does not say what the code is: both look alike.
        else if (!/\(builtin\)/.test(code) && graph.location(closure) === null) {
          resolve?.push(closure);
        }
      }
    }
    return { resolve: resolve ?? [], reject: reject ?? [], other: other ?? [] };
  }

  #search(starts: readonly number[], does: Settler["does"], promise: number): FoundSettler | null {
    const graph = this.#graph;
    /** By node: the edge by which the path goes on towards the function. */
    const came = new Map<number, number>(starts.map((start) => [start, NONE]));
    came.set(promise, NONE);
    // What keeps all pending promises tells nothing of one.
    came.set(this.never?.pendingTable ?? promise, NONE);
    const queue = [...starts];
    let nearest: FoundSettler | null = null;
    let seen: FoundSettler | null = null;
    let circular: FoundSettler | null = null;
    let most = MOST_VISITED;
    const until = this.#edges + (this.#edges < ALL_EDGES ? MOST_EDGES : FEW_EDGES);
    for (let at = 0; at < queue.length && came.size < most; at++) {
      const node = queue[at] ?? NONE;
      for (const edge of this.#passagesTo(node)) {
        if (came.size >= most || this.#edges++ >= until) return nearest ?? seen ?? circular;
        const holder = graph.source(edge);
        if (came.has(holder)) continue;
        came.set(holder, edge);
        const anchor = anchorOf(graph, this.#table, this.#scripts, edge, holder);
        if (anchor === null) {
          queue.push(holder);
          continue;
        }
        if (anchor.kind === "reaction" && !this.#isDirect(holder, came)) continue;
        if (this.comesAfter(this.#waitsIn(anchor), promise)) {
          circular ??= this.#settler(anchor, holder, came, does);
          // A function that keeps the resolver of what it waits for: it says where that is, and leads no further.
          if (anchor.kind === "local") circular = { ...circular, on: NONE };
          continue;
        }
        if (anchor.kind === "local" && anchor.seen) {
          seen ??= this.#settler(anchor, holder, came, does);
          // The scope may be seen by others, too.
          continue;
        }
        const isProgramsOwn = anchor.kind === "variable" && this.#isProgramsOwn(anchor.context);
        // Of several names that lead there, one of the program's modules tells more than one inside of a package.
        if (isProgramsOwn && (nearest === null || WEAK.has(nearest.by))) {
          return this.#settler(anchor, holder, came, does);
        }
        if (nearest === null || isOfPackage(nearest)) {
          const settler = this.#settler(anchor, holder, came, does);
          if (nearest === null || !isOfPackage(settler)) nearest = settler;
        }
        if (!WEAK.has(nearest.by)) return nearest;
        most = Math.min(most, came.size + MORE_VISITED);
      }
    }
    return nearest ?? seen ?? circular;
  }

  /** Found out once for an object that 100,000 functions have as their receiver: each of them has a promise to search. */
  #passagesTo(node: number): Iterable<number> {
    const graph = this.#graph;
    const known = this.#passages.get(node);
    if (known !== undefined) return known;
    const isPassageTo = (edge: number): boolean => isPassage(graph, edge, graph.source(edge));
    const edges = graph.incoming(node);
    if (edges.length < MANY_EDGES) return edges.filter(isPassageTo);
    const found = [...edges.filter(isPassageTo)];
    this.#passages.set(node, found);
    return found;
  }

  /** The promise or suspended function that has to go on before it settles another promise. */
  #waitsIn(anchor: Anchor): number {
    if (anchor.kind === "local") return anchor.of;
    return anchor.kind === "reaction" ? this.#table.reaction(anchor.reaction).on : NONE;
  }

  /**
   * Whether what waits comes after a promise: `new Promise((done) => { … }).catch(() => …)` has a handler that sees
   * the resolver, and runs when it has been called already.
   */
  comesAfter(later: number, promise: number): boolean {
    const seen = new Set(later === NONE ? [] : [later]);
    for (const each of seen) {
      if (each === promise) return true;
      if (seen.size > MOST_LINKS) return false;
      for (const { on } of this.#table.sources.get(each) ?? []) seen.add(on);
      const { node } = this.#table.producerOf(each) ?? { node: each };
      for (const on of this.#table.awaitsOf(node)) seen.add(on);
    }
    return false;
  }

  /** Whether a scope is that of a module of the program itself. */
  #isProgramsOwn(context: number): boolean {
    if (!isOutermost(this.#graph, context)) return false;
    const file = this.#fileOfScope(context);
    return file !== null && !isInternalFile(file) && !isPackageFile(file);
  }

  /**
   * Whether a handler is the function that settles, or closes over it. One that only sees an object from which the
   * function can be reached may be there for anything else.
   */
  #isDirect(holder: number, came: ReadonlyMap<number, number>): boolean {
    for (let edge = came.get(holder) ?? NONE; edge !== NONE;) {
      if (/^(?:property|element)$/.test(this.#graph.edgeType(edge))) return false;
      edge = came.get(this.#graph.target(edge)) ?? NONE;
    }
    return true;
  }

  #settler(
    anchor: Anchor,
    holder: number,
    came: ReadonlyMap<number, number>,
    does: Settler["does"],
  ): FoundSettler {
    const graph = this.#graph;
    const steps: string[] = [];
    const edges: number[] = [];
    for (let node = holder; node !== NONE;) {
      const edge = came.get(node) ?? NONE;
      if (edge === NONE) break;
      edges.push(edge);
      const step = stepText(graph, edge, node, steps.length === 0);
      if (step !== "") steps.push(step);
      node = graph.target(edge);
    }
    const path = steps.join("").replace(/^[. >]+/, "");
    const reaction = anchor.kind === "reaction" ? this.#table.reaction(anchor.reaction) : undefined;
    const own = anchor.kind === "local" && this.#isDirect(holder, came) ? anchor.of : NONE;
    return {
      by: anchor.kind,
      path: this.#named(anchor, holder, path, edges),
      file: this.#fileOf(anchor),
      does,
      timerMs: anchor.kind === "timer" ? anchor.ms : null,
      on: reaction?.on ?? own,
      derived: reaction?.derived ?? NONE,
    };
  }

  #named(anchor: Anchor, holder: number, path: string, edges: readonly number[]): string {
    if (anchor.kind === "operation" || anchor.kind === "native") return "";
    if (anchor.kind !== "listener") return path.replace(INSIDE_STREAM, "");
    const event = eventIn(this.#graph, edges);
    if (event === null) return path.replace(INSIDE_STREAM, "").replace(INSIDE_TARGET, "");
    return `"${event}" of ${this.#graph.name(holder)}`;
  }

  /** The script of a name: that of a function which sees the variable, or of the suspended function whose local it is. */
  #fileOf(anchor: Anchor): string | null {
    if (anchor.kind === "local") return this.#scripts.fileOf(anchor.closure) || null;
    return anchor.kind === "variable" ? this.#fileOfScope(anchor.context) : null;
  }

  #fileOfScope(context: number): string | null {
    const graph = this.#graph;
    for (const edge of graph.incoming(context)) {
      const closure = closureAt(graph, this.#table, graph.source(edge));
      const file = closure === NONE ? "" : this.#scripts.fileOf(closure);
      if (file !== "") return file;
    }
    return null;
  }
}

function isOfPackage({ file }: Settler): boolean {
  return file !== null && isPackageFile(file);
}

function same(path: string, by: string, other: Settler): boolean {
  // `pending > entry > resolve` and `pending > entry > reject` are one place.
  const place = (text: string): string => text.replace(/[ >.]*[^ >.[\]]+$/, "");
  return by === other.by && (path === other.path || place(path) === place(other.path));
}
