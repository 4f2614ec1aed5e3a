/**
 * The steps of a retaining path in the words of the program: which references count, where a path has come to a name
 * that a reader knows, and what each step is called.
 *
 * @module
 */

import { EVENT_NAMES } from "./event_names.ts";
import { type HeapGraph, NONE } from "./heap_graph.ts";
import { isPromise } from "./handler_kinds.ts";
import type { PromiseTable } from "./promise_table.ts";
import type { Scripts } from "./scripts.ts";

/** Where a path may begin. */
export type Anchor =
  /** A variable of a module or script. */
  | { readonly kind: "variable"; readonly context: number }
  | { readonly kind: "global" }
  | { readonly kind: "timer"; readonly ms: number | null }
  /** An operation of the runtime that is under way. */
  | { readonly kind: "operation" }
  /** A local of a suspended function, or what it only sees, in a scope around it. */
  | {
    readonly kind: "local";
    readonly closure: number;
    readonly of: number;
    readonly seen: boolean;
  }
  /** A handler of a Worker, a port or another event target. */
  | { readonly kind: "listener" }
  /** A handler of another promise. */
  | { readonly kind: "reaction"; readonly reaction: number }
  /** Native code, or a root of the heap. */
  | { readonly kind: "native" };

/** Names under which Deno's core keeps what its operations settle. */
const OPERATIONS = /^(?:promiseRing|promiseMap)$/;
/** How many references before that to a value of a Map the one to its key is sought. */
const KEY_NEAR = 4;
/** What dispatches events, by class. */
const EVENT_TARGETS =
  /^(?:Worker|MessagePort|BroadcastChannel|WebSocket|EventSource|AbortSignal|EventEmitter|EventTarget|FileReader|Performance)$/;
/** Where they keep their handlers, by event. */
const HANDLERS = /^(?:_events|listeners)$/;
/** Arrays that only repeat the edges of the object that has them. */
const BACKING = /^\(object (?:elements|properties)\)$/;
/** References that keep nothing of the program's: what V8 derives, and what leads to a function's own continuation. */
const DERIVED =
  /^(?:map|previous|extension|function|code|shared|feedback_cell|initial_map|weak.*)$/;
/** And properties of the kind; those of the program's own may be called like the references above. */
const DERIVED_PROPERTY = /^(?:__proto__|constructor|prototype)$/;

/** Whether an edge is one by which a function can be reached and called. */
export function isPassage(graph: HeapGraph, edge: number, holder: number): boolean {
  if (graph.edgeType(edge) === "weak") return false;
  const name = graph.edgeName(edge);
  // The receiver of a suspended function is an object that others hold, too: they tell more.
  if (graph.edgeType(edge) === "property" ? DERIVED_PROPERTY.test(name) : DERIVED.test(name)) {
    return false;
  }
  if (name === "receiver" && graph.edgeType(edge) === "internal") return false;
  const holderName = graph.name(holder);
  if (graph.type(holder) === "array" && BACKING.test(holderName)) return false;
  if (
    /^system \/ (?:NativeContext|.*Cache|.*FeedbackVector|WeakCell|WeakFixedArray)/
      .test(holderName)
  ) {
    return false;
  }
  // The handler of an await holds the function that waits, and not the other way round.
  return !/AwaitR\w+Closure/.test(closureCode(graph, holder));
}

function closureCode(graph: HeapGraph, node: number): string {
  if (graph.type(node) !== "closure") return "";
  const code = graph.child(node, "code");
  return code === NONE ? "" : graph.name(code);
}

