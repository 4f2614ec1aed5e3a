import { assertEquals } from "@std/assert";
import type { AwaitNode, Settler } from "../../model/process_dump.ts";
import { stuckAwaits } from "./stuck_awaits.ts";

function node(change: Partial<AwaitNode>): AwaitNode {
  return {
    ...{ kind: "function", name: "", count: 1, position: null, internal: false, awaits: [] },
    ...change,
  };
}

function call(name: string, line: number, ...awaits: AwaitNode[]): AwaitNode {
  return node({ name, awaits, position: { file: "file:///p/a.ts", line, column: 1 } });
}

const SETTLER: Settler = {
  by: "variable",
  path: "waiting[0]",
  file: null,
  does: "resolve",
  timerMs: null,
};
const PROMISE = node({ kind: "promise", settlers: [SETTLER] });

function named(...tree: AwaitNode[]) {
  return stuckAwaits({ awaits: [{ isolate: "main", tree }] }).map((each) => [
    each.name,
    each.above.map(({ name }) => name),
    each.settlers.length,
  ]);
}

Deno.test("stuckAwaits names the innermost function of each branch, with what waits for it", () => {
  const all = node({ kind: "all", awaits: [call("poll", 3, PROMISE), call("pump", 4, PROMISE)] });
  assertEquals(named(call("start", 1, call("serve", 2, all))), [
    ["poll", ["serve", "start"], 1],
    ["pump", ["serve", "start"], 1],
  ]);
});

Deno.test("stuckAwaits passes through what is the platform's, and names nothing of it", () => {
  const inside = node({ ...call("next", 9, PROMISE), internal: true });
  assertEquals(named(call("main", 1, inside)), [["main", [], 1]]);
  assertEquals(named(inside, node({ kind: "module" })), []);
  // A promise of several handlers is no single one.
  assertEquals(named(call("main", 1, PROMISE, PROMISE)), [["main", [], 0]]);
});

Deno.test("stuckAwaits tells functions of the program before its modules, and both before packages", () => {
  const file = "file:///p/node_modules/pool/index.js";
  const theirs = node({ ...call("acquire", 5), position: { file, line: 5, column: 1 } });
  const module = node({ ...call("", 1), what: "module" });
  const names = named(theirs, module, call("", 7), call("drain", 2)).map(([name]) => name);
  assertEquals(names, ["(anonymous)", "drain", "(module)", "acquire"]);
});

Deno.test("stuckAwaits names the program's own line of a branch that ends in a package, and one that sleeps last", () => {
  const inPackage = (name: string, ...awaits: AwaitNode[]) => {
    const position = { file: "file:///p/node_modules/pool/index.js", line: 5, column: 1 };
    return node({ name, awaits, position });
  };
  const sleep = node({ kind: "promise", settlers: [{ ...SETTLER, by: "timer" }] });
  const runner = inPackage("runTest", call("test", 2, inPackage("acquire", PROMISE)));
  assertEquals(named(call("beat", 9, sleep), runner), [["test", [], 1], ["beat", [], 1]]);
});

Deno.test("stuckAwaits names a wait once that stands below two others", () => {
  const test = call("test", 2, call("query", 3, PROMISE));
  const inPackage = (name: string, line: number) => {
    const position = { file: "file:///p/node_modules/jest/index.js", line, column: 1 };
    return node({ name, awaits: [test], position });
  };
  assertEquals(named(inPackage("run", 5), inPackage("limit", 9)), [["query", ["test"], 1]]);
});
