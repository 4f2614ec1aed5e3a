import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { HeapSketch } from "../../tests/support/heap_sketch.ts";
import type { AwaitNode } from "../model/process_dump.ts";
import { type Positions, readAwaits } from "./read_awaits.ts";
import { FILE_POSITIONS } from "./read_file.ts";

const MAIN = "file:///app/main.ts";

async function treeOf(heap: HeapSketch, positions: Positions = FILE_POSITIONS) {
  return (await readAwaits(heap.graph(), positions)).awaits;
}

/** A tree as nested names, `N×` before what stands for several. */
function names(nodes: readonly AwaitNode[]): unknown[] {
  return nodes.map(({ kind, name, count, awaits }) => {
    const title = `${count === 1 ? "" : `${count}×`}${name === "" ? kind : name}`;
    return awaits.length === 0 ? title : [title, ...names(awaits)];
  });
}

function leaf(nodes: readonly AwaitNode[]): AwaitNode | undefined {
  const [first] = nodes;
  return first === undefined || first.awaits.length === 0 ? first : leaf(first.awaits);
}

Deno.test("readAwaits follows awaits from the function that nothing waits for to the last promise", async () => {
  const heap = new HeapSketch();
  const promise = heap.promise();
  const inner = heap.suspended("call", MAIN, 12, promise);
  heap.suspended("processAll", MAIN, 20, inner.result);
  heap.moduleVariable("pending", heap.map("7", heap.resolver(promise)));
  const tree = await treeOf(heap);
  assertEquals(names(tree), [["processAll", ["call", "promise"]]]);
  assertEquals(tree[0]?.position, { file: MAIN, line: 20, column: 1 });
  assertEquals(tree[0]?.positionOf, "function");
  assertEquals(leaf(tree)?.settlers, [{
    by: "variable",
    path: "pending (Map) > entry",
    file: MAIN,
    does: "resolve",
    timerMs: null,
  }]);
});

Deno.test("readAwaits tells of a proven wait which functions hold what would end it and wait for it themselves", async () => {
  const heap = new HeapSketch();
  const [promise, other] = [heap.promise(), heap.promise()];
  const waiters = heap.node("object", "Array");
  heap.edge(waiters, "element", 0, heap.resolver(promise));
  const query = heap.suspended("query", MAIN, 12, promise);
  const outer = heap.suspended("outer", MAIN, 20, query.result);
  const stranger = heap.suspended("stranger", MAIN, 30, other);
  for (const each of [outer, stranger]) heap.local(each, waiters);
  heap.keepPending(promise, other, query.result, outer.result, stranger.result);
  const code = {
    textOf: () => Promise.resolve(null),
    endedOf: () => Promise.resolve(new Set<number>()),
  };
  const tree = await treeOf(heap, { ...FILE_POSITIONS, code });
  const { proven, heldBy } = leaf(tree) ?? {};
  assertEquals([proven, heldBy], [true, [
    { name: "outer", position: { file: MAIN, line: 20, column: 1 } },
  ]]);
  assertEquals(leaf(await treeOf(heap))?.heldBy, undefined);
});

Deno.test("readAwaits takes 10,000 waits in one pool that only they hold", async () => {
  const heap = new HeapSketch();
  const pool = heap.node("object", "Pool");
  const waiters = heap.node("object", "Array");
  heap.edge(pool, "property", "waiters", waiters);
  for (let n = 0; n < 10_000; n++) {
    const promise = heap.promise();
    heap.edge(waiters, "element", n, heap.resolver(promise));
    const query = heap.suspended("query", MAIN, 12, promise);
    heap.edge(query.node, "internal", "receiver", pool);
    heap.local(query, pool);
  }
  assertEquals(names(await treeOf(heap)), [["10000×Pool.query", "promise"]]);
});

Deno.test("readAwaits tells where a function stands that can be asked", async () => {
  const heap = new HeapSketch();
  const { node } = heap.suspended("call", MAIN, 12, heap.promise());
  const id = heap.graph().id(node);
  const at = { file: MAIN, line: 14, column: 3 };
  const locate = (ids: readonly number[]) => {
    assertEquals(ids, [id]);
    return Promise.resolve(new Map([[id, at]]));
  };
  const [call] = await treeOf(heap, { ...FILE_POSITIONS, locate });
  assertEquals([call?.position, call?.positionOf], [at, "await"]);
});

