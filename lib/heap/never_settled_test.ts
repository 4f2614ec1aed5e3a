import { assertEquals } from "@std/assert";
import { HeapSketch } from "../../tests/support/heap_sketch.ts";
import { NeverSettled } from "./never_settled.ts";
import { PromiseTable } from "./promise_table.ts";
import { Scripts } from "./scripts.ts";
import { UsableCode } from "./usable_code.ts";

const MAIN = "file:///app/main.ts";

/** Whether each is proven never to settle; null when nothing can be. */
function proven(heap: HeapSketch, ...nodes: number[]): readonly boolean[] | null {
  const graph = heap.graph();
  const never = NeverSettled.of(graph, new PromiseTable(graph), null);
  return never === null ? null : nodes.map((node) => never.includes(node));
}

/** A list of waiters that only a suspended function holds, which waits in it itself. */
function pool(heap: HeapSketch) {
  const waiters = heap.node("object", "Array");
  const promise = heap.promise();
  heap.edge(waiters, "element", 0, heap.resolver(promise));
  const { node, result } = heap.suspended("query", MAIN, 4, promise);
  heap.edge(node, "property", "pool", waiters);
  return { waiters, promise, node, result };
}

Deno.test("NeverSettled proves a wait whose resolve is kept by nothing but those that wait", () => {
  const heap = new HeapSketch();
  const { promise, node, result } = pool(heap);
  heap.keepPending(promise, result);
  assertEquals(proven(heap, promise, node, result), [true, true, true]);
});

Deno.test("NeverSettled proves nothing where the waiters can be reached, or nobody kept the promises", () => {
  const reached = new HeapSketch();
  const { promise, node, waiters } = pool(reached);
  reached.keepPending(promise);
  reached.root(waiters);
  assertEquals(proven(reached, promise, node), [false, false]);
  const unwatched = new HeapSketch();
  assertEquals(proven(unwatched, pool(unwatched).promise), null);
  const twice = new HeapSketch();
  twice.keepPending(pool(twice).promise);
  twice.keepPending();
  assertEquals(proven(twice, 1), null);
});

Deno.test("NeverSettled tells a promise that is a value from one that its holder can settle", () => {
  const values: ((heap: HeapSketch, promise: number) => number)[] = [
    (heap, promise) => {
      const list = heap.node("object", "Array");
      const elements = heap.node("array", "(object elements)");
      heap.edge(list, "internal", "elements", elements);
      heap.edge(list, "element", 0, promise);
      heap.edge(elements, "internal", "0", promise);
      return list;
    },
    (heap, promise) => heap.map("key", promise),
    (heap, promise) => {
      const context = heap.node("object", "system / Context / scope @9");
      heap.edge(context, "context", "pending", promise);
      return context;
    },
  ];
  for (const [n, hold] of values.entries()) {
    const heap = new HeapSketch();
    const { promise, result } = pool(heap);
    heap.keepPending(promise, result);
    const outer = heap.node("object", "Object");
    heap.root(outer);
    heap.edge(outer, "property", "held", hold(heap, promise));
    assertEquals(proven(heap, promise, result), [true, true], `value ${n}`);
  }
  const settlers: ((heap: HeapSketch, promise: number) => void)[] = [
    // Native code, by itself and by a property of its own object.
    (heap, promise) => heap.root(promise),
    (heap, promise) => {
      const request = heap.node("object", "FSReqPromise");
      heap.edge(request, "property", "promise", promise);
      heap.root(request);
    },
    (heap, promise) => {
      const ref = heap.node("object", "MyRef");
      heap.edge(ref, "weak", "target", heap.resolver(promise));
      heap.root(ref);
    },
    // A table of V8's own.
    (heap, promise) => {
      const table = heap.node("array", "");
      heap.edge(table, "internal", "3", promise);
      heap.root(table);
    },
  ];
  for (const [n, settle] of settlers.entries()) {
    const heap = new HeapSketch();
    const { promise, node } = pool(heap);
    heap.keepPending(promise);
    settle(heap, promise);
    assertEquals(proven(heap, promise, node), [false, false], `settler ${n}`);
  }
});

