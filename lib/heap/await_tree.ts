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
import type { Position } from "../model/dump.ts";
import { anyElement, type AwaitShape, folded, treeOf } from "./await_shape.ts";
import { type HeapGraph, NONE } from "./heap_graph.ts";
import type { PromiseTable, Source, Suspended } from "./promise_table.ts";
import type { Scripts } from "./scripts.ts";
import type { FoundSettler, SettlerSearch } from "./settlers.ts";

/** A position in TypeScript and whose it is. */
export interface Placed {
  readonly position: Position | null;
  readonly positionOf: "await" | "function" | "another";
}

/** Says where functions are. */
export interface Places {
  /** Where a suspended function stands. */
  suspended(suspended: Suspended): Placed;
  /** Where the function of a closure begins. */
  begin(closure: number): Position | null;
}

/** What belongs to the branches that are shown, before it is known where it is. */
export interface Unplaced {
  /**
   * Functions that are the same function and wait for the same, as far as that can be told without asking where each
   * one stands.
   */
  readonly groups: readonly (readonly Suspended[])[];
  /** Closures that are handlers of `then`, `catch` and `finally`. */
  readonly handlers: readonly number[];
}

const OPEN = Symbol("open");

/** Builds the tree of one graph. */
export class AwaitTreeBuilder {
  readonly #graph: HeapGraph;
  readonly #table: PromiseTable;
  readonly #scripts: Scripts;
  readonly #settlers: SettlerSearch;
  readonly #leaves = new Map<number, readonly FoundSettler[]>();
  /** What `then` returned to code that only wanted its handler to be called: it stands for no wait of its own. */
  readonly #linked = new Set<number>();
  #places: Places | null = null;
  #shapes = new Map<string, AwaitShape>();
  /** Of each suspended function and promise; {@linkcode OPEN} while what it waits for is being described. */
  #built = new Map<number, AwaitShape | typeof OPEN>();

  constructor(graph: HeapGraph, table: PromiseTable, scripts: Scripts, settlers: SettlerSearch) {
    this.#graph = graph;
    this.#table = table;
    this.#scripts = scripts;
    this.#settlers = settlers;
  }

  /** What has to be placed for the tree; see {@linkcode Unplaced}. */
  unplaced(): Unplaced {
    const handlers = new Set<number>();
    const nowhere: Places = {
      suspended: () => ({ position: null, positionOf: "function" }),
      begin: (closure) => (handlers.add(closure), null),
    };
    const roots = this.#build(nowhere).filter(({ users }) => users);
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
    return { groups: [...groups.values()], handlers: [...handlers] };
  }

  /** The tree: the branches in which something belongs to the program. */
  tree(places: Places): readonly AwaitNode[] {
    return treeOf(this.#build(places).filter(({ users }) => users));
  }

  #build(places: Places): AwaitShape[] {
    this.#places = places;
    this.#shapes = new Map();
    this.#built = new Map();
    const { suspended, sources, awaits } = this.#table;
    const awaited = new Set<number>();
    for (const list of awaits.values()) for (const promise of list) awaited.add(promise);
    for (const list of sources.values()) for (const { on } of list) awaited.add(on);
    const isRoot = (each: Suspended): boolean => each.result === NONE || !awaited.has(each.result);
    const roots: AwaitShape[] = [];
    for (const each of suspended) if (isRoot(each)) roots.push(this.#describe(each.node));
    for (const promise of sources.keys()) {
      const known = awaited.has(promise) || this.#table.producers.has(promise);
      if (!known && !this.#linked.has(promise)) roots.push(this.#describe(promise));
    }
    // What is left waits in a circle.
    for (const { node } of suspended) if (!this.#built.has(node)) roots.push(this.#describe(node));
    // An async generator at a `yield`, and a function whose promise is settled already, wait for nothing.
    return roots.filter(({ kind, children }) => kind !== "function" || children.length > 0);
  }

  /** Describes a suspended function or a promise, and first what it waits for, on a stack of its own. */
  #describe(start: number): AwaitShape {
    const stack = [start];
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      const known = this.#built.get(node);
      if (known === undefined) {
        this.#built.set(node, OPEN);
        stack.push(...this.#waitsFor(node).filter((each) => !this.#built.has(each)));
        continue;
      }
      if (known === OPEN) this.#built.set(node, this.#shapeOf(node));
      stack.pop();
    }
    return this.#below(start);
  }

  /** Suspended functions and promises that a suspended function or promise waits for. */
  #waitsFor(node: number): number[] {
    const { awaits, sources, producers } = this.#table;
    const promises = this.#table.byNode(node) !== undefined
      ? awaits.get(node) ?? []
      : sources.get(node)?.map(({ on }) => on) ?? this.#linksOf(node);
    return promises.map((promise) => producers.get(promise)?.node ?? promise);
  }

  /** The promises whose handlers settle a promise. */
  #linksOf(promise: number): number[] {
    const found = this.#leaves.get(promise) ?? this.#settlers.of(promise);
    this.#leaves.set(promise, found);
    for (const { derived } of found) if (derived !== NONE) this.#linked.add(derived);
    return [...new Set(found.map(({ on }) => on))].filter((on) => on !== NONE);
  }

