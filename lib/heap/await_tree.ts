/**
 * The await tree of one isolate: at the top what nothing waits for, below each function or promise what it waits for,
 * and at the end of each branch who could still settle it. Branches that are identical become one with a count, at every
 * level, so that 100,000 waits of one kind are a few lines.
 *
 * Invariant: the work is linear in the waits. Each function and each promise is described once; equal descriptions share
 * one number, and branches are compared by it.
 *
 * @module
 */

import type { AwaitNode } from "../model/process_dump.ts";
import { anyElement, type AwaitShape, folded, type OwnPart, treeOf } from "./await_shape.ts";
import { isPackageFile } from "../protocol/own_code.ts";
import { holdsAborted } from "./aborted_signals.ts";
import { type HeapGraph, NONE } from "./heap_graph.ts";
import type { Pace } from "./pace.ts";
import type { Places, Unplaced } from "./places.ts";
import type { PromiseTable, Source, Suspended } from "./promise_table.ts";
import type { Scripts } from "./scripts.ts";
import type { FoundSettler, SettlerSearch } from "./settlers.ts";
import { WaitCircles } from "./wait_circle.ts";

const OPEN = 1;
/** Of a promise that is awaited: by a suspended function. */
const BY_FUNCTION = 2;

/** Builds the tree of one graph. */
export class AwaitTreeBuilder {
  readonly #graph: HeapGraph;
  readonly #table: PromiseTable;
  readonly #scripts: Scripts;
  readonly #settlers: SettlerSearch;
  readonly #pace: Pace;
  readonly #circles: WaitCircles;
  readonly #leaves = new Map<number, readonly FoundSettler[]>();
  /** By what they say: 100,000 promises in one list have one answer. */
  readonly #answers = new Map<string, readonly FoundSettler[]>();
  /** What `then` returned to code that only wanted its handler to be called: it stands for no wait of its own. */
  readonly #linked = new Set<number>();
  #places: Places | null = null;
  #shapes = new Map<string, AwaitShape>();
  #byId: AwaitShape[] = [];
  /** By node: 0, {@linkcode OPEN} while what it waits for is being described, or 2 and the id of its shape. */
  readonly #built: Int32Array;

  constructor(
    graph: HeapGraph,
    table: PromiseTable,
    scripts: Scripts,
    settlers: SettlerSearch,
    pace: Pace,
  ) {
    this.#pace = pace;
    this.#graph = graph;
    this.#built = new Int32Array(graph.nodeCount);
    this.#table = table;
    this.#scripts = scripts;
    this.#settlers = settlers;
    this.#circles = new WaitCircles(graph, table, scripts, settlers);
  }