Deno.test("NeverSettled proves what only the suspended body of a module holds, and not what it exports", () => {
  for (const isExported of [false, true]) {
    const heap = new HeapSketch();
    const promise = heap.promise();
    const resolve = heap.resolver(promise);
    const body = heap.suspended("", MAIN, 1, promise);
    heap.local(body, resolve);
    const record = heap.module(body);
    heap.root(record);
    if (isExported) heap.edge(record, "internal", "exports", resolve);
    heap.keepPending(promise);
    assertEquals(proven(heap, promise, body.node), [!isExported, !isExported]);
  }
});

Deno.test("NeverSettled follows what a promise that could settle would settle in turn", () => {
  const heap = new HeapSketch();
  const [timer, lost] = [heap.promise(), heap.promise()];
  heap.root(heap.resolver(timer));
  const first = heap.suspended("first", MAIN, 1, timer);
  const second = heap.suspended("second", MAIN, 2, first.result);
  const both = heap.all(second.result, lost);
  const outer = heap.suspended("outer", MAIN, 3, both);
  const waiter = heap.suspended("waiter", MAIN, 4, lost);
  heap.keepPending(timer, lost, first.result, second.result, both, outer.result, waiter.result);
  const nodes = [first.node, second.node, both, outer.node, lost, waiter.node, waiter.result];
  // The combined promise could still be rejected.
  assertEquals(proven(heap, ...nodes), [false, false, false, false, true, true, true]);
});

/** A pool in the scope of a module, and a function that code which still runs can call, at the first line of `text`. */
function seen(inScope: string, nested: boolean) {
  const heap = new HeapSketch();
  const { waiters, promise, node } = pool(heap);
  heap.keepPending(promise);
  const scope = (outer: number): number => {
    const context = heap.node("object", "system / Context / scope @9");
    heap.edge(context, "internal", "previous", outer);
    return context;
  };
  const module = scope(heap.node("native", "system / NativeContext / "));
  heap.edge(module, "context", inScope, waiters);
  const handler = heap.closure("handler", MAIN, 1);
  heap.edge(handler, "internal", "context", nested ? scope(module) : module);
  heap.root(handler);
  return { heap, module, node };
}

async function provenWith(
  heap: HeapSketch,
  node: number,
  text: string | null,
  ended: readonly number[] = [],
): Promise<boolean> {
  const graph = heap.graph();
  const table = new PromiseTable(graph);
  const code = await UsableCode.read(graph, new Scripts(graph), {
    textOf: () => Promise.resolve(text === null ? null : { text, isModule: true }),
    endedOf: (ids) => Promise.resolve(new Set(ids.filter((id) => ended.includes(id)))),
  });
  return NeverSettled.of(graph, table, code)?.includes(node) ?? false;
}

Deno.test("NeverSettled reaches from a function only the variables that it uses", async () => {
  for (const nested of [false, true]) {
    for (const text of ["() => {};", "() => other.pool;", "(pool) => pool;"]) {
      const { heap, node } = seen("pool", nested);
      assertEquals(await provenWith(heap, node, text), true, text);
    }
    for (const text of ["() => pool.length;", "() => () => pool;", "() => eval('pool');", null]) {
      const { heap, node } = seen("pool", nested);
      assertEquals(await provenWith(heap, node, text), false, text ?? "no text");
    }
  }
  // What V8 keeps for a function by itself.
  for (const name of [".home_object", "#method", "größe", "x".repeat(1_024)]) {
    const { heap, node } = seen(name, false);
    assertEquals(await provenWith(heap, node, "() => {};"), false, name);
  }
});

Deno.test("NeverSettled reaches all of a scope that a suspended call has", async () => {
  const { heap, module, node } = seen("pool", false);
  const timer = heap.promise();
  heap.root(heap.resolver(timer));
  const other = heap.suspended("other", MAIN, 1, timer);
  heap.edge(other.node, "internal", "context", module);
  assertEquals(await provenWith(heap, node, "() => {};"), false);
});

Deno.test("NeverSettled does not follow the body of a module that has ended", async () => {
  for (const hasEnded of [true, false]) {
    const { heap, module, node } = seen("pool", false);
    const body = heap.suspended("", MAIN, 1, null);
    heap.edge(body.node, "internal", "context", module);
    heap.root(heap.module(body));
    const ended = hasEnded ? [heap.graph().id(body.node)] : [];
    assertEquals(await provenWith(heap, node, "() => {};", ended), hasEnded);
  }
});