/** What the holder at the far end of an edge is, where a path can begin there; null to walk on. */
export function anchorOf(
  graph: HeapGraph,
  table: PromiseTable,
  scripts: Scripts,
  edge: number,
  holder: number,
): Anchor | null {
  const name = graph.name(holder);
  const edgeName = graph.edgeName(edge);
  if (name.startsWith("system / Context")) {
    const type = graph.edgeType(edge);
    if (type !== "context" && !isUnnamed(graph, edge)) return null;
    if (OPERATIONS.test(edgeName)) return { kind: "operation" };
    // Every function that was made in a scope keeps all of its variables: a timer whose callback was made there holds the
    // list of waiters, and need not know of it. So a list, map or object that has a name ends the path; a variable that
    // is the function itself, such as the `resolve` of an executor, is passed.
    const named = isOutermost(graph, holder) ||
      graph.type(graph.target(edge)) === "object" && seesUsers(graph, table, scripts, holder);
    return named ? { kind: "variable", context: holder } : null;
  }
  if (name === "system / PromiseReaction") return { kind: "reaction", reaction: holder };
  if (graph.type(holder) === "synthetic") return { kind: "native" };
  if (name === "TimersList" || name === "Timeout" || name === "Immediate") {
    return { kind: "timer", ms: timerMs(graph, holder) };
  }
  if (isGlobal(name)) return { kind: "global" };
  // What an emitter has in other properties, such as a queue of a class of its own, is no listener.
  const isEmitters = name === "EventEmitter" && edgeName !== "_events";
  if (EVENT_TARGETS.test(name) && !isEmitters) return { kind: "listener" };
  const suspended = table.byNode(holder);
  if (
    suspended !== undefined && (edgeName === "context" || edgeName === "parameters_and_registers")
  ) {
    const { closure, node } = suspended;
    return { kind: "local", closure, of: node, seen: edgeName === "context" };
  }
  return null;
}

/** A variable of a block, whose name V8 does not tell before version 15: of the program where it holds an object. */
function isUnnamed(graph: HeapGraph, edge: number): boolean {
  const target = graph.target(edge);
  return graph.edgeType(edge) === "hidden" && graph.type(target) === "object" &&
    !graph.name(target).startsWith("system /") && !isPromise(graph, target);
}

/** Whether a scope is one of the program's: a function of it that sees the scope is. */
function seesUsers(
  graph: HeapGraph,
  table: PromiseTable,
  scripts: Scripts,
  context: number,
): boolean {
  for (const edge of graph.incoming(context)) {
    const closure = closureAt(graph, table, graph.source(edge));
    if (closure !== NONE && scripts.fileOf(closure) !== "") return scripts.isUsers(closure);
  }
  return false;
}

/** The function that a node is, or whose suspended call it is. */
export function closureAt(graph: HeapGraph, table: PromiseTable, node: number): number {
  return graph.type(node) === "closure" ? node : table.byNode(node)?.closure ?? NONE;
}

/** `Window [JSGlobalObject] / file:///app/main.ts` in Deno, `global / ` in Node. */
function isGlobal(name: string): boolean {
  return /^(?:Window|global|Object \[global\]|DedicatedWorkerGlobalScope)\b|JSGlobal/.test(name);
}

/** The scope of a module or script: outside of it there is only the isolate's own. */
export function isOutermost(graph: HeapGraph, context: number): boolean {
  const outer = graph.child(context, "previous");
  return outer === NONE || graph.name(outer).startsWith("system / NativeContext") ||
    /ScriptContext/.test(graph.name(outer));
}

/** A timer is in a list with all that were set for as long, which is kept under that number. */
function timerMs(graph: HeapGraph, node: number): number | null {
  const seen = new Set([node]);
  const queue = [node];
  for (let at = 0; at < queue.length && seen.size < 200; at++) {
    for (const edge of graph.incoming(queue[at] ?? NONE)) {
      const holder = graph.source(edge);
      if (graph.name(queue[at] ?? NONE) === "TimersList" && graph.edgeType(edge) === "element") {
        if (graph.name(holder) === "Object") return Number(graph.edgeName(edge));
      }
      const inList = /^(?:_idleNext|_idlePrev|_timer)$/.test(graph.edgeName(edge));
      if (seen.has(holder) || !inList) continue;
      seen.add(holder);
      queue.push(holder);
    }
    const own = graph.child(queue[at] ?? NONE, "_timer");
    if (own !== NONE && !seen.has(own)) queue.push(own);
    seen.add(own);
  }
  return null;
}

