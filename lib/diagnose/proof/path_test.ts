import { assertEquals } from "@std/assert";
import { explainProof } from "./path.ts";
import {
  BEGUN,
  censusOf,
  DEAD,
  quiet,
  SPAWNED,
  task,
  wait,
} from "../../../tests/support/census.ts";
import type { JournalEvent } from "../../protocol/journal_event.ts";

function told(events: readonly JournalEvent[]) {
  const proof = explainProof(censusOf([BEGUN, SPAWNED, ...events]));
  const path = proof.path.map(({ actor, task }) => `${actor} ${task}`);
  return proof.kind === "cycle" ? { path, entry: proof.entry } : { path, because: proof.because };
}

/**
 * root waits for its transfer, which holds a lock and waits for the child, which waits for a task that needs the lock.
 */
const CHILD_ASKS = quiet("root/child", {
  tasks: [
    task(1, [wait({ kind: "join", onTasks: [4] })]),
    task(4, [wait({ kind: "rpc", peer: "root", peerState: "alive", call: 7 })], {
      serves: { peer: "root", call: 2 },
    }),
  ],
});
const ROOT_TASKS = [
  task(1, [wait({ kind: "join", onTasks: [2] })]),
  task(2, [wait({ kind: "rpc", peer: "root/child", peerState: "alive", call: 2 })]),
  task(3, [wait({ kind: "lock", onTasks: [2] })], { serves: { peer: "root/child", call: 7 } }),
];

Deno.test("explainProof() finds a cycle through calls of two actors and a lock", () => {
  assertEquals(told([CHILD_ASKS, quiet("root", { tasks: ROOT_TASKS })]), {
    path: ["root #1 task1", "root #2 task2", "root/child #4 task4", "root #3 task3"],
    entry: 1,
  });
});

Deno.test("explainProof() finds no cycle when the call is another one", () => {
  const [top, transfer, balance] = ROOT_TASKS;
  if (top === undefined || transfer === undefined || balance === undefined) {
    throw new Error("three tasks");
  }
  const other = { ...balance, serves: { peer: "root/child", call: 8 } };
  assertEquals(told([CHILD_ASKS, quiet("root", { tasks: [top, transfer, other] })]), {
    path: ["root #1 task1", "root #2 task2", "root/child #4 task4"],
    because: "root lives, but nothing in it moves, or can by itself",
  });
});

Deno.test("explainProof() ends at a dead peer, before any other wait", () => {
  const tasks = [
    task(1, [wait({ kind: "join", onTasks: [2, 3] })]),
    task(2, [wait({ kind: "event" })]),
    task(3, [wait({ kind: "recv", peer: "root/child", peerState: "dead" })]),
  ];
  assertEquals(told([DEAD, quiet("root", { tasks })]), {
    path: ["root #1 task1", "root #3 task3"],
    because: "root/child is dead, and the side that waits was never told",
  });
});

Deno.test("explainProof() goes through the end of an actor into what keeps it", () => {
  const tasks = [task(1, [wait({ kind: "event", peer: "root/child", peerState: "alive" })])];
  const child = quiet("root/child", {
    tasks: [task(1, [wait({ kind: "sleep", resource: "forever" })])],
  });
  assertEquals(told([child, quiet("root", { tasks })]), {
    path: ["root #1 task1", "root/child #1 task1"],
    because: "it sleeps forever; only a cancel could end that",
  });
});

Deno.test("explainProof() does not take two loops that listen to each other for a cycle", () => {
  const listens = (peer: string) =>
    quiet(peer === "root" ? "root/child" : "root", {
      tasks: [task(1, [wait({ kind: "recv", peer, peerState: "alive" })])],
    });
  assertEquals(told([listens("root"), listens("root/child")]), {
    path: ["root #1 task1"],
    because: "root/child lives, but nothing in it moves, or can by itself",
  });
});
