/**
 * Which variables the functions of a heap can use: what their scripts say, as far as they can be had.
 *
 * @module
 */

import { isInternalFile, isPackageFile } from "../protocol/own_code.ts";
import { type HeapGraph, type HeapLocation, NONE } from "./heap_graph.ts";
import { NamedVariables, type ScriptText } from "./named_variables.ts";
import type { Scripts } from "./scripts.ts";

/** What a script says; null when that is not known, or V8 counts its positions in another way. */
export type TextOf = (scriptId: number) => Promise<ScriptText | null>;

/** Scripts that are read, the program's own first: parsing 1 MB takes some 100 ms. */
const MOST_CHARACTERS = 8 * 2 ** 20;
const READ_FOR_MS = 2_000;

/** Knows them for one heap. */
export class UsableVariables {
  readonly #graph: HeapGraph;
  readonly #scripts: ReadonlyMap<number, NamedVariables>;
  readonly #known = new Map<HeapLocation, ReadonlySet<string> | null>();

  private constructor(graph: HeapGraph, scripts: ReadonlyMap<number, NamedVariables>) {
    this.#graph = graph;
    this.#scripts = scripts;
  }

  /** Reads the scripts of a heap. */
  static async read(graph: HeapGraph, scripts: Scripts, textOf: TextOf): Promise<UsableVariables> {
    const { parse } = await import("acorn");
    const read = new Map<number, NamedVariables>();
    const startedAt = performance.now();
    let characters = 0;
    for (const scriptId of scriptsOf(graph, scripts)) {
      if (characters > MOST_CHARACTERS || performance.now() - startedAt > READ_FOR_MS) break;
      const script = await textOf(scriptId);
      if (script === null) continue;
      characters += script.text.length;
      const named = NamedVariables.of(script, parse);
      if (named !== null) read.set(scriptId, named);
    }
    return new UsableVariables(graph, read);
  }

  /** The names of the variables from outside that a function can use; null for any, and for what is no function. */
  of(closure: number): ReadonlySet<string> | null {
    if (this.#graph.type(closure) !== "closure") return null;
    const at = this.#graph.location(closure);
    if (at === null) return null;
    const known = this.#known.get(at);
    if (known !== undefined) return known;
    const names = this.#scripts.get(at.scriptId)?.at(at.line, at.column) ?? null;
    this.#known.set(at, names);
    return names;
  }
}

/** The scripts that have functions in a heap which see scopes, but for the runtime's: those of packages last. */
function scriptsOf(graph: HeapGraph, scripts: Scripts): Iterable<number> {
  const own = new Set<number>();
  const packages = new Set<number>();
  for (let node = 0; node < graph.nodeCount; node++) {
    if (graph.type(node) !== "closure" || graph.child(node, "context") === NONE) continue;
    const at = graph.location(node);
    if (at === null || own.has(at.scriptId) || packages.has(at.scriptId)) continue;
    const file = scripts.fileOf(node);
    // What the program has made of text has no name.
    if (file !== "" && isInternalFile(file)) continue;
    (isPackageFile(file) ? packages : own).add(at.scriptId);
  }
  return [...own, ...packages];
}