Deno.test("readAwaits tells locals where they are asked for, and folds what differs in them alone", async () => {
  const heap = new HeapSketch();
  const promise = heap.promise();
  const nodes = [1, 2].map(() => heap.suspended("call", MAIN, 12, promise).node);
  const [first = 0] = nodes.map((node) => heap.graph().id(node));
  const local = [{ name: "key", text: '"x"' }];
  const values = () => Promise.resolve(new Map([[first, local]]));
  const [call] = await treeOf(heap, { ...FILE_POSITIONS, values });
  assertEquals([call?.count, call?.values], [2, local]);
  const [without] = await treeOf(heap);
  assertEquals(without?.values, undefined);
});

Deno.test("readAwaits folds what is identical, at every level", async () => {
  const heap = new HeapSketch();
  const queue = heap.node("object", "Array");
  heap.moduleVariable("queue", queue);
  const tasks = Array.from({ length: 50 }, (_, n) => {
    const promise = heap.promise();
    heap.edge(queue, "element", n, heap.resolver(promise));
    return heap.suspended("task", MAIN, 5, promise).result;
  });
  heap.suspended("main", MAIN, 30, heap.all(...tasks));
  assertEquals(names(await treeOf(heap)), [["main", ["all", ["50×task", "promise"]]]]);
});

Deno.test("readAwaits says that the promise of a cycle stands above", async () => {
  const heap = new HeapSketch();
  const one = heap.suspended("one", MAIN, 1, null);
  const two = heap.suspended("two", MAIN, 2, one.result);
  heap.awaits(one.node, two.result);
  const tree = await treeOf(heap);
  assertEquals(names(tree), [["one", ["two", "one"]]]);
  assertEquals(leaf(tree)?.kind, "cycle");
});

Deno.test("readAwaits follows a handler that settles another promise", async () => {
  // new Promise((resolve) => first.then(() => resolve())), as compiled async functions do.
  const heap = new HeapSketch();
  const [first, outer, unused] = [heap.promise(), heap.promise(), heap.promise()];
  const handler = heap.closure("fulfilled", "file:///app/helper.js", 4);
  const scope = heap.node("object", "system / Context / scope @50");
  heap.edge(scope, "internal", "previous", heap.node("object", "system / Context / scope @9"));
  heap.edge(scope, "context", "resolve", heap.resolver(outer));
  heap.edge(handler, "internal", "context", scope);
  heap.react(first, handler, unused);
  heap.moduleVariable("done", heap.resolver(first));
  heap.suspended("wait", MAIN, 9, outer);
  const tree = await treeOf(heap);
  assertEquals(names(tree), [["wait", ["promise", "promise"]]]);
  assertEquals(leaf(tree)?.settlers?.map(({ by, path }) => [by, path]), [["variable", "done"]]);
});

Deno.test("readAwaits takes no handler of a promise for what settles it, though it sees the resolver", async () => {
  // const p = new Promise((resolve) => res = resolve); queue.push(res); return p.catch((error) => …): one scope for both.
  const heap = new HeapSketch();
  const [promise, caught] = [heap.promise(), heap.promise()];
  const scope = heap.node("object", "system / Context / scope @50");
  heap.edge(scope, "internal", "previous", heap.node("object", "system / Context / scope @9"));
  heap.edge(scope, "context", "res", heap.resolver(promise));
  for (const then of [promise, caught]) {
    const handler = heap.closure("failed", "file:///app/node_modules/pool/index.js", 42);
    heap.edge(handler, "internal", "context", scope);
    heap.react(then, handler, then === promise ? caught : heap.promise());
  }
  const queued = heap.closure("cb", "file:///app/node_modules/pool/index.js", 34);
  heap.edge(queued, "internal", "context", scope);
  const queue = heap.node("object", "Array");
  heap.edge(queue, "element", 0, queued);
  heap.moduleVariable("queue", queue);
  heap.suspended("connect", MAIN, 9, caught);
  const tree = await treeOf(heap);
  assertEquals(names(tree)[0], ["connect", ["failed", "promise"]]);
  const [settler] = leaf(tree)?.settlers ?? [];
  assertEquals([settler?.by, settler?.path], ["variable", "queue (Array)[0] > res"]);
});

