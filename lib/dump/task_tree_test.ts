import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { CancelReason } from "../protocol/terms.ts";
import type { IsolateSnapshot, ParkSnapshot, TaskSnapshot } from "../protocol/snapshot.ts";
import { buildTaskTree, readSnapshot } from "./task_tree.ts";

Deno.test("readSnapshot reads what a runtime reports", () => {
  const snapshot = isolateSnapshot("root", [task({ id: 1 })]);
  const outcome = readSnapshot(JSON.stringify(snapshot));
  assert(outcome.kind === "ok");
  assertEquals(outcome.snapshot, snapshot);
});

for (
  const [text, why] of [
    ["{", "not JSON"],
    ["null", "not unwedge/snapshot@1 but object"],
    ['"hello"', "not unwedge/snapshot@1 but string"],
    ['{"schema":"unwedge/snapshot@2"}', "not unwedge/snapshot@1 but unwedge/snapshot@2"],
    ['{"schema":"unwedge/snapshot@1","actor":7,"nowMs":1}', "it has not the shape of one"],
    ['{"error":"stack overflow"}', "snapshot failed: stack overflow"],
  ] as const
) {
  Deno.test(`readSnapshot refuses ${text} and says why`, () => {
    const outcome = readSnapshot(text);
    assert(outcome.kind === "unreadable");
    assertStringIncludes(outcome.why, why);
  });
}

Deno.test("readSnapshot refuses a snapshot of which any part has another shape", () => {
  const whole = {
    schema: "unwedge/snapshot@1",
    actor: "root",
    nowMs: 1,
    tasks: [task({ id: 1, parkedOn: [park({})] })],
    channels: [],
    sharedLocks: [],
  };
  assertEquals(readSnapshot(JSON.stringify(whole)).kind, "ok");
  const parts = [
    { tasks: [null] },
    { tasks: [{ ...task({ id: 1 }), parkedOn: "none" }] },
    { tasks: [task({ id: 1, parkedOn: [{ ...park({}), sinceMs: Infinity }] })] },
    { channels: "none" },
    { sharedLocks: [{ name: "l" }] },
  ];
  for (const part of parts) {
    const text = JSON.stringify({ ...whole, ...part });
    assertEquals(readSnapshot(text).kind, "unreadable", text);
  }
});

Deno.test("buildTaskTree gives tasks ids that hold across actors, and turns times into ages", () => {
  const { tasks } = buildTaskTree([
    { isolate: "main", snapshot: isolateSnapshot("root", [task({ id: 1 }), child(2, 1)]) },
    { isolate: "worker-1", snapshot: isolateSnapshot("root/a", [task({ id: 1 })]) },
  ]);
  assertEquals(tasks.map(({ id, parent }) => [id, parent]), [
    ["root#1", null],
    ["root#2", "root#1"],
    ["root/a#1", null],
  ]);
  assertEquals(tasks[0]?.sinceMs, 400);
  assertEquals(tasks[0]?.parkedOn, {
    kind: "recv",
    resource: "channel",
    peer: "root/a",
    peerState: "dead",
  });
  assertEquals(tasks[0]?.site, { file: "file:///x.ts", line: 3, column: 5 });
});

Deno.test("buildTaskTree keeps ids unique when two isolates ran the same actor", () => {
  const { tasks } = buildTaskTree([
    { isolate: "worker-1", snapshot: isolateSnapshot("root/a", [task({ id: 1 })]) },
    { isolate: "worker-2", snapshot: isolateSnapshot("root/a", [task({ id: 1 }), child(2, 1)]) },
  ]);
  assertEquals(tasks.map(({ id }) => id), ["root/a#1", "root/a@worker-2#1", "root/a@worker-2#2"]);
  assertEquals(tasks[2]?.parent, "root/a@worker-2#1");
  assertEquals(new Set(tasks.map(({ actor }) => actor)), new Set(["root/a"]));
});

Deno.test("buildTaskTree shows the oldest of several waits", () => {
  const waits = [park({ kind: "event", sinceMs: 900 }), park({ kind: "send", sinceMs: 700 })];
  const { tasks } = buildTaskTree([
    { isolate: "main", snapshot: isolateSnapshot("root", [task({ id: 1, parkedOn: waits })]) },
  ]);
  assertEquals([tasks[0]?.parkedOn?.kind, tasks[0]?.sinceMs], ["send", 300]);
});

