import { assertEquals } from "@std/assert";
import { explain } from "./explain.ts";
import { type GraphTask, type GraphWait, WaitGraph } from "./wait_graph.ts";

/** More tasks than a quadratic walk, or a recursive one, gets through. */
const COUNT = 20_000;

function waitFor(kind: string, ...onTasks: string[]): GraphWait {
  return {
    kind,
    resource: kind,
    peer: null,
    peerState: null,
    shielded: false,
    onTasks,
    otherEnd: null,
    call: null,
    deadlineInMs: null,
    at: null,
    isOwn: false,
    sinceMs: 0,
  };
}

/** A root task that joins tasks of which each waits for the lock of the next, and the last as it is told. */
function chain(last: GraphWait): WaitGraph {
  const task = (key: string, parent: string | null, wait: GraphWait): GraphTask => ({
    key,
    actor: "root",
    title: key,
    parent,
    serves: null,
    waits: [wait],
    sleepsInARow: 0,
    spawnedAt: null,
    isOwn: false,
  });
  const keys = Array.from({ length: COUNT }, (_, n) => `t${n}`);
  const tasks = keys.map((key, n) => {
    const next = keys[n + 1];
    return task(key, "top", next === undefined ? last : waitFor("lock", next));
  });
  return new WaitGraph([task("top", null, waitFor("join", ...keys)), ...tasks], []);
}

Deno.test("explain() follows a chain of as many waits as there are tasks to its end", () => {
  const explained = explain(chain(waitFor("event")), false);
  assertEquals(explained?.explanation.kind, "dead-end");
  assertEquals(explained?.stuck.has({ key: "t0" }), false);
});

Deno.test("explain() finds a cycle of as many waits as there are tasks", () => {
  const explained = explain(chain(waitFor("lock", "t0")), false);
  const explanation = explained?.explanation;
  assertEquals(explanation?.kind === "cycle" && explanation.cycle.length, COUNT);
});
