import { assertEquals } from "@std/assert";
import { DUMP } from "../../../fixtures/attempts.ts";
import type { Dump } from "../../report/result.ts";
import { changesBetween } from "./moved.ts";
import { task } from "./test_page.ts";

function changes(after: Partial<Dump>, before: Dump = DUMP): string[] {
  return changesBetween(before, { ...DUMP, ...after }).map(({ kind, text }) => `${kind} ${text}`);
}

Deno.test("changesBetween finds none between dumps that differ in ages alone", () => {
  const older = DUMP.tasks.map((each) => ({ ...each, sinceMs: (each.sinceMs ?? 0) + 900 }));
  assertEquals(changes({ tasks: older }), []);
});

Deno.test("changesBetween tells who ended, who came, and who waits for something else", () => {
  const [main] = DUMP.tasks;
  if (main === undefined) throw new Error("the fixture has tasks");
  const asleep = { kind: "sleep", resource: "timer", peer: null, peerState: null };
  assertEquals(changes({ tasks: [main, task({ id: "root#3", name: "new", parkedOn: asleep })] }), [
    "left root#2 pump: ended",
    "came root#3 new: new, sleep timer",
  ]);
  assertEquals(changes({ tasks: [main, task({ parkedOn: asleep })] }), [
    "moved root#2 pump: was in root/stuck abandoned: recv channel root->root/stuck, is in sleep timer",
  ]);
});

Deno.test("changesBetween tells a wait that was left and begun again", () => {
  const [main] = DUMP.tasks;
  if (main === undefined) throw new Error("the fixture has tasks");
  assertEquals(changes({ tasks: [main, task({ sinceMs: 3 })] }), [
    "moved root#2 pump: waits anew, root/stuck abandoned: recv channel root->root/stuck",
  ]);
});

Deno.test("changesBetween calls no task ended whose isolate did not answer", () => {
  const child = task({ id: "root/stuck#1", actor: "root/stuck", name: "child" });
  const before = { ...DUMP, tasks: [...DUMP.tasks, child] };
  assertEquals(changes({}, before), []);
  // Once its thread has gone, so has the task.
  const isolates = DUMP.isolates.filter(({ actor }) => actor === "root");
  assertEquals(changes({ isolates }, before), [
    "left root/stuck#1 child: ended",
    "left worker-1 root/stuck: its thread has gone",
  ]);
});

Deno.test("changesBetween tells an isolate that runs something else, and a channel's new state", () => {
  const parked = DUMP.isolates.map((each) => ({ ...each, state: "parked" as const }));
  assertEquals(changes({ isolates: parked }), [
    "moved worker-1 root/stuck: was busy in waitInSlices:12, is parked",
  ]);
  const broken = DUMP.channels.map((end) => ({ ...end, state: "broken" }));
  assertEquals(changes({ channels: broken }), [
    "moved channel root->root/stuck of root: was open, peer abandoned, is broken, peer abandoned",
  ]);
});