Deno.test("buildTaskTree says whether a cancel is in force or held off by a shield", () => {
  const { tasks } = buildTaskTree([{
    isolate: "main",
    snapshot: isolateSnapshot("root", [
      task({ id: 1, cancelled: CANCEL }),
      task({ id: 2, cancelHeldByShield: { ...CANCEL, detail: null } }),
      task({ id: 3 }),
    ]),
  }]);
  const common = { source: "deadline", byActor: "root/a", agoMs: 500 };
  assertEquals(tasks.map(({ cancelled }) => cancelled), [
    { ...common, reason: "too slow", heldByShield: false },
    { ...common, reason: "scope service", heldByShield: true },
    null,
  ]);
});

Deno.test("buildTaskTree reports a task that waits for nothing of ours without a wait", () => {
  const { tasks } = buildTaskTree([{
    isolate: "main",
    snapshot: isolateSnapshot("root", [task({ id: 1, state: "native", parkedOn: [] })]),
  }]);
  assertEquals([tasks[0]?.parkedOn, tasks[0]?.sinceMs, tasks[0]?.site], [null, null, null]);
});

Deno.test("buildTaskTree says who saw a channel and who is blocked in a lock, and for how long", () => {
  const snapshot: IsolateSnapshot = {
    ...isolateSnapshot("root", []),
    channels: [{
      id: "c1",
      peer: "root/a",
      state: "open",
      peerState: "abandoned",
      sinceMs: 1,
      why: "hard kill had no effect",
    }],
    sharedLocks: [
      { name: "gil", holder: "root/a", holderState: "abandoned", blockedSinceMs: 250 },
      { name: "free", holder: null, holderState: null, blockedSinceMs: null },
    ],
  };
  const { channels, sharedLocks } = buildTaskTree([{ isolate: "main", snapshot }]);
  assertEquals(channels[0], {
    id: "c1",
    actor: "root",
    peer: "root/a",
    state: "open",
    peerState: "abandoned",
    why: "hard kill had no effect",
  });
  assertEquals(sharedLocks.map(({ seenBy, blockedMs }) => [seenBy, blockedMs]), [
    ["root", 750],
    ["root", null],
  ]);
});

const CANCEL: CancelReason = {
  source: "deadline",
  detail: "too slow",
  scope: "service",
  byActor: "root/a",
  atMs: 500,
};

function isolateSnapshot(actor: string, tasks: readonly TaskSnapshot[]): IsolateSnapshot {
  return {
    schema: "unwedge/snapshot@1",
    actor,
    nowMs: 1_000,
    tasks,
    channels: [],
    sharedLocks: [],
  };
}

Deno.test("buildTaskTree tells whose call a task answers, and what came from a peer that was given up", () => {
  const channel = {
    id: "root<->root/a",
    peer: "root/a",
    state: "open",
    peerState: "abandoned",
    sinceMs: 0,
    why: "handshake",
  } as const;
  const snapshot: IsolateSnapshot = {
    schema: "unwedge/snapshot@1",
    actor: "root",
    nowMs: 1_000,
    tasks: [task({ serves: "root/a" }), task({ id: 1 })],
    channels: [{ ...channel, afterAbandon: 17 }, channel],
    sharedLocks: [],
  };
  const { tasks, channels } = buildTaskTree([{ isolate: "main", snapshot }]);
  assertEquals(tasks.map(({ serves }) => serves), ["root/a", undefined]);
  assertEquals(channels.map(({ afterAbandon }) => afterAbandon), [17, undefined]);
});

function park(fields: Partial<ParkSnapshot>): ParkSnapshot {
  return {
    kind: "recv",
    resource: "channel",
    peer: "root/a",
    peerState: "dead",
    sinceMs: 600,
    shielded: false,
    site: { fn: "f", file: "file:///x.ts", line: 3, column: 5 },
    ...fields,
  };
}

function task(fields: Partial<TaskSnapshot>): TaskSnapshot {
  return {
    id: 0,
    name: "task",
    parent: null,
    state: "parked",
    parkedOn: [park({})],
    cancelled: null,
    cancelHeldByShield: null,
    createdAt: null,
    ...fields,
  };
}

function child(id: number, parent: number): TaskSnapshot {
  return task({ id, parent });
}
