/** What keeps a large dump readable: what is alike is folded, what is too much is counted, and nothing gets lost. */

import { assertFalse, assertLess, assertStringIncludes } from "@std/assert";
import { renderDumpText } from "./dump_text.ts";
import type { Dump, DumpedTask } from "../../model/dump.ts";
import { EMPTY, isolate, PLAIN, task, THREAD } from "../../../tests/support/dump.ts";

const UNREAD = { site: null };

Deno.test("renderDumpText keeps 10,000 parked tasks readable, with the range of their ages", () => {
  const tasks = [task({ id: "root#0", name: "main" })];
  for (let i = 1; i <= 10_000; i++) {
    tasks.push(task({
      id: `root#${i}`,
      name: `sleeper-${i}`,
      parent: "root#0",
      sinceMs: 1_000 + i / 10,
      parkedOn: { kind: "sleep", resource: `${i} ms to go`, peer: null, peerState: null },
    }));
  }
  const lines = renderDumpText({ ...EMPTY, tasks }, PLAIN).split("\n");
  assertLess(lines.length, 12);
  assertStringIncludes(
    lines.join("\n"),
    "10,000 × sleeper-1 … sleeper-10000  parked 1.00 s to 2.00 s in sleep: 1 ms to go and 9,999 others",
  );
});

Deno.test("renderDumpText folds tasks that differ only in kinds of children they share", () => {
  const tasks: DumpedTask[] = [];
  for (let i = 0; i < 50; i++) {
    tasks.push(task({ id: `root#${i}`, name: `server-${i}` }));
    for (let j = 0; j <= i % 3; j++) {
      tasks.push(task({ id: `root#${i}.${j}`, name: "conn", parent: `root#${i}` }));
    }
  }
  const text = renderDumpText({ ...EMPTY, tasks }, PLAIN);
  assertStringIncludes(text, "    50 × server-0 … server-49");
  assertStringIncludes(text, "      99 × conn");
});

for (
  const [what, difference] of [
    ["site", { site: { file: "/app/b.ts", line: 1, column: 1 } }],
    ["kind of wait", { parkedOn: { kind: "send", resource: "r", peer: null, peerState: null } }],
    ["peer's state", { parkedOn: { kind: "recv", resource: "r", peer: "p", peerState: "dead" } }],
    ["shield", { shielded: true }],
    ["cancel", { cancelled: CANCELLED() }],
    ["state", { state: "native", parkedOn: null, sinceMs: null }],
  ] as const satisfies readonly (readonly [string, Partial<DumpedTask>])[]
) {
  Deno.test(`renderDumpText does not fold tasks that differ in ${what}`, () => {
    const tasks = [
      task({ id: "root#1" }),
      task({ id: "root#2" }),
      task({ id: "root#3", ...difference }),
    ];
    const text = renderDumpText({ ...EMPTY, tasks }, PLAIN);
    assertStringIncludes(text, "2 × ");
    assertFalse(text.includes("3 × "));
  });
}

Deno.test("renderDumpText folds tasks whose position was not read with those alike at one place", () => {
  const tasks = Array.from(
    { length: 9 },
    (_, i) => task({ id: `root#${i}`, ...(i < 2 ? {} : UNREAD) }),
  );
  assertStringIncludes(
    renderDumpText({ ...EMPTY, tasks }, PLAIN),
    "9 × task  parked 3.00 s in recv: channel root->root/a (peer root/a, alive)  " +
      "at scenarios/seed.ts:31:9 (read for 2 of them)",
  );
});

Deno.test("renderDumpText guesses no position for tasks that could be at one of several places", () => {
  const elsewhere = { site: { file: "/app/b.ts", line: 1, column: 1 } };
  const tasks = [{}, elsewhere, UNREAD, UNREAD].map((each, i) =>
    task({ id: `root#${i}`, ...each })
  );
  const text = renderDumpText({ ...EMPTY, tasks }, PLAIN);
  assertStringIncludes(text, "2 × task");
  assertStringIncludes(text, "(position not read)");
});

Deno.test("renderDumpText shows so many different siblings and counts the others", () => {
  const tasks = Array.from(
    { length: 150 },
    (_, i) => task({ id: `root#${i}`, site: { file: "/app/b.ts", line: i + 1, column: 1 } }),
  );
  const text = renderDumpText({ ...EMPTY, tasks }, PLAIN);
  assertStringIncludes(text, "b.ts:100:1");
  assertFalse(text.includes("b.ts:101:1"));
  assertStringIncludes(text, "… 50 more tasks (dump.json has them)");
});

Deno.test("renderDumpText names so many isolates at rest and counts the others", () => {
  const isolates = Array.from(
    { length: 20 },
    (_, i) => isolate({ id: `worker-${i + 1}`, state: "parked", samples: [] }),
  );
  const text = renderDumpText({ ...EMPTY, isolates }, PLAIN);
  assertStringIncludes(text, "worker-12  (no actor known)  parked");
  assertFalse(text.includes("worker-13  (no actor known)"));
  assertStringIncludes(text, "… 8 more isolates at rest");
});

Deno.test("renderDumpText survives 10,000 generations and says what it leaves out", () => {
  const tasks = Array.from(
    { length: 10_000 },
    (_, i) => task({ id: `root#${i}`, parent: i === 0 ? null : `root#${i - 1}` }),
  );
  const text = renderDumpText({ ...EMPTY, tasks }, PLAIN);
  assertStringIncludes(text, "9,960 tasks nested deeper");
});

Deno.test("renderDumpText loses no task whose parents are missing or go in a circle", () => {
  const tasks = [
    task({ id: "root#1", name: "orphan", parent: "root#99" }),
    task({ id: "root#2", name: "chicken", parent: "root#3", shielded: true }),
    task({ id: "root#3", name: "egg", parent: "root#2" }),
  ];
  const text = renderDumpText({ ...EMPTY, tasks }, PLAIN);
  for (const name of ["orphan", "chicken", "egg"]) assertStringIncludes(text, name);
});

Deno.test("renderDumpText folds channels and threads that say the same", () => {
  const dump: Dump = {
    ...EMPTY,
    channels: Array.from({ length: 25 }, (_, i) => ({
      id: `c${i}`,
      actor: "root",
      peer: `root/${i}`,
      state: "open",
      peerState: "abandoned",
      why: "no answer",
    })),
    isolates: Array.from(
      { length: 25 },
      (_, i) => isolate({ id: `worker-${i + 1}`, thread: { ...THREAD, tid: i } }),
    ),
  };
  const text = renderDumpText(dump, PLAIN);
  assertStringIncludes(text, "root -> root/0 and 24 more  open, peer abandoned: no answer");
  assertStringIncludes(text, "25 × worker-1 … worker-25");
  assertStringIncludes(text, "24 identical stacks folded");
});

function CANCELLED(): NonNullable<DumpedTask["cancelled"]> {
  return { source: "deadline", reason: "too slow", byActor: "root", agoMs: 1, heldByShield: false };
}
