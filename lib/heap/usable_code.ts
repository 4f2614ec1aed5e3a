/**
 * What code in a heap can still use: which variables its functions can, by what their scripts say, and that the body of
 * a module uses nothing any more when it has ended.
 *
 * @module
 */

import { isInternalFile, isPackageFile } from "../protocol/own_code.ts";
import { type HeapGraph, type HeapLocation, NONE } from "./heap_graph.ts";
import { NamedVariables, type ScriptText } from "./named_variables.ts";
import type { Scripts } from "./scripts.ts";

/** What is asked for. */
export interface CodeFacts {
  /** What a script says; null when that is not known, or V8 counts its positions in another way. */
  textOf(scriptId: number): Promise<ScriptText | null>;
  /** Those of these suspended functions, by the ids of their objects, that are known to have ended. */
  endedOf(ids: readonly number[]): Promise<ReadonlySet<number>>;
}

/** Scripts that are read, the program's own first: parsing 1 MB takes some 100 ms. */
const MOST_CHARACTERS = 8 * 2 ** 20;
const READ_FOR_MS = 2_000;
/** Modules of which it is asked whether they have ended, in the same order. */
const MOST_MODULES = 100;

/** Knows it for one heap. */
export class UsableCode {
  readonly #graph: HeapGraph;
  readonly #scripts: ReadonlyMap<number, NamedVariables>;
  readonly #known = new Map<HeapLocation, ReadonlySet<string> | null>();
  /** By the ids of their objects. */
  readonly #ended: ReadonlySet<number>;

  private constructor(
    graph: HeapGraph,
    scripts: ReadonlyMap<number, NamedVariables>,
    ended: ReadonlySet<number>,
  ) {
    this.#graph = graph;
    this.#scripts = scripts;
    this.#ended = ended;
  }

  /** Reads the scripts of a heap. */
  static async read(graph: HeapGraph, scripts: Scripts, facts: CodeFacts): Promise<UsableCode> {
    const { parse } = await import("acorn");
    const read = new Map<number, NamedVariables>();
    const startedAt = performance.now();
    let characters = 0;
    for (const scriptId of scriptsOf(graph, scripts)) {
      if (characters > MOST_CHARACTERS || performance.now() - startedAt > READ_FOR_MS) break;
      const script = await facts.textOf(scriptId);
      if (script === null) continue;
      characters += script.text.length;
      const named = NamedVariables.of(script, parse);
      if (named !== null) read.set(scriptId, named);
    }
    const bodies = bodiesOf(graph, scripts).slice(0, MOST_MODULES);
    const ended = await facts.endedOf(bodies.map((body) => graph.id(body)));
    return new UsableCode(graph, read, ended);
  }

  /**
   * Whether a suspended function is the body of a module that has ended. One that had not begun when the snapshot was
   * taken may be among them: its variables had no values yet, so nothing is reached by it alone.
   */
  hasEnded(node: number): boolean {
    return this.#ended.has(this.#graph.id(node));
  }

  /** The names of the variables from outside that a function can use; null for any, and for what is no function. */
  variablesOf(closure: number): ReadonlySet<string> | null {
    const at = this.#graph.type(closure) !== "closure" ? null : this.#graph.location(closure);
    if (at === null) return null;
    const known = this.#known.get(at);
    if (known !== undefined) return known;
    const names = this.#scripts.get(at.scriptId)?.at(at.line, at.column) ?? null;
    this.#known.set(at, names);
    return names;
  }
}

/** The scripts that have functions in a heap which see scopes, but for the runtime's: those of packages last. */
function scriptsOf(graph: HeapGraph, scripts: Scripts): readonly number[] {
  const found = new Map<number, string>();
  for (let node = 0; node < graph.nodeCount; node++) {
    if (graph.type(node) !== "closure" || graph.child(node, "context") === NONE) continue;
    const at = graph.location(node);
    if (at !== null && !found.has(at.scriptId)) found.set(at.scriptId, scripts.fileOf(node));
  }
  return inOrder(found);
}

/** The bodies of modules, in the same order. */
function bodiesOf(graph: HeapGraph, scripts: Scripts): readonly number[] {
  const module = graph.indexOf("system / SourceTextModule");
  const found = new Map<number, string>();
  for (let node = 0; node < graph.nodeCount; node++) {
    if (graph.nameIndex(node) !== module) continue;
    const [from, to] = graph.edges(node);
    for (let edge = from; edge < to; edge++) {
      const body = graph.target(edge);
      if (graph.child(body, "parameters_and_registers") === NONE) continue;
      found.set(body, scripts.fileOf(graph.child(body, "function")));
    }
  }
  return inOrder(found);
}

/** Those of the program by their files, its own first. What it has made of text has no file. */
function inOrder(files: ReadonlyMap<number, string>): readonly number[] {
  const programs = [...files].filter(([, file]) => file === "" || !isInternalFile(file));
  const rank = ([, file]: readonly [number, string]): number => isPackageFile(file) ? 1 : 0;
  return programs.toSorted((a, b) => rank(a) - rank(b)).map(([each]) => each);
}
