import { assertEquals } from "@std/assert";
import { HeapSketch, type SketchedFunction } from "../../tests/support/heap_sketch.ts";
import { neverEnds } from "./never_ends.ts";

const MAIN = "file:///app/main.ts";
const RUNNER = "ext:cli/40_test.js";

/** A function that waits for one whose promise's resolve only that one keeps. */
function deadlocked(heap: HeapSketch, file: string): SketchedFunction {
  const promise = heap.promise();
  const query = heap.suspended("query", MAIN, 4, promise);
  heap.local(query, heap.resolver(promise));
  heap.keepPending(promise);
  return heap.suspended("", file, 9, query.result);
}

Deno.test("neverEnds finds the main module or a test that awaits a deadlock, and nothing else", () => {
  const main = new HeapSketch();
  main.module(deadlocked(main, MAIN));
  assertEquals([MAIN, "file:///app/other.ts", null].map((file) => neverEnds(main.graph(), file)), [
    ...[true, false, false],
  ]);
  const test = new HeapSketch();
  deadlocked(test, RUNNER);
  assertEquals(neverEnds(test.graph(), null), true);
  // A task that nothing waits for.
  const task = new HeapSketch();
  deadlocked(task, MAIN);
  assertEquals(neverEnds(task.graph(), MAIN), false);
});

Deno.test("neverEnds takes a promise that nothing was ever to settle for a way to stay", () => {
  const heap = new HeapSketch();
  const promise = heap.promise();
  heap.keepPending(promise);
  heap.module(heap.suspended("", MAIN, 9, promise));
  assertEquals(neverEnds(heap.graph(), MAIN), false);
});
