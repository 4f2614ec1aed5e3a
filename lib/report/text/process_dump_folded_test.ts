import { assertEquals } from "@std/assert";
import type { AwaitNode, ProcessDump } from "../../model/process_dump.ts";
import { processDumpFolded } from "./process_dump_folded.ts";

const OPTIONS = { here: "/app", internalFrames: false };

function node(fields: Partial<AwaitNode>): AwaitNode {
  const position = { file: "file:///app/main.ts", line: 3, column: 5 };
  const own = { kind: "function", count: 1, name: "work", position, internal: false } as const;
  return { ...own, awaits: [], ...fields };
}

function dumpOf(awaits: readonly AwaitNode[]): ProcessDump {
  const frames = ["inner", "outer"].map((fn, n) => ({
    ...{ fn, file: "file:///app/w.ts", line: n + 1, column: 1, internal: false },
  }));
  const own = { url: null, thread: null, heap: null } as const;
  return {
    schema: "unwedge/process-dump@1",
    target: { kind: "process", pid: 12, runtime: "deno 2.9.6", file: null },
    complete: true,
    missing: [],
    isolates: [
      { id: "main", kind: "main", state: "parked", samples: [], awaits, ...own },
      {
        ...{ id: "worker-1", kind: "worker", state: "busy", awaits: [], ...own },
        samples: [{ atMs: 1, frames }, { atMs: 2, frames }, { atMs: 3, frames: [] }],
      },
    ],
    outside: null,
    handles: [],
    openedPort: null,
    tookMs: 1,
  };
}

Deno.test("processDumpFolded writes a line for each branch with the number of its waits", () => {
  const hidden = node({ name: "accept", internal: true, count: 3 });
  const all = node({ kind: "all", name: "", position: null, awaits: [node({ count: 2 }), hidden] });
  assertEquals(
    processDumpFolded(dumpOf([node({ name: "a;b\n", count: 2, awaits: [all] })]), OPTIONS),
    [
      "main;a:b\\u{a} main.ts:3:5;Promise.all;work main.ts:3:5 4",
      "main;a:b\\u{a} main.ts:3:5;Promise.all 6",
      "worker-1;runs;outer w.ts:2:1;inner w.ts:1:1 2",
      "",
    ].join("\n"),
  );
});
