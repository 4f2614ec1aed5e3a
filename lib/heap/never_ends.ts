/**
 * Whether a program's own end is proven never to come: its main module, or a test of `deno test`, awaits what never
 * settles.
 *
 * A wait without end is no hang by itself. Nothing may depend on it, as on the task that a server has forgotten. And
 * `await new Promise(() => {})` in the main module is written on purpose, to keep a process: there, no function is left
 * that would have settled the promise, while a deadlock keeps it, out of reach.
 *
 * @module
 */

import { type HeapGraph, NONE } from "./heap_graph.ts";
import { NeverSettled } from "./never_settled.ts";
import { PromiseTable, type Suspended } from "./promise_table.ts";
import { Scripts } from "./scripts.ts";
import { SettlerSearch } from "./settlers.ts";

/** Where `deno test` awaits a test. */
const TEST_RUNNER = /^ext:cli\/40_test\./;

/**
 * Finds out, of an isolate in which no JavaScript runs.
 *
 * @param mainModule its URL; null where it is not known
 */
export function neverEnds(graph: HeapGraph, mainModule: string | null): boolean {
  const table = new PromiseTable(graph);
  // With a timer that sees what would settle it, though it does not use it, a program may be meant to stay.
  const never = NeverSettled.of(graph, table, null);
  if (never === null) return false;
  const scripts = new Scripts(graph);
  const settlers = new SettlerSearch(graph, table, scripts, never);
  const isEnd = ({ closure, what }: Suspended): boolean => {
    const file = scripts.fileOf(closure);
    return TEST_RUNNER.test(file) || (what === "module" && file === mainModule);
  };
  return table.suspended.some((each) =>
    never.includes(each.node) && isEnd(each) && losesItsSettler(each)
  );

  /** Whether some promise at the end of what it waits for has a function that would settle it. */
  function losesItsSettler({ node }: Suspended): boolean {
    const queue = [...table.awaitsOf(node)];
    const seen = new Set(queue);
    for (let promise = queue.pop(); promise !== undefined; promise = queue.pop()) {
      const { node: by = NONE } = table.producerOf(promise) ?? table.byNode(promise) ?? {};
      const below = by === NONE
        ? (table.sources.get(promise) ?? []).map(({ on }) => on)
        : table.awaitsOf(by);
      const found = below.length === 0 ? settlers.of(promise) : [];
      if (found.some(({ on }) => on === NONE)) return true;
      for (const next of [...below, ...found.map(({ on }) => on)]) {
        if (seen.has(next)) continue;
        seen.add(next);
        queue.push(next);
      }
    }
    return false;
  }
}
