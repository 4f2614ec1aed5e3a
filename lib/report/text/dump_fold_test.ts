/** What keeps a large dump readable: tasks that are alike are folded, and none gets lost. */

import { assertEquals } from "@std/assert";
import type { DumpedTask } from "../../model/dump.ts";
import { task } from "../../../tests/support/dump.ts";
import { fold, type Node, plant, reachText } from "./dump_fold.ts";

const ELSEWHERE = { site: { file: "/app/b.ts", line: 1, column: 1 } };
const UNREAD = { site: null };
const CANCELLED: NonNullable<DumpedTask["cancelled"]> = {
  source: "deadline",
  reason: "too slow",
  byActor: "root",
  agoMs: 1,
  heldByShield: false,
};

/** How many tasks each shown sibling stands for. */
function sizes(siblings: readonly Node[]): number[] {
  return fold(siblings).map(({ length }) => length);
}

/** Siblings that differ in the given fields. */
function siblings(...fields: readonly Partial<DumpedTask>[]): Node[] {
  return plant(fields.map((each, i) => task({ id: `root#${i}`, ...each })));
}

Deno.test("fold puts tasks together that differ only in how many children of one kind they have", () => {
  const tasks: DumpedTask[] = [];
  for (let i = 0; i < 50; i++) {
    tasks.push(task({ id: `root#${i}`, name: `server-${i}` }));
    for (let j = 0; j <= i % 3; j++) {
      tasks.push(task({ id: `root#${i}.${j}`, name: "conn", parent: `root#${i}` }));
    }
  }
  const roots = plant(tasks);
  assertEquals(sizes(roots), [50]);
  assertEquals(sizes(roots.flatMap(({ children }) => children)), [99]);
});

for (
  const [what, difference] of [
    ["site", ELSEWHERE],
    ["kind of wait", { parkedOn: { kind: "send", resource: "r", peer: null, peerState: null } }],
    ["peer's state", { parkedOn: { kind: "recv", resource: "r", peer: "p", peerState: "dead" } }],
    ["shield", { shielded: true }],
    ["cancel", { cancelled: CANCELLED }],
    ["state", { state: "native", parkedOn: null, sinceMs: null }],
  ] as const satisfies readonly (readonly [string, Partial<DumpedTask>])[]
) {
  Deno.test(`fold keeps tasks apart that differ in ${what}`, () => {
    assertEquals(sizes(siblings({}, {}, difference)), [2, 1]);
  });
}

Deno.test("fold puts tasks whose position was not read with those alike, if these are at one place", () => {
  assertEquals(sizes(siblings({}, {}, UNREAD, UNREAD)), [4]);
  assertEquals(sizes(siblings({}, ELSEWHERE, UNREAD, UNREAD)), [1, 1, 2]);
});

Deno.test("plant loses no task whose parent is missing or that is in a circle", () => {
  const roots = plant([
    task({ id: "root#1", name: "orphan", parent: "root#99" }),
    task({ id: "root#2", name: "chicken", parent: "root#3", shielded: true }),
    task({ id: "root#3", name: "egg", parent: "root#2" }),
  ]);
  assertEquals([...reachText(roots)].map((node) => node.task.name).toSorted(), [
    "chicken",
    "egg",
    "orphan",
  ]);
});

Deno.test("fold keeps tasks apart that wait for different locks: they may hold those of each other", () => {
  const locked = (name: string) => ({
    parkedOn: { kind: "lock", resource: `lock "${name}"`, peer: null, peerState: null },
  });
  assertEquals(sizes(siblings(locked("a"), locked("b"), locked("a"))), [2, 1]);
});
