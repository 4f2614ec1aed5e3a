import { assertEquals } from "@std/assert";
import { HUNG, LEAKED, step } from "../../../tests/support/attempts.ts";
import type { PathStep } from "../../model/path.ts";
import type { Attempt } from "../../model/result.ts";
import { chainOf } from "./chain.ts";

function at(line: number) {
  return { file: "file:///p/program.ts", line, column: 1 };
}

/** The lines, each as its number in the program and its text, and what is said of the first. */
function told(attempt: Attempt) {
  const lines = chainOf(attempt);
  return {
    lines: lines.map((line) => [line.at?.line ?? null, line.text]),
    because: lines[0]?.because ?? null,
  };
}

function hung(kind: "cycle" | "dead-end", entry: number, steps: readonly PathStep[]): Attempt {
  const path = { because: "this is why", steps: [...steps] };
  return { ...HUNG, path: kind === "cycle" ? { kind, entry, ...path } : { kind, ...path } };
}

const ROOT = step({ task: "#1 root", kind: "join", resource: 'nursery "program" (1 running)' });

Deno.test("chainOf() begins where the hang stands, says why, and leaves out what has no line", () => {
  const main = step({ task: "#2 main", kind: "join", resource: "nursery (2 running)", at: at(4) });
  const asks = step({
    ...{ actor: "root/a", task: "#3 ask", kind: "rpc", resource: "answer on x", peer: "root/b" },
    at: at(9),
  });
  assertEquals(told(hung("dead-end", 0, [ROOT, main, asks])), {
    lines: [
      [9, "ask (root/a) waits for the answer of root/b"],
      [4, "main waits for the 2 tasks of nursery"],
    ],
    because: "this is why",
  });
});

Deno.test("chainOf() gives the evidence of the class for the reason, where one piece says it", () => {
  const waits = hung("dead-end", 0, [ROOT, step({ task: "#2 main", kind: "hold", at: at(4) })]);
  const beside = { kind: "beside", detail: "process 7 waits", ref: "dump.outside.processes[0]" };
  const because = (evidence: Attempt["evidence"], name = "waits-outside") =>
    told({ ...waits, class: name, evidence }).because;
  assertEquals(because([beside]), "process 7 waits");
  assertEquals(because([beside, { ...beside, detail: "process 8 waits" }]), "this is why");
  assertEquals([because([]), because([beside], "wait-cycle")], ["this is why", "this is why"]);
});

Deno.test("chainOf() puts a task of the runtime at the line that started it", () => {
  const waits = step({
    ...{ task: "#3 supervisor of a", kind: "event", peer: "root/a", spawnedAt: at(7) },
    resource: 'event "loop of root<->root/a ended"',
  });
  assertEquals(told(hung("dead-end", 0, [ROOT, waits])).lines, [
    [7, "supervisor of a (started here) waits for its channel to root/a to close"],
  ]);
});

Deno.test("chainOf() of a cycle has each line wait for the one above it, and names the round", () => {
  const lock = step({
    task: "#5 a",
    kind: "lock",
    resource: 'lock "l" held by task #6 b',
    at: at(2),
  });
  const join = step({ task: "#6 b", kind: "join", resource: "nursery (1 running)", at: at(3) });
  assertEquals(told(hung("cycle", 1, [ROOT, lock, join])), {
    lines: [[3, "b waits for the task of nursery"], [2, 'a waits for lock "l", held by b']],
    because: "a cycle of 2: a waits for b, b for a",
  });
});

Deno.test("chainOf() of a leak names each thread by the line it stands at, and what is no thread", () => {
  const leftovers = ["thread worker-1 (tid 7) of actor root/stuck, busy", "a timer in main"];
  assertEquals(told({ ...LEAKED, leftovers }).lines, [
    [12, "the thread of root/stuck (worker-1) still runs, in waitInSlices()"],
    [null, "stayed: a timer in main"],
  ]);
});

Deno.test("chainOf() falls back on the code that isolates stand in where no path is known", () => {
  assertEquals(told({ ...HUNG, path: null }).lines, [[12, "root/stuck is in waitInSlices()"]]);
  assertEquals(chainOf({ ...HUNG, path: null, dump: null }), []);
});