  #below(node: number): AwaitShape {
    const built = this.#built.get(node) ?? OPEN;
    if (built !== OPEN) return built;
    const suspended = this.#table.byNode(node);
    const name = suspended === undefined ? "" : this.#nameOf(suspended);
    return this.#shape({ kind: "cycle", name, internal: true }, []);
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
        return this.#shape({ kind: "race", internal: false }, below);
      }
      case "then":
        return this.#then(first, how.handler, below);
      default:
        return this.#shape({ kind: how.kind, internal: false }, below);
    }
  }

  #function(suspended: Suspended, below: readonly AwaitShape[]): AwaitShape {
    const { closure, what } = suspended;
    const begin = this.#scripts.siteOf(closure);
    const key = begin === null ? closure : `${begin.scriptId}:${begin.line}:${begin.column}`;
    const name = this.#nameOf(suspended);
    const internal = !this.#scripts.isUsers(closure);
    const placed = this.#places?.suspended(suspended);
    return this.#shape({ kind: "function", name, what, internal, ...placed }, below, key);
  }

  /** `Channel.send` for a method: the class of `this`, where it has one. */
  #nameOf({ node, closure }: Suspended): string {
    const name = this.#graph.name(closure);
    const receiver = this.#graph.child(node, "receiver");
    const owner = receiver === NONE || this.#graph.type(receiver) !== "object"
      ? ""
      : this.#graph.name(receiver);
    const isClass = /^[A-Z][\w$]*$/.test(owner) && owner !== "Object";
    return name === "" || !isClass ? name : `${owner}.${name}`;
  }

  #then({ on }: Source, handler: number, below: readonly AwaitShape[]): AwaitShape {
    const known = handler !== NONE && handler !== on;
    const internal = !known || !this.#scripts.isUsers(handler);
    const name = known ? this.#graph.name(handler) : "";
    const position = known ? this.#places?.begin(handler) ?? null : null;
    return this.#shape({ kind: "then", name, internal, position }, below);
  }

  #leaf(promise: number, below: readonly AwaitShape[]): AwaitShape {
    if (this.#table.modules.has(promise)) {
      return this.#shape({ kind: "module", internal: true }, []);
    }
    const found = this.#leaves.get(promise) ?? [];
    const settlers = found.map(({ on: _, derived: __, ...settler }) => settler);
    return this.#shape({ kind: "promise", internal: false, settlers }, below);
  }

  #shape(own: OwnPart, below: readonly AwaitShape[], extra: string | number = ""): AwaitShape {
    const children = folded(below);
    const { kind, name = "", position = null, internal, settlers, what, positionOf } = own;
    const place = position === null ? "" : `${position.file}:${position.line}:${position.column}`;
    const settled = (settlers ?? []).map(({ by, path, file, does, timerMs }) =>
      `${by} ${anyElement(path)} ${file} ${does} ${timerMs}`
    );
    const ids = children.map(([{ id }, count]) => `${id}x${count}`);
    const parts = [kind, name, what, positionOf, place, internal, extra, ...settled, ...ids];
    const key = parts.join("\u0000");
    const known = this.#shapes.get(key);
    if (known !== undefined) {
      known.uses++;
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
      children,
      users: isUsers || (settlers ?? []).some(({ file }) => file !== null) ||
        children.some(([child]) => child.users),
    };
    this.#shapes.set(key, shape);
    return shape;
  }
}

type OwnPart =
  & Pick<AwaitShape, "kind" | "internal">
  & Partial<Pick<AwaitShape, "name" | "what" | "position" | "positionOf" | "settlers">>;
