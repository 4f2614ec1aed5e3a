import { assertEquals, assertStringIncludes } from "@std/assert";
import type { DumpedTask, DumpedWait } from "../model/dump.ts";
import { classify } from "./classify.ts";
import type { Facts } from "./facts.ts";
import {
  IDLE_MAIN,
  isolate,
  kinds,
  STARVED_MAIN,
  task,
  withDump,
} from "../../tests/support/facts.ts";
import { hangOf, joins, PROVEN, ROOT, waits } from "../../tests/support/waits.ts";

/** main holds the lock and joins the task that waits for it. */
const LOCK_AND_JOIN = [
  ROOT,
  joins("root#2", 13, ["root#3"]),
  waits("root#3", 17, { kind: "lock", resource: "lock", onTasks: ["root#2"] }, {
    parent: "root#2",
  }),
];

/** A call of main, which its server answers once main has answered its own. */
const ASKING = [
  ROOT,
  waits("root#2", 4, { kind: "rpc", peer: "root/b", peerState: "alive", call: 1 }),
  waits("root#3", 8, { kind: "lock", onTasks: ["root#2"] }, { serves: "root/b", servesCall: 5 }),
  joins("root/b#1", null, ["root/b#2"]),
  waits("root/b#2", 20, { kind: "rpc", peer: "root", peerState: "alive", call: 5 }, {
    serves: "root",
    servesCall: 1,
  }),
];

function classOf(tasks: readonly DumpedTask[], change: Partial<Facts> = {}): string | null {
  return classify(hangOf(tasks, change)).class;
}

/** Why it is no wait-cycle. */
function whyNot(tasks: readonly DumpedTask[]): string {
  const { class: name, missing } = classify(hangOf(tasks));
  assertEquals(name, "unknown");
  return missing.find((reason) => reason.startsWith("wait-cycle")) ?? "";
}

/** The same tasks, with one of them changed. */
function changed(
  tasks: readonly DumpedTask[],
  id: string,
  change: Partial<DumpedTask>,
  wait: Partial<DumpedWait> = {},
): DumpedTask[] {
  return tasks.map((each) => {
    if (each.id !== id) return each;
    const parkedOn = each.parkedOn === null ? null : { ...each.parkedOn, ...wait };
    return { ...each, parkedOn, ...change };
  });
}

Deno.test("classify says wait-cycle of waits that hold each other, proven or not, and cites their lines", () => {
  for (const proof of [hangOf([]).proof, PROVEN]) {
    const { class: name, owner } = classify(hangOf(LOCK_AND_JOIN, { proof: proof ?? null }));
    assertEquals([name, owner], ["wait-cycle", "program"]);
  }
  assertEquals(kinds(hangOf(LOCK_AND_JOIN))["cycle"], [
    "/p/program.ts:13:1: root #2 task waits for the tasks of nursery, which is up to root #3 task",
    "/p/program.ts:17:1: root #3 task waits for lock, which is up to root #2 task",
  ]);
  assertEquals(kinds(hangOf(LOCK_AND_JOIN))["unproven"], [
    "not proven, because program.ts uses setInterval",
  ]);
  assertEquals(classOf(ASKING), "wait-cycle");
});

Deno.test("classify says wait-cycle whatever else waits for a promise without a label", () => {
  const native = task({ id: "root#9", parent: "root#2", state: "native", parkedOn: null });
  assertEquals(classOf([...LOCK_AND_JOIN, native]), "wait-cycle");
});

Deno.test("classify says wait-cycle beside a task that does something regularly, and not beside one that is about to", () => {
  const asleep = (sleepsInARow: number) =>
    waits("root#9", 30, { kind: "sleep", resource: "9 ms to go" }, {
      ...{ parent: "root#2", sleepsInARow },
    });
  assertEquals(classOf([...LOCK_AND_JOIN, asleep(5)]), "wait-cycle");
  assertStringIncludes(whyNot([...LOCK_AND_JOIN, asleep(1)]), "root #9 task sleeps (9 ms to go)");
  const works = waits("root#9", 30, { kind: "checkpoint", resource: "next turn of the loop" });
  assertStringIncludes(whyNot([...LOCK_AND_JOIN, works]), "root #9 task is at work");
});

Deno.test("classify says wait-cycle beside a timer that ticks, and not beside one that will call the program once", () => {
  const at = { file: "file:///p/program.ts", line: 3, column: 1 };
  const timer = { kind: "timer", repeats: true, ms: 1_000, fn: null, at } as const;
  const own = { ...timer, repeats: false, at: { ...at, file: import.meta.resolve("../x.ts") } };
  const ticking = { timers: [timer, own, { ...timer, repeats: false, at: null }] };
  assertEquals(classOf(LOCK_AND_JOIN, ticking), "wait-cycle");
  assertEquals(kinds(hangOf(LOCK_AND_JOIN, ticking))["unproven"], [
    "not proven, because a timer calls the function at /p/program.ts:3:1 every 1.00 s",
  ]);
  const once = { timers: [timer, { ...timer, repeats: false }] };
  assertEquals(classOf(LOCK_AND_JOIN, once), "unknown");
  assertEquals(classOf(LOCK_AND_JOIN, { ...once, proof: PROVEN }), "wait-cycle");
});

Deno.test("classify does not say wait-cycle of one that a deadline ends", () => {
  for (const id of ["root#2", "root#3", "root/b#2"]) {
    const bounded = changed(ASKING, id, {}, { deadlineInMs: 9_000 });
    assertEquals(classOf(bounded) === "wait-cycle", false, id);
  }
  assertEquals(classOf(changed(LOCK_AND_JOIN, "root#3", {}, { deadlineInMs: 9_000 })), "unknown");
});