  /** What has to be placed for the tree; see {@linkcode Unplaced}. */
  async unplaced(): Promise<Unplaced> {
    const handlers = new Set<number>();
    const promises = new Set<number>();
    const nowhere: Places = {
      suspended: () => ({ position: null, positionOf: "function" }),
      begin: (closure) => (handlers.add(closure), null),
      test: () => null,
      made: (promise) => (promises.add(promise), null),
    };
    const roots = (await this.#build(nowhere)).filter(({ users }) => users);
    const shown = new Set<number>();
    const stack = [...roots];
    for (let shape = stack.pop(); shape !== undefined; shape = stack.pop()) {
      if (shown.has(shape.id)) continue;
      shown.add(shape.id);
      stack.push(...shape.children.map(([child]) => child));
    }
    const groups = new Map<number, Suspended[]>();
    for (const suspended of this.#table.suspended) {
      const { id } = this.#below(suspended.node);
      if (!shown.has(id)) continue;
      const group = groups.get(id);
      if (group === undefined) groups.set(id, [suspended]);
      else group.push(suspended);
    }
    return { groups: [...groups.values()], handlers: [...handlers], promises: [...promises] };
  }

  /** The tree: the branches in which something belongs to the program, those of its own functions first. */
  async tree(places: Places): Promise<readonly AwaitNode[]> {
    const shown = (await this.#build(places)).filter(({ users }) => users);
    return treeOf(shown.toSorted((a, b) => a.rank - b.rank));
  }

  async #build(places: Places): Promise<AwaitShape[]> {
    this.#places = places;
    this.#shapes = new Map();
    this.#byId = [];
    this.#built.fill(0);
    const { suspended, sources } = this.#table;
    const awaited = new Uint8Array(this.#graph.nodeCount);
    for (const { node } of suspended) {
      for (const promise of this.#table.awaitsOf(node)) awaited[promise] = BY_FUNCTION;
    }
    for (const list of sources.values()) for (const { on } of list) awaited[on] ||= 1;
    for (let promise = 0; promise < awaited.length; promise++) {
      if (awaited[promise] === 0 || this.#table.byNode(promise) !== undefined) continue;
      const producer = this.#table.producerOf(promise);
      if (this.#pace.isDue) await this.#pace.turn();
      const on = producer === undefined ? this.#waitsFor(promise) : [producer.node];
      for (const each of on) awaited[each] ||= 1;
    }
    const roots: AwaitShape[] = [];
    for (const each of suspended) {
      if (awaited[each.node] === 0) roots.push(await this.#describe(each.node));
    }
    for (const promise of sources.keys()) {
      const known = awaited[promise] !== 0 || this.#table.producerOf(promise) !== undefined;
      if (!known && !this.#linked.has(promise) && !this.#isAside(promise, awaited)) {
        roots.push(await this.#describe(promise));
      }
    }
    // What is left waits in a circle.
    for (const { node } of suspended) {
      if (this.#built[node] === 0) roots.push(await this.#describe(node));
    }
    // An async generator at a `yield`, and a function whose promise is settled already, wait for nothing.
    return roots.filter(({ kind, children }) => kind !== "function" || children.length > 0);
  }

  /** Whether a package has added a handler of its own to a promise that a function awaits, and nothing waits for that. */
  #isAside(promise: number, awaited: Uint8Array): boolean {
    const sources = this.#table.sources.get(promise) ?? [];
    return sources.every(({ on, how }) =>
      awaited[on] === BY_FUNCTION && how.kind === "then" && how.handler !== NONE &&
      isPackageFile(this.#scripts.fileOf(how.handler))
    );
  }

  /** Describes a suspended function or a promise, and first what it waits for, on a stack of its own. */
  async #describe(start: number): Promise<AwaitShape> {
    const stack = [start];
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      if (this.#pace.isDue) await this.#pace.turn();
      if (this.#built[node] === 0) {
        this.#built[node] = OPEN;
        for (const each of this.#waitsFor(node)) if (this.#built[each] === 0) stack.push(each);
        continue;
      }
      if (this.#built[node] === OPEN) this.#built[node] = this.#shapeOf(node).id + 2;
      stack.pop();
    }
    return this.#below(start);
  }

  /** Suspended functions and promises that a suspended function or promise waits for. */
  #waitsFor(node: number): number[] {
    const promises = this.#table.byNode(node) !== undefined
      ? this.#table.awaitsOf(node)
      : this.#table.sources.get(node)?.map(({ on }) => on) ?? this.#linksOf(node);
    return promises.map((promise) => this.#table.producerOf(promise)?.node ?? promise);
  }

  /** The promises whose handlers settle a promise. */
  #linksOf(promise: number): number[] {
    const known = this.#leaves.get(promise);
    const found = known ?? this.#shared(this.#settlers.of(promise));
    if (known === undefined) this.#leaves.set(promise, found);
    for (const { derived } of found) if (derived !== NONE) this.#linked.add(derived);
    return [...new Set(found.map(({ on }) => on))].filter((on) => on !== NONE);
  }

  /** The same answer as was given before, if it reads the same. */
  #shared(found: readonly FoundSettler[]): readonly FoundSettler[] {
    const text = found.map(({ by, path, file, does, timerMs, on }) =>
      `${by} ${anyElement(path)} ${file} ${does} ${timerMs} ${on}`
    ).join("\n");
    const known = this.#answers.get(text);
    if (known === undefined) this.#answers.set(text, found);
    return known ?? found;
  }

  #below(node: number): AwaitShape {
    const built = this.#byId[(this.#built[node] ?? 0) - 2];
    if (built !== undefined) return built;
    const suspended = this.#table.byNode(node);
    const name = suspended === undefined ? "" : this.#scripts.nameOf(suspended);
    return this.#shape(node, { kind: "cycle", name, internal: true }, []);
  }

  #shapeOf(node: number): AwaitShape {
    const below = this.#waitsFor(node).map((each) => this.#below(each));
    const suspended = this.#table.byNode(node);
    if (suspended !== undefined) return this.#function(suspended, below);
    const sources = this.#table.sources.get(node) ?? [];
    const [first] = sources;
    if (first === undefined) return this.#leaf(node, below);
    const { how } = first;
    switch (how.kind) {
      case "same": {
        const [only] = below;
        if (sources.length === 1 && only !== undefined) return only;
        return this.#shape(node, { kind: "race", internal: false }, below);
      }
      case "then":
        return this.#then(node, first, how.handler, below);
      default:
        return this.#shape(node, { kind: how.kind, internal: false }, below);
    }
  }

  #function(suspended: Suspended, below: readonly AwaitShape[]): AwaitShape {
    const { node, closure, what } = suspended;
    const begin = this.#scripts.siteOf(closure);
    const key = begin === null ? closure : `${begin.scriptId}:${begin.line}:${begin.column}`;
    const name = this.#scripts.nameOf(suspended);
    const internal = !this.#scripts.isUsers(closure);
    const placed = this.#places?.suspended(suspended);
    const rank = isPackageFile(this.#scripts.fileOf(closure)) ? 1 : 0;
    const aborted = !internal && holdsAborted(this.#graph, node);
    const test = this.#places?.test(suspended) ?? null;
    const own = { kind: "function" as const, name, what, internal, rank, aborted, ...placed };
    const tested = test === null ? own : { ...own, test };
    return this.#shape(node, tested, below, `${key} ${aborted} ${JSON.stringify(test)}`);
  }

  #then(node: number, { on }: Source, handler: number, below: readonly AwaitShape[]): AwaitShape {
    const known = handler !== NONE && handler !== on;
    const internal = !known || !this.#scripts.isUsers(handler);
    const name = known ? this.#graph.name(handler) : "";
    const position = known ? this.#places?.begin(handler) ?? null : null;
    return this.#shape(node, { kind: "then", name, internal, position }, below);
  }

  #leaf(promise: number, below: readonly AwaitShape[]): AwaitShape {
    if (this.#table.modules.has(promise)) {
      return this.#shape(promise, { kind: "module", internal: true }, []);
    }
    const found = this.#leaves.get(promise) ?? [];
    const settlers = found.map(({ on: _, derived: __, ...settler }) => settler);
    const position = this.#places?.made(promise) ?? null;
    const heldBy = this.#circles.heldBy(promise, this.#places);
    const own = { kind: "promise" as const, internal: false, position, settlers, heldBy };
    return this.#shape(promise, own, below, heldBy.map(({ name }) => name).join("\u0000"));
  }

  #shape(
    node: number,
    own: OwnPart,
    below: readonly AwaitShape[],
    extra: string | number = "",
  ): AwaitShape {
    const proven = own.kind !== "cycle" && (this.#settlers.never?.includes(node) ?? false);
    // Where several are waited for, V8 keeps no order, and equal branches have one.
    const children = folded(below).toSorted(([a], [b]) => a.id - b.id);
    const { kind, name = "", position = null, internal, settlers, what, positionOf } = own;
    const place = position === null ? "" : `${position.file}:${position.line}:${position.column}`;
    const settled = (settlers ?? []).map(({ by, path, file, does, timerMs }) =>
      `${by} ${anyElement(path)} ${file} ${does} ${timerMs}`
    );
    const ids = children.map(([{ id }, count]) => `${id}x${count}`);
    const whose = `${internal} ${proven} ${extra}`;
    const parts = [kind, name, what, positionOf, place, whose, ...settled, ...ids];
    const key = parts.join("\u0000");
    const known = this.#shapes.get(key);
    if (known !== undefined) {
      known.uses++;
      if (own.values !== undefined) known.values ??= own.values;
      return known;
    }
    const isUsers = !internal && (kind === "function" || kind === "then");
    const shape: AwaitShape = {
      id: this.#shapes.size,
      uses: 1,
      kind,
      name,
      position,
      internal,
      ...(what === undefined ? {} : { what }),
      ...(positionOf === undefined ? {} : { positionOf }),
      ...(settlers === undefined ? {} : { settlers: [...settlers] }),
      ...(proven ? { proven } : {}),
      ...(own.heldBy === undefined || own.heldBy.length === 0 ? {} : { heldBy: own.heldBy }),
      ...(own.aborted === true ? { aborted: true } : {}),
      ...(own.test === undefined ? {} : { test: [...own.test] }),
      ...(own.values === undefined ? {} : { values: own.values }),
      children,
      rank: Math.min(isUsers ? own.rank ?? 1 : 2, ...children.map(([child]) => child.rank)),
      users: isUsers || (settlers ?? []).some(({ file }) => file !== null) ||
        children.some(([child]) => child.users),
    };
    this.#shapes.set(key, shape);
    this.#byId.push(shape);
    return shape;
  }
}
