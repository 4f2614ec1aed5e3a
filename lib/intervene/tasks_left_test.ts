import { assertEquals } from "@std/assert";
import type { IsolateSnapshot, TaskSnapshot } from "../protocol/snapshot.ts";
import type { ParkKind } from "../protocol/terms.ts";
import { tasksLeft } from "./tasks_left.ts";

function task(
  id: number,
  kind: ParkKind | null,
  resource = "x",
  peer: string | null = null,
): TaskSnapshot {
  const park = {
    kind: kind ?? "event",
    resource,
    peer,
    peerState: null,
    sinceMs: 1,
    shielded: false,
    site: null,
  };
  return {
    id,
    name: `t${id}`,
    parent: null,
    state: kind === null ? "native" : "parked",
    parkedOn: kind === null ? [] : [park],
    cancelled: null,
    createdAt: null,
    cancelHeldByShield: null,
  };
}

function report(
  actor: string,
  ...tasks: TaskSnapshot[]
): { isolate: string; snapshot: IsolateSnapshot } {
  const snapshot: IsolateSnapshot = {
    schema: "unwedge/snapshot@1",
    actor,
    nowMs: 2,
    tasks,
    channels: [],
    sharedLocks: [],
  };
  return { isolate: actor === "root" ? "main" : "worker-1", snapshot };
}

Deno.test("tasksLeft names who has gone, and who waits for something else", () => {
  const before = [
    report("root", task(1, "join"), task(2, "recv"), task(3, "rpc", "answer", "root/a")),
  ];
  const after = [report("root", task(1, "join"), task(3, "rpc", "answer", "root/b"))];
  assertEquals(tasksLeft(before, after), ["root#2 t2", "root#3 t3"]);
});

Deno.test("tasksLeft takes a wait for the same one when only its state or its time left reads otherwise", () => {
  const before = [
    report("root", task(1, "sleep", "900 ms to go"), task(2, "recv", "channel c (open)")),
  ];
  const after = [
    report("root", task(1, "sleep", "20 ms to go"), task(2, "recv", "channel c (broken)")),
  ];
  assertEquals(tasksLeft(before, after), []);
});

Deno.test("tasksLeft names nobody who did not wait before", () => {
  assertEquals(tasksLeft([report("root", task(1, null))], [report("root")]), []);
});

Deno.test("tasksLeft counts the tasks of an isolate that is gone, and of a subject that is", () => {
  const before = [report("root", task(1, "join")), report("root/a", task(1, "recv"))];
  assertEquals(tasksLeft(before, [report("root", task(1, "join"))]), ["root/a#1 t1"]);
  assertEquals(tasksLeft(before, "gone"), ["root#1 t1", "root/a#1 t1"]);
});

Deno.test("tasksLeft says nothing of anybody when nobody answered the second time", () => {
  assertEquals(tasksLeft([report("root", task(1, "join"))], []), []);
});

Deno.test("tasksLeft says nothing of an isolate that lives and did not answer the second time", () => {
  const root = report("root", task(1, "join"));
  const before = [root, report("root/a", task(1, "recv"))];
  assertEquals(tasksLeft(before, [root], ["worker-1"]), []);
});