Deno.test("readAwaits follows a promise to the suspended function that closes over its resolver", async () => {
  // new Promise((resolve) => queue.push(async () => { await job(); resolve(); })), whose job waits.
  for (const edge of ["context", "parameters_and_registers"]) {
    const heap = new HeapSketch();
    const [added, jobs] = [heap.promise(), heap.promise()];
    const scope = heap.node("object", "system / Context / scope @50");
    heap.edge(scope, "internal", "previous", heap.node("object", "system / Context / scope @9"));
    heap.edge(scope, "context", "resolve", heap.resolver(added));
    heap.moduleVariable("done", heap.resolver(jobs));
    const job = heap.suspended("job", MAIN, 3, jobs);
    const run = heap.suspended("run", "file:///app/node_modules/queue/index.js", 40, job.result);
    // Its own function, which was made in that scope, too.
    heap.edge(heap.graph().child(run.node, "function"), "internal", "context", scope);
    if (edge === "context") heap.edge(run.node, "internal", "context", scope);
    else {
      const registers = heap.node("array", "");
      heap.edge(registers, "internal", "1", scope);
      heap.edge(run.node, "internal", "parameters_and_registers", registers);
    }
    heap.suspended("main", MAIN, 9, added);
    assertEquals(names(await treeOf(heap)), [["main", ["promise", ["run", ["job", "promise"]]]]]);
  }
});

Deno.test("readAwaits names another place than the function itself that waits", async () => {
  const heap = new HeapSketch();
  const promise = heap.promise();
  const scope = heap.node("object", "system / Context / scope @50");
  heap.edge(scope, "internal", "previous", heap.node("object", "system / Context / scope @9"));
  heap.edge(scope, "context", "resolve", heap.resolver(promise));
  const waiter = heap.suspended("wait", MAIN, 9, promise);
  heap.edge(waiter.node, "internal", "context", scope);
  const callback = heap.closure("tick", MAIN, 4);
  heap.edge(callback, "internal", "context", scope);
  heap.edge(heap.node("object", "Timeout"), "property", "_onTimeout", callback);
  const tree = await treeOf(heap);
  assertEquals(names(tree), [["wait", "promise"]]);
  assertEquals(leaf(tree)?.settlers?.map(({ by }) => by), ["timer"]);
});

Deno.test("readAwaits takes a queue of an EventEmitter for no listener", async () => {
  const heap = new HeapSketch();
  const [queued, heard] = [heap.promise(), heap.promise()];
  const redis = heap.node("object", "EventEmitter");
  heap.moduleVariable("redis", redis);
  heap.edge(redis, "property", "offlineQueue", heap.resolver(queued));
  const events = heap.node("object", "Object");
  heap.edge(redis, "property", "_events", events);
  heap.edge(events, "property", "close", heap.resolver(heard));
  heap.suspended("get", MAIN, 3, queued);
  heap.suspended("closed", MAIN, 5, heard);
  const found = (await treeOf(heap)).map((node) => leaf([node])?.settlers?.[0]);
  assertEquals(found.map((each) => [each?.by, each?.path]), [
    ["variable", "redis (EventEmitter).offlineQueue"],
    ["listener", '"close" of EventEmitter'],
  ]);
});

Deno.test("readAwaits begins with the program's own functions, and leaves out what packages do aside", async () => {
  const heap = new HeapSketch();
  const PACKAGE = "file:///app/node_modules/queue/index.js";
  const promise = heap.promise();
  heap.suspended("poll", PACKAGE, 3, heap.promise());
  heap.suspended("wait", MAIN, 9, promise);
  heap.react(promise, heap.closure("log", PACKAGE, 20), heap.promise());
  assertEquals(names(await treeOf(heap)), [["wait", "promise"], ["poll", "promise"]]);
});

Deno.test("readAwaits rather names a variable of the program's functions than a nearer one of a package", async () => {
  const heap = new HeapSketch();
  const promise = heap.promise();
  const lock = heap.node("object", "Lock");
  const queue = heap.node("object", "Array");
  heap.edge(queue, "element", 0, heap.resolver(promise));
  heap.edge(lock, "property", "queue", queue);
  for (
    const [name, value, file] of [["self", queue, "node_modules/lock/a.js"], [
      "to",
      lock,
      "main.ts",
    ]] as const
  ) {
    const scope = heap.node("object", "system / Context / scope @50");
    heap.edge(scope, "internal", "previous", heap.node("object", "system / Context / scope @9"));
    heap.edge(scope, "context", name, value);
    heap.edge(heap.closure("f", `file:///app/${file}`, 4), "internal", "context", scope);
  }
  heap.suspended("move", MAIN, 9, promise);
  assertEquals(leaf(await treeOf(heap))?.settlers?.map(({ path }) => path), ["to (Lock).queue[0]"]);
});