/**
 * One step of a path, as text that goes behind the step before it.
 *
 * @param holder the node that the edge begins at
 * @param first whether the path begins here
 */
export function stepText(graph: HeapGraph, edge: number, holder: number, first: boolean): string {
  const name = graph.edgeName(edge);
  const type = graph.edgeType(edge);
  const holderName = graph.name(holder);
  const target = graph.target(edge);
  if (holderName.startsWith("system / Context")) {
    if (type !== "context" && !isUnnamed(graph, edge)) return "";
    const variable = type === "context" ? name : "a variable";
    return `${first ? "" : " > "}${variable}${classText(graph, target)}`;
  }
  if (first && graph.type(holder) === "object" && type === "property") {
    return `${isGlobal(holderName) ? "globalThis" : holderName}${property(name)}`;
  }
  if (type === "element") return `${first ? holderName : ""}[${name}]`;
  if (type === "property" || type === "shortcut") return property(name);
  if (name === "table" || name === "elements" || name === "context") return "";
  if (graph.type(holder) === "array") return entryText(graph, edge, holder);
  if (graph.type(holder) === "closure" || graph.type(holder) === "synthetic") return "";
  return "";
}

function property(name: string): string {
  return /^<symbol /.test(name) ? `[${name.slice(1, -1)}]` : `.${name}`;
}

/** The class of what a variable holds, where it tells more than the name does. */
function classText(graph: HeapGraph, node: number): string {
  if (graph.type(node) !== "object") return "";
  const name = graph.name(node);
  return name === "" || name === "Object" || name.startsWith("system /") ? "" : ` (${name})`;
}

/** An entry of a Map or Set. Its key is a value of the program, and told only where it is the name of an event. */
function entryText(graph: HeapGraph, edge: number, array: number): string {
  if (!isTable(graph, array)) return "";
  const event = eventOfEntry(graph, edge);
  return event === null ? " > entry" : `["${event}"]`;
}

/** The key of an entry of a Map, where it is the name of a known event. */
function eventOfEntry(graph: HeapGraph, edge: number): string | null {
  const array = graph.source(edge);
  if (graph.type(array) !== "array" || !isTable(graph, array)) return null;
  const [from] = graph.edges(array);
  const key = String(Number(graph.edgeName(edge)) - 1);
  // It stands just before the value, and a Map may have 100,000 of them.
  for (let each = edge - 1; each >= from && each >= edge - KEY_NEAR; each--) {
    if (graph.edgeName(each) !== key) continue;
    const event = graph.name(graph.target(each));
    if (EVENT_NAMES.has(event)) return event;
  }
  return null;
}

/**
 * The event whose handler a path goes through: the key under which an emitter or event target keeps its handlers, or a
 * step that is the name of a known event as a whole; null when none is.
 *
 * @param edges the references of the path, from what dispatches the event onwards
 */
export function eventIn(graph: HeapGraph, edges: readonly number[]): string | null {
  let inHandlers = false;
  for (const edge of edges) {
    const name = graph.edgeName(edge);
    if (graph.edgeType(edge) === "property") {
      if (EVENT_NAMES.has(name) || inHandlers && !/^<symbol /.test(name)) return name;
      inHandlers = HANDLERS.test(name);
    }
    const event = eventOfEntry(graph, edge);
    if (event !== null) return event;
  }
  return null;
}

/** Whether an array is the table of a Map or Set. */
function isTable(graph: HeapGraph, array: number): boolean {
  for (const edge of graph.incoming(array)) if (graph.edgeName(edge) === "table") return true;
  return false;
}
