import { assertEquals } from "@std/assert";
import { HeapSketch } from "../../tests/support/heap_sketch.ts";
import { unfinishedTests } from "../report/text/unfinished_tests.ts";
import { readAwaits } from "./read_awaits.ts";
import { FILE_POSITIONS } from "./read_file.ts";

const DENO = "ext:cli/40_test.js";
const NODE = "node:internal/test_runner/test";
const JEST = "file:///app/node_modules/jest-circus/build/run.js";
const USERS = "file:///app/a_test.ts";

/** A heap with tests that run in it; the inspector has their names. */
class Tests {
  readonly heap = new HeapSketch();
  readonly #names = new Map<number, string>();

  /** The object of a test, or of what is around one. */
  test(name: string, around: number | null = null, is = "Object"): number {
    const test = this.heap.node("object", is);
    this.#names.set(test, name);
    if (around !== null) this.heap.edge(test, "property", "parent", around);
    return test;
  }

  /** A function of a runner that awaits the body of a test; what it returns. */
  run(fn: string, file: string, test: number | null, awaits: number = this.heap.promise()): number {
    const body = this.heap.suspended("", USERS, 3, awaits);
    const runner = this.heap.suspended(fn, file, 1, body.result);
    if (test === null) return runner.result;
    if (file === NODE) this.heap.edge(runner.node, "internal", "receiver", test);
    else this.heap.local(runner, test, 0);
    return runner.result;
  }

  async unfinished(named = true): Promise<readonly string[]> {
    const graph = this.heap.graph();
    const names = new Map([...this.#names].map(([node, name]) => [graph.id(node), name]));
    const positions = { ...FILE_POSITIONS, names: () => Promise.resolve(names) };
    const { awaits } = await readAwaits(graph, named ? positions : FILE_POSITIONS);
    return unfinishedTests({ awaits: [{ isolate: "main", tree: [...awaits] }] });
  }
}

Deno.test("a test of Deno is told by its name, and a step of it by both names", async () => {
  const tests = new Tests();
  const outer = tests.test("with steps");
  const step = tests.run("innerWrapped", DENO, tests.test("inner", outer));
  tests.run("innerWrapped", DENO, outer, step);
  tests.run("innerWrapped", DENO, tests.test("another"));
  assertEquals((await tests.unfinished()).toSorted(), ['"another"', '"with steps > inner"']);
  assertEquals(await tests.unfinished(false), []);
});

Deno.test("tests of Node and jest are told below their suites, and not below the root", async () => {
  const node = new Tests();
  const suite = node.test("suite", node.test("<root>", null, "Test"), "Suite");
  node.run("run", NODE, node.test("test", suite, "Test"));
  assertEquals(await node.unfinished(), ['"suite > test"']);
  const jest = new Tests();
  jest.run("_runTest", JEST, jest.test("never", jest.test("ROOT_DESCRIBE_BLOCK")));
  assertEquals(await jest.unfinished(), ['"never"']);
});

Deno.test("no test is told where a function only has the name of a runner's", async () => {
  const tests = new Tests();
  tests.run("innerWrapped", USERS, tests.test("mine"));
  tests.run("run", NODE, tests.test("before", null, "TestHook"));
  tests.run("_runTest", JEST, null);
  assertEquals(await tests.unfinished(), []);
});