Deno.test("readAwaits ends a path at a list with a name, and not at a timer made in the same scope", async () => {
  const heap = new HeapSketch();
  const promise = heap.promise();
  const scope = heap.node("object", "system / Context / scope @50");
  heap.edge(scope, "internal", "previous", heap.node("object", "system / Context / scope @9"));
  const callback = heap.closure("tick", MAIN, 4);
  heap.edge(callback, "internal", "context", scope);
  heap.edge(heap.node("object", "Timeout"), "property", "_onTimeout", callback);
  const waiters = heap.node("object", "Array");
  heap.edge(waiters, "element", 0, heap.resolver(promise));
  heap.edge(scope, "context", "waiters", waiters);
  heap.suspended("wait", MAIN, 9, promise);
  // This one's own function is what the timer's callback calls.
  const slept = heap.promise();
  heap.edge(scope, "context", "resolve", heap.resolver(slept));
  heap.suspended("sleep", MAIN, 12, slept);
  const paths = (await treeOf(heap)).map((node) => leaf([node])?.settlers?.[0]);
  assertEquals(paths.map((each) => [each?.by, each?.path]), [
    ["variable", "waiters (Array)[0]"],
    ["timer", "Timeout._onTimeout > resolve"],
  ]);
});

Deno.test("readAwaits leaves out what is the runtime's alone, and keeps it below what is the program's", async () => {
  const heap = new HeapSketch();
  const internal = heap.suspended("accept", "ext:deno_net/01_net.js", 1, heap.promise());
  heap.suspended("pollControl", "ext:runtime/11_workers.js", 1, heap.promise());
  assertEquals(names(await treeOf(heap)), []);
  heap.suspended("serve", MAIN, 8, internal.result);
  assertEquals(names(await treeOf(heap)), [["serve", ["accept", "promise"]]]);
});

Deno.test("readAwaits names the event whose handler settles, and no other key", async () => {
  const heap = new HeapSketch();
  for (const [key, name] of [["message", "heard"], ["a secret", "unheard"]] as const) {
    const promise = heap.promise();
    const worker = heap.node("object", "Worker");
    heap.edge(worker, "property", "handlers", heap.map(key, heap.resolver(promise)));
    heap.suspended(name, MAIN, 3, promise);
  }
  const paths = (await treeOf(heap)).map((node) => leaf([node])?.settlers?.[0]?.path);
  assertEquals(paths, ['"message" of Worker', "Worker.handlers > entry"]);
});

Deno.test("readAwaits names the event of an emitter by its whole name", async () => {
  // once(emitter, "job:done"): the name of another event is a part of it.
  const heap = new HeapSketch();
  for (const [holds, event] of [["_events", "job:done"], ["listeners", "flushed"]] as const) {
    const promise = heap.promise();
    const [target, events] = [heap.node("object", "EventTarget"), heap.node("object", "Object")];
    heap.edge(target, "property", holds, events);
    heap.edge(events, "property", event, heap.resolver(promise));
    heap.suspended(`wait${event}`, MAIN, 3, promise);
  }
  const paths = (await treeOf(heap)).map((node) => leaf([node])?.settlers?.[0]?.path);
  assertEquals(paths, ['"job:done" of EventTarget', '"flushed" of EventTarget']);
});

Deno.test("readAwaits tells timers of different lengths apart", async () => {
  const heap = new HeapSketch();
  const lists = heap.node("object", "Object");
  for (const ms of [40_000, 50_000]) {
    const promise = heap.promise();
    const [timer, list] = [heap.node("object", "Timeout"), heap.node("object", "TimersList")];
    heap.edge(timer, "property", "_onTimeout", heap.resolver(promise));
    heap.edge(list, "property", "_idleNext", timer);
    heap.edge(lists, "element", ms, list);
    heap.suspended("sleep", MAIN, 3, promise);
  }
  const found = (await treeOf(heap)).map((node) => leaf([node])?.settlers?.[0]?.timerMs);
  assertEquals(found.toSorted(), [40_000, 50_000]);
});

Deno.test("readAwaits follows the disposal of a stack to what it disposes of", async () => {
  const heap = new HeapSketch();
  const [disposed, closed] = [heap.promise(), heap.promise()];
  const context = heap.node("object", "system / Context / scope @300");
  heap.edge(context, "hidden", 2, disposed);
  heap.react(closed, heap.builtin("AsyncDisposableStackOnFulfilled", context));
  heap.moduleVariable("closers", heap.resolver(closed));
  heap.suspended("stop", MAIN, 3, disposed);
  const tree = await treeOf(heap);
  assertEquals(names(tree), [["stop", "promise"]]);
  assertEquals(leaf(tree)?.settlers?.map(({ by, path }) => [by, path]), [["variable", "closers"]]);
});

