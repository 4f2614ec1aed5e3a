/**
 * Whether a suspended function has in its hands a signal that has been aborted: somebody has asked it to stop.
 *
 * @module
 */

import { type HeapGraph, NONE } from "./heap_graph.ts";

/** What Deno and Node keep in an AbortSignal once it is aborted, and in a controller: its signal. */
const REASON = /abortReason|kReason/;
const SIGNAL = /signal/i;

/** @param generator the object of the suspended call */
export function holdsAborted(graph: HeapGraph, generator: number): boolean {
  const locals = graph.child(generator, "parameters_and_registers");
  if (locals === NONE) return false;
  return targets(graph, locals).some(({ node }) => {
    if (graph.type(node) !== "object") return false;
    if (graph.name(node) === "AbortSignal") return isAborted(graph, node);
    return graph.name(node) === "AbortController" &&
      targets(graph, node).some(({ name, node: signal }) =>
        SIGNAL.test(name) && graph.name(signal) === "AbortSignal" && isAborted(graph, signal)
      );
  });
}

/** Before that its reason is undefined. */
function isAborted(graph: HeapGraph, signal: number): boolean {
  return targets(graph, signal).some(({ name, node }) =>
    REASON.test(name) && graph.type(node) === "object"
  );
}

function targets(graph: HeapGraph, node: number): { name: string; node: number }[] {
  const [from, to] = graph.edges(node);
  return Array.from({ length: to - from }, (_, n) => ({
    name: graph.edgeName(from + n),
    node: graph.target(from + n),
  }));
}
