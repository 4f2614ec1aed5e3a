/**
 * Which script a function of the snapshot belongs to, and what it is called. V8 15 has the URL in the name of the
 * script's node, earlier ones call the node itself so, or have the URL in a string that the node refers to.
 *
 * @module
 */

import { isInternalFile } from "../protocol/own_code.ts";
import { type HeapGraph, NONE } from "./heap_graph.ts";
import type { Suspended } from "./promise_table.ts";

const SCRIPT_NODE = /^system \/ Script(?: \/ (.*))?$/s;

/** Where a function begins, as V8 runs it. */
export interface FunctionSite {
  /** URL or path of the script; empty when it has none. */
  readonly file: string;
  readonly scriptId: number;
  /** 0-based, like the column. */
  readonly line: number;
  readonly column: number;
}

/** Knows the scripts of one graph. */
export class Scripts {
  readonly #graph: HeapGraph;
  readonly #files = new Map<number, string>();

  constructor(graph: HeapGraph) {
    this.#graph = graph;
  }

  /** URL or path of the script that holds the function of a closure; empty when it is native or has no name. */
  fileOf(closure: number): string {
    const shared = this.#graph.child(closure, "shared");
    if (shared === NONE) return "";
    const known = this.#files.get(shared);
    if (known !== undefined) return known;
    const file = this.#fileOfShared(shared);
    this.#files.set(shared, file);
    return file;
  }

  /** Whether a closure is part of the program, and not of Deno, Node or unwedge. */
  isUsers(closure: number): boolean {
    return !isInternalFile(this.fileOf(closure));
  }

  /** Where the function of a closure begins; null when the snapshot does not tell. */
  siteOf(closure: number): FunctionSite | null {
    const at = this.#graph.location(closure);
    return at === null ? null : { file: this.fileOf(closure), ...at };
  }

  /** `Channel.send` for a method: the class of `this`, where it has one. */
  nameOf({ node, closure }: Pick<Suspended, "node" | "closure">): string {
    const name = this.#graph.name(closure);
    const receiver = this.#graph.child(node, "receiver");
    const owner = receiver === NONE || this.#graph.type(receiver) !== "object"
      ? ""
      : this.#graph.name(receiver);
    const isClass = /^[A-Z][\w$]*$/.test(owner) && owner !== "Object";
    return name === "" || !isClass ? name : `${owner}.${name}`;
  }

  #fileOfShared(shared: number): string {
    const graph = this.#graph;
    // `script_or_debug_info` until V8 12; a function that is being debugged has its script one step further.
    for (const name of ["script", "script_or_debug_info"]) {
      const script = graph.child(shared, name);
      if (script === NONE) continue;
      const own = graph.name(script);
      const [, named] = SCRIPT_NODE.exec(own) ?? [];
      if (named !== undefined) return named;
      if (own !== "" && !own.startsWith("system / ")) return own;
      const string = graph.child(script, "name");
      if (string !== NONE && graph.name(string) !== "") return graph.name(string);
    }
    return "";
  }
}