Deno.test("readAwaits takes 30,000 waits and a recursion of 30,000 in stride", async () => {
  const heap = new HeapSketch();
  let promise = heap.promise();
  for (let n = 0; n < 30_000; n++) promise = heap.suspended("deeper", MAIN, 7, promise).result;
  const shared = heap.promise();
  for (let n = 0; n < 30_000; n++) heap.suspended("waiter", MAIN, 9, shared);
  const startedAt = performance.now();
  const tree = await treeOf(heap);
  // Some 0.3 s here; quadratic work would take minutes.
  assertLess(performance.now() - startedAt, 20_000);
  assert(tree.some(({ count, name }) => count === 30_000 && name === "waiter"));
  assert(tree.some(({ name }) => name === "deeper"));
});

Deno.test("readAwaits says which function has an aborted signal in hand", async () => {
  const heap = new HeapSketch();
  const signal = (reason: number) => {
    const node = heap.node("object", "AbortSignal");
    heap.edge(node, "property", "<symbol [[abortReason]]>", reason);
    return node;
  };
  const aborted = signal(heap.node("object", "DOMException"));
  const controller = heap.node("object", "AbortController");
  heap.edge(controller, "property", "<symbol [[signal]]>", aborted);
  const held = [signal(heap.node("hidden", "undefined")), aborted, controller];
  held.forEach((value, n) => {
    const poll = heap.suspended(`poll${n}`, MAIN, 12 + n, heap.promise());
    heap.local(poll, value);
  });
  const told = (await treeOf(heap)).map(({ name, aborted }) => [name, aborted]);
  assertEquals(told, [["poll0", undefined], ["poll1", true], ["poll2", true]]);
});

/** Functions that wait by way of one object, or of one promise to which each has added a handler. */
const SHARED: Readonly<Record<string, (count: number) => HeapSketch>> = {
  "methods of one object": (count) => {
    const heap = new HeapSketch();
    const queue = heap.node("object", "Array");
    const semaphore = heap.node("object", "Semaphore");
    heap.edge(semaphore, "property", "#queue", queue);
    heap.moduleVariable("semaphore", semaphore);
    for (let n = 0; n < count; n++) {
      const promise = heap.promise();
      heap.edge(queue, "element", n, heap.resolver(promise));
      const { node } = heap.suspended("take", MAIN, 7, promise);
      heap.edge(node, "internal", "receiver", semaphore);
    }
    return heap;
  },
  "handlers of one promise": (count) => {
    const heap = new HeapSketch();
    const opened = heap.promise();
    const outer = heap.node("object", "system / Context / scope @9");
    heap.moduleVariable("open", heap.resolver(opened));
    for (let n = 0; n < count; n++) {
      const promise = heap.promise();
      const scope = heap.node("object", "system / Context / scope @50");
      heap.edge(scope, "internal", "previous", outer);
      heap.edge(scope, "context", "resolve", heap.resolver(promise));
      const handler = heap.closure("onOpen", MAIN, 4);
      heap.edge(handler, "internal", "context", scope);
      heap.react(opened, handler, heap.promise());
      heap.suspended("send", MAIN, 9, promise);
    }
    return heap;
  },
};

Deno.test("readAwaits lets the event loop turn while it works, and ends when its signal is aborted", async () => {
  const heap = SHARED["handlers of one promise"]?.(20_000).graph();
  assert(heap !== undefined);
  let [longest, turns] = [0, 0];
  const stop = new AbortController();
  let last = performance.now();
  const onTurn = () => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (++turns === 4) stop.abort();
  };
  const startedAt = last;
  const timer = setInterval(onTurn);
  try {
    await readAwaits(heap, FILE_POSITIONS);
    assertLess(longest, (performance.now() - startedAt) / 2);
    turns = 0;
    await assertRejects(() => readAwaits(heap, FILE_POSITIONS, stop.signal), DOMException);
  } finally {
    clearInterval(timer);
  }
});

for (const [title, make] of Object.entries(SHARED)) {
  Deno.test(`readAwaits takes 20,000 ${title} in time that grows as their number does`, async () => {
    const [few, many] = [2_000, 20_000].map((count) => make(count).graph());
    assert(few !== undefined && many !== undefined);
    const startedAt = performance.now();
    assertEquals((await readAwaits(few, FILE_POSITIONS)).suspended, 2_000);
    const fewAt = performance.now();
    const { awaits } = await readAwaits(many, FILE_POSITIONS);
    assertEquals(awaits[0]?.count, 20_000);
    // Ten times as long, and a hundred times if each looked at all.
    assertLess(performance.now() - fewAt, 40 * (fewAt - startedAt));
  });
}
