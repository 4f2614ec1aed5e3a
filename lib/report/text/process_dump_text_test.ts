import { assert, assertEquals } from "@std/assert";
import type { AwaitNode, ProcessDump, ProcessIsolate } from "../../model/process_dump.ts";
import { awaitLines } from "./await_text.ts";
import { processDumpText } from "./process_dump_text.ts";
import { visibleJson } from "../../protocol/text.ts";
import { makeStyle, visible } from "./style.ts";

const OPTIONS = { style: makeStyle(false), here: "/app", internalFrames: false };

function node(fields: Partial<AwaitNode>): AwaitNode {
  const position = { file: "file:///app/main.ts", line: 3, column: 5 };
  const own = { kind: "function", count: 1, name: "work", position, internal: false } as const;
  return { ...own, awaits: [], ...fields };
}

function dumpOf(awaits: readonly AwaitNode[], fields: Partial<ProcessIsolate> = {}): ProcessDump {
  const isolate = {
    id: "main",
    kind: "main",
    url: null,
    state: "parked",
    thread: { tid: 12, state: "S", wchan: "do_epoll_wait" },
    samples: [],
    heap: { snapshotBytes: 5e6, tookMs: 300, nodes: 60_000, suspended: 3 },
    awaits,
    ...fields,
  } as const;
  return {
    schema: "unwedge/process-dump@1",
    target: { kind: "process", pid: 12, runtime: "deno 2.9.6", file: null },
    complete: true,
    missing: [],
    isolates: [isolate],
    outside: null,
    handles: [],
    openedPort: null,
    tookMs: 500,
  };
}

const SETTLER = {
  by: "variable",
  path: "pending (Map) > entry",
  file: "file:///app/main.ts",
  does: "resolve",
  timerMs: null,
} as const;

Deno.test("processDumpText indents what is waited for, and ends a branch with who could settle it", () => {
  const leaf = node({ kind: "promise", name: "", position: null, settlers: [SETTLER] });
  const internal = node({ name: "accept", internal: true, awaits: [leaf] });
  const text = processDumpText(dumpOf([node({ count: 2, awaits: [internal] })]), OPTIONS);
  assertEquals(text.split("\n").slice(3, 5), [
    "  2 × work  main.ts:3:5",
    "    a promise (by way of accept); could be settled from pending (Map) > entry in main.ts",
  ]);
  const all = processDumpText(dumpOf([node({ awaits: [internal] })]), {
    ...OPTIONS,
    internalFrames: true,
  });
  assert(all.includes("    accept  main.ts:3:5\n      a promise; "));
});

Deno.test("processDumpText shows locals that were asked for below their function, escaped", () => {
  const leaf = node({ kind: "promise", name: "", position: null });
  const values = [{ name: "key", text: '"\u202e"' }];
  const text = processDumpText(dumpOf([node({ values, awaits: [leaf] })]), OPTIONS);
  assertEquals(text.split("\n").slice(3, 5), ["  work  main.ts:3:5", '      key = "\\u{202e}"']);
});

Deno.test("processDumpText says what is missing before anything else, and that a port stays open", () => {
  const missing = [{ what: "worker-1", why: "silent" }];
  const dump = { ...dumpOf([]), complete: false, missing, openedPort: 9229 };
  const lines = processDumpText(dump, OPTIONS).split("\n");
  assert(lines[0]?.includes("incomplete"));
  assertEquals(lines[1], "  missing: worker-1: silent");
  assert(lines.some((line) => line.startsWith("Port 9229 of process 12 ")));
});

Deno.test("processDumpText shows a recursion as one line with its depth", () => {
  const deep = Array.from({ length: 49 }).reduce<AwaitNode>(
    (inner) => node({ awaits: [inner] }),
    node({}),
  );
  const text = processDumpText(dumpOf([deep]), OPTIONS);
  assertEquals(text.split("\n").length, 5);
  assert(text.includes("work  main.ts:3:5, 50 levels deep"));
});

Deno.test("processDumpText lets nothing of the target reach the terminal as a command", () => {
  const evil = "\x1b]0;title\x07\x9b2J\r\nfake: complete \u202eevil";
  const position = { file: evil, line: 1, column: 1 };
  const settlers = [{ ...SETTLER, path: evil, file: evil }];
  const awaits = [
    node({ name: evil, position, awaits: [node({ kind: "promise", settlers })] }),
    node({ kind: "then", name: evil, position, awaits: [node({ kind: "cycle", name: evil })] }),
  ];
  const frames = [{ ...position, fn: evil, internal: false }];
  const dump = {
    ...dumpOf(awaits, { id: evil, url: evil, samples: [{ atMs: 1, frames }] }),
    target: { kind: "file", pid: null, runtime: evil, file: evil } as const,
    missing: [{ what: evil, why: evil }],
    handles: [{ kind: "resource", name: evil }] as const,
  };
  const text = processDumpText(dump, OPTIONS);
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  assertEquals(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/.test(text), false);
  assertEquals(/^fake/m.test(text), false);
  assertEquals(visible("plain ö 漢"), "plain ö 漢");
  const json = visibleJson(dump);
  // deno-lint-ignore no-control-regex -- as above
  assertEquals(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/.test(json), false);
  assertEquals(JSON.parse(json), dump);
});

Deno.test("awaitLines folds functions of packages that follow one another, and no fewer than three", () => {
  const inPackage = (name: string, ...awaits: AwaitNode[]) => {
    const file = "file:///app/node_modules/@vitest/runner/index.js";
    return node({ name, awaits, position: { file, line: 5, column: 1 } });
  };
  const test = node({ name: "test" });
  const runner = inPackage("startTests", inPackage("runFiles", inPackage("runSuite", test)));
  const lines = (tree: AwaitNode) => awaitLines([tree], { ...OPTIONS, foldPackages: true });
  assertEquals(lines(runner).map((line) => line.trim().split(" ")[0]), ["startTests", "test"]);
  assertEquals(lines(inPackage("runFiles", inPackage("runSuite", test))).length, 3);
  assertEquals(awaitLines([runner], OPTIONS).length, 4);
});
