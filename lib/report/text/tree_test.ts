import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { DUMP } from "../../../tests/support/attempts.ts";
import type { Dump, DumpedTask, IsolateDump } from "../../model/dump.ts";
import { screen, task } from "../../../tests/support/triage.ts";
import { busyLines, treeLines } from "./tree.ts";

const RUNTIME = { file: "file:///u/lib/actor/rpc/link.ts", line: 9, column: 1 };

function tree(tasks: readonly DumpedTask[], room = 20, columns = 100): string[] {
  return treeLines({ ...DUMP, tasks }, room, screen(columns), "w writes all of it into a file");
}

Deno.test("treeLines marks a task that waits for a lost actor, and names the actor before the line is cut", () => {
  const [, , pump = ""] = tree(DUMP.tasks, 20, 60);
  assertEquals(pump, "▶   pump  5.01 s  root/stuck abandoned: recv channel root-…");
});

Deno.test("treeLines shows root before the actors below it", () => {
  const child = task({ id: "root/stuck#1", actor: "root/stuck", parent: null, site: null });
  const lines = tree([child, ...DUMP.tasks]);
  assertEquals(lines.filter((line) => /^\S/.test(line) && !line.startsWith("▶")), [
    "root  in main, parked",
    "root/stuck  in worker-1, busy",
  ]);
});

Deno.test("treeLines leaves the message loop of a child out, unless its peer has gone or it is cancelled", () => {
  const alive = { kind: "recv", resource: "channel x", peer: "root", peerState: "alive" as const };
  const loop = task({
    id: "root/stuck#2",
    actor: "root/stuck",
    name: "loop of x",
    parent: null,
    parkedOn: alive,
    site: RUNTIME,
  });
  const work = task({ id: "root/stuck#3", actor: "root/stuck", name: "work", parent: null });
  const shown = (each: DumpedTask) => tree([...DUMP.tasks, each, work]).join("\n");
  assertFalse(shown(loop).includes("loop of x"));
  assertMatch(shown(loop), /root\/stuck {2}in worker-1, busy, 1 task at rest/);
  const dead = { ...loop, parkedOn: { ...alive, peerState: "dead" as const } };
  assert(shown(dead).includes("loop of x"));
  const cancelled = {
    ...loop,
    cancelled: {
      source: "explicit",
      reason: "r",
      byActor: "root",
      agoMs: 1,
      heldByShield: false,
    },
  };
  assert(shown(cancelled).includes("loop of x"));
});

Deno.test("treeLines shows the program's places, and not the runtime's", () => {
  const [main = "", inside = ""] = [
    tree([task({ parent: null })], 20, 120)[1],
    tree([task({ parent: null, site: RUNTIME })], 20, 120)[1],
  ];
  assertMatch(main, /scenarios\/non_checkpointing\.ts:41$/);
  assertFalse(inside.includes(".ts"), inside);
});

Deno.test("treeLines folds what is alike and counts what there is no room for", () => {
  const alike = Array.from({ length: 30 }, (_, n) => task({ id: `root#${n + 2}`, parent: null }));
  assertMatch(tree(alike)[1] ?? "", /30 × pump/);
  const different = Array.from(
    { length: 30 },
    (_, n) =>
      task({ id: `root#${n + 2}`, parent: null, name: `t${n}`, site: { ...RUNTIME, line: n } }),
  );
  const lines = tree(different, 6);
  assertEquals(lines.length, 6);
  assertMatch(lines.at(-1) ?? "", /… 26 more tasks; w writes all of it/);
});

const [, worker] = DUMP.isolates;
if (worker === undefined) throw new Error("the fixture has a worker");

function busy(change: Partial<IsolateDump>, dump: Partial<Dump> = {}): string[] {
  return busyLines(
    { ...DUMP, isolates: [{ ...worker, ...change } as IsolateDump], ...dump },
    screen(100),
  );
}

Deno.test("busyLines tell a blocked isolate from one that spins and from one whose stack moves", () => {
  const where = "waitInSlices  fixtures/children/non_checkpointing.ts:12";
  assertEquals(busy({}), [`worker-1 root/stuck  blocked in ${where}`]);
  const running = { tid: 1, name: "w", state: "R", wchan: null, cpuTicks: 20 };
  assertEquals(busy({ thread: running }), [`worker-1 root/stuck  spinning in ${where}`]);
  const [first] = worker?.samples ?? [];
  if (first === undefined) throw new Error("the fixture has samples");
  const elsewhere = { ...first, frames: first.frames.map((each) => ({ ...each, line: 99 })) };
  assertEquals(busy({ samples: [elsewhere, first] }), [
    `worker-1 root/stuck  moving, now in ${where}`,
  ]);
});

Deno.test("busyLines name a native call, and leave isolates at rest out", () => {
  assertEquals(busy({ state: "native-blocked" }), [
    "worker-1 root/stuck  in a native call that no inspector reaches",
  ]);
  assertEquals(busy({ state: "parked" }), []);
});

Deno.test("busyLines name a lock with its holder before the place in the code", () => {
  const sharedLocks = [{
    name: "journal",
    seenBy: "root/stuck",
    holder: "root/keeper",
    holderState: "abandoned" as const,
    blockedMs: 2_000,
  }];
  assertEquals(busy({}, { sharedLocks }), [
    'worker-1 root/stuck  blocked 2.00 s on lock "journal", held by root/keeper abandoned',
    "  in waitInSlices  fixtures/children/non_checkpointing.ts:12",
  ]);
});