Deno.test("classify does not say wait-cycle of one that has stood for a moment only", () => {
  const young = changed(ASKING, "root/b#2", { sinceMs: 30 });
  assertStringIncludes(whyNot(young), "it has stood for 30 ms only");
  assertEquals(classOf(young, { proof: PROVEN }), "wait-cycle");
});

Deno.test("classify does not say wait-cycle of calls that the other side does not serve", () => {
  assertEquals(classOf(changed(ASKING, "root/b#2", { servesCall: 2 })), "unknown");
  assertEquals(classOf(changed(ASKING, "root#3", { servesCall: 6 })), "unknown");
});

Deno.test("classify does not say wait-cycle where the task around it could still cancel it", () => {
  const sleep = { kind: "sleep", resource: "9 s to go", onTasks: [] };
  const busy = changed(LOCK_AND_JOIN, "root#2", {}, sleep);
  assertEquals(classOf(busy), "unknown");
});

Deno.test("classify does not say wait-cycle where a supervisor is about to end one of its actors", () => {
  const ladder = waits("root#8", null, {
    ...{ peer: "root/b", peerState: "alive", deadlineInMs: 200 },
  });
  assertStringIncludes(whyNot([...ASKING, ladder]), "root #8 task gives root/b 200 ms more");
});

Deno.test("classify does not say wait-cycle of a dead end", () => {
  assertEquals(classOf([ROOT, waits("root#2", 4, {})]), "unknown");
});

Deno.test("classify does not say wait-cycle beside a task that an orphaned channel keeps", () => {
  assertEquals(classOf([...LOCK_AND_JOIN, task({ id: "root#9" })]) === "wait-cycle", false);
});

Deno.test("classify does not say wait-cycle of tasks where main does not act on SIGINT", () => {
  const { sigint } = hangOf(LOCK_AND_JOIN);
  if (sigint === null) throw new Error("the facts have a probe");
  const ignored = { ...sigint, actedMs: null, unwedged: false, joinedMs: null };
  assertEquals(classOf(LOCK_AND_JOIN, { sigint: ignored }) === "wait-cycle", false);
});

/** Two channels that are full: each task would have to read what the other sends. */
function full(id: string, reader: string, more: Partial<DumpedWait> = {}): DumpedTask {
  return waits(id, 40, {
    ...{ kind: "send", resource: `${id} full`, onTasks: [reader] },
    otherEnd: { ended: false, outside: false },
    ...more,
  }, { parent: "root#2" });
}

Deno.test("classify says wait-cycle of channels whose only readers wait for each other", () => {
  const main = joins("root#2", 13, ["root#3", "root#4"]);
  assertEquals(
    classOf([ROOT, main, full("root#3", "root#4"), full("root#4", "root#3")]),
    "wait-cycle",
  );
  const outside = full("root#4", "root#3", { otherEnd: { ended: false, outside: true } });
  assertEquals(classOf([ROOT, main, full("root#3", "root#4"), outside]), "unknown");
});

/** Two workers that block on each other's lock; main waits for one of them. */
function blocking(change: Partial<Facts> = {}, blockedMs = 900): Facts {
  const lock = (seenBy: string, holder: string) => ({
    ...{ name: `of ${holder}`, seenBy, holder, holderState: "alive", blockedMs } as const,
  });
  const asks = waits("root#2", 4, { kind: "rpc", peer: "root/a", peerState: "alive", call: 1 });
  return withDump(hangOf([ROOT, asks], change), {
    isolates: [IDLE_MAIN, isolate({ actor: "root/a" }), isolate({ actor: "root/b" })],
    sharedLocks: [lock("root/a", "root/b"), lock("root/b", "root/a")],
  });
}

Deno.test("classify says wait-cycle, not stuck-child, of isolates that block each other on shared locks", () => {
  const { class: name, owner } = classify(blocking());
  assertEquals([name, owner], ["wait-cycle", "program"]);
  const oneWay = withDump(blocking(), {
    sharedLocks: blocking().dump?.sharedLocks.slice(0, 1) ?? [],
  });
  assertEquals(classify(oneWay).class, "stuck-child");
  assertEquals(classify(blocking({}, 20)).class, "unknown");
});

Deno.test("classify says wait-cycle, not loop-starved, where main itself is blocked in the cycle", () => {
  const facts = blocking();
  const [first] = facts.dump?.sharedLocks ?? [];
  if (first === undefined || facts.sigint === null) throw new Error("the facts have both");
  const main = { ...first, seenBy: "root", holder: "root/a" };
  const child = { ...first, seenBy: "root/a", holder: "root" };
  const starved = withDump(facts, {
    isolates: [STARVED_MAIN, isolate({ actor: "root/a" })],
    sharedLocks: [main, child],
  }, {
    sigint: { ...facts.sigint, actedMs: null, unwedged: false, joinedMs: null },
    loop: { beats: 5, lastBeatMs: 4_000, maxGapMs: 4_000 },
  });
  assertEquals(classify(starved).class, "wait-cycle");
  const alone = withDump(starved, { sharedLocks: [main] });
  assertEquals(classify(alone).class, "loop-starved");
});

Deno.test("classify cites the line that blocks", () => {
  assertEquals(
    kinds(blocking())["cycle"]?.[0],
    '/p/child.ts:7:1: root/a waits for shared lock "of root/b", which is up to root/b',
  );
});
