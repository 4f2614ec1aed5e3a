import { assertEquals } from "@std/assert";
import { DUMP } from "../../../../tests/support/attempts.ts";
import type { Dump } from "../../../model/dump.ts";
import { changeLines, changesBetween } from "./changes.ts";
import { screen, task } from "../../../../tests/support/triage.ts";

function changes(after: Partial<Dump>, before: Dump = DUMP): string[] {
  return changesBetween(before, { ...DUMP, ...after }).map(({ kind, text }) => `${kind} ${text}`);
}

Deno.test("changesBetween finds none between dumps that differ in ages alone", () => {
  const older = DUMP.tasks.map((each) => ({ ...each, sinceMs: (each.sinceMs ?? 0) + 900 }));
  assertEquals(changes({ tasks: older }), []);
});

Deno.test("changesBetween tells tasks that ended, that came, and that wait for something else", () => {
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

Deno.test("changeLines says which isolate did not answer and why, and nothing else of it", () => {
  const why = "did not answer: another client of its inspector is connected (deno, process 12) " +
    "(thread 9 S in futex_do_wait, 0 CPU ticks)";
  const after: Dump = {
    ...DUMP,
    missing: [{ isolate: "worker-1", why }],
    isolates: DUMP.isolates.map((each) =>
      each.id === "worker-1" ? { ...each, state: "native-blocked" as const, samples: [] } : each
    ),
  };
  assertEquals(changeLines(DUMP, after, screen(200)), [
    "Nothing moved: the same 2 tasks in 2 isolates, each where it was.",
    "worker-1 did not answer: another client of its inspector is connected (deno, process 12)",
  ]);
  // An isolate that answered, and has no tasks any more, has answered.
  assertEquals(changeLines(DUMP, DUMP, screen(200)).length, 1);
});

Deno.test("changesBetween tells awaits and processes of a command that came and went", () => {
  const process = (pid: number) => ({
    pid,
    parent: 1,
    command: `node ${pid}.js`,
    state: "S",
    wchan: null,
    descriptor: null,
    farPid: null,
    runtime: "node" as const,
    why: null,
    inside: null,
  });
  const at = (line: number) => [{
    isolate: "main",
    kept: true,
    tree: [{
      ...{ kind: "function" as const, name: "pull", count: 1, internal: false, awaits: [] },
      position: { file: "file:///a.ts", line, column: 1 },
    }],
  }];
  const before = { ...DUMP, processes: [process(1), process(2)], awaits: at(3) };
  assertEquals(changes({ processes: [process(1), process(2)], awaits: at(3) }, before), []);
  assertEquals(changes({ processes: [process(1), process(3)], awaits: at(4) }, before), [
    "left process 2: it has gone: node 2.js",
    "came process 3: new, node 3.js",
    "left main pull at /a.ts:3:1: does not wait there any more",
    "came main pull at /a.ts:4:1: new, waits",
  ]);
});
