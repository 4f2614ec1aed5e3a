import { assert, assertEquals } from "@std/assert";
import { classify, RULES } from "./classify.ts";
import type { Facts } from "./facts.ts";
import {
  CHILD,
  IDLE_MAIN,
  isolate,
  kinds,
  leaked,
  orphaned,
  stuckChild,
  task,
  variantOf,
  withDump,
} from "../../tests/support/facts.ts";

const NATIVE = isolate({ state: "native-blocked", samples: [] });

/** The child was given up while it sat in a native call. */
function native(): Facts {
  return withDump(orphaned(), { isolates: [IDLE_MAIN, NATIVE] });
}

Deno.test("classify names stuck-child, the program's, for a child that was given up in a native call", () => {
  const { class: name, owner } = classify(native());
  assertEquals([name, owner], ["stuck-child", "program"]);
  assert(kinds(native()).child?.[0]?.startsWith(`child in a native call: ${CHILD} (worker-1)`));
});

Deno.test("classify turns from stuck-child to orphaned-channel when the child could be ended", () => {
  const isolates = [IDLE_MAIN, isolate()];
  assertEquals(classify(withDump(native(), { isolates })).class, "orphaned-channel");
});

Deno.test("classify blames no native call for a child that told its tasks and was late with its stack", () => {
  const told = task({ id: `${CHILD}#1`, actor: CHILD, parkedOn: null, state: "native" });
  const late = withDump(native(), { tasks: [task(), told] });
  assertEquals(classify(late).class, "orphaned-channel");
  const left = withDump(leaked(), { isolates: [IDLE_MAIN, NATIVE], tasks: [told] });
  assertEquals(classify(left).class, "exit-leak");
});

Deno.test("classify blames no native call for the wait on a second child that could be ended", () => {
  const wait = {
    kind: "recv",
    resource: "channel",
    peer: "root/other",
    peerState: "dead" as const,
  };
  const tasks = [task(), task({ id: "root#4", parkedOn: wait })];
  assertEquals(classify(withDump(native(), { tasks })).class, "orphaned-channel");
});

Deno.test("classify says of a process that a native call keeps that it is lost, and why", () => {
  const facts = withDump(leaked(), { isolates: [IDLE_MAIN, NATIVE] });
  assertEquals(variantOf(facts), "stuck-child: a native call keeps the process");
  const [lost] = kinds(facts).leftover ?? [];
  assert(lost?.startsWith("the process clock is lost to a native call"), lost);
  assertEquals(classify(withDump(facts, { isolates: [IDLE_MAIN, isolate()] })).class, "exit-leak");
});

Deno.test("classify names stuck-child for a wait for the thread of a child that was given up", () => {
  const wait = { kind: "thread", resource: "end of its thread", peer: CHILD };
  const abandoned = { parkedOn: { ...wait, peerState: "abandoned" as const } };
  assertEquals(classify(withDump(stuckChild(), { tasks: [task(abandoned)] })).class, "stuck-child");
  const dead = isolate({ state: "gone", samples: [] });
  const facts = withDump(stuckChild(), { tasks: [task(abandoned)], isolates: [IDLE_MAIN, dead] });
  assertEquals(classify(facts).class, "unknown");
});

Deno.test("classify decides about children without the order of the table", () => {
  for (const facts of [native(), withDump(leaked(), { isolates: [IDLE_MAIN, NATIVE] })]) {
    assertEquals(classify(facts, [...RULES].reverse()).class, classify(facts).class);
  }
});

/** The child catches its cancel and goes on. */
function swallowing(): Facts {
  const at = { file: "file:///p/child.ts", line: 16, column: 5 };
  return orphaned({ swallowed: [{ actor: CHILD, task: "#4 poll", times: 100, at, fn: "poll" }] });
}

Deno.test("classify names cancel-swallowed, the program's, and the catch", () => {
  const { class: name, owner } = classify(swallowing());
  assertEquals([name, owner], ["cancel-swallowed", "program"]);
  assertEquals(kinds(swallowing()).swallowed, [
    `task #4 poll of ${CHILD} had its cancel thrown at it 100 times and went on: the catch around ` +
    "the wait at /p/child.ts:16:5 in poll takes it",
  ]);
});

Deno.test("classify turns from cancel-swallowed to orphaned-channel when nothing was swallowed", () => {
  assertEquals(classify({ ...swallowing(), swallowed: [] }).class, "orphaned-channel");
});

Deno.test("classify blames no catch of an actor that nobody waits for", () => {
  const facts = swallowing();
  const swallowed = facts.swallowed.map((one) => ({ ...one, actor: "root/other" }));
  assertEquals(classify({ ...facts, swallowed }).class, "orphaned-channel");
});

Deno.test("classify names cancel-swallowed also while the child has not been given up", () => {
  const facts = { ...stuckChild(), swallowed: swallowing().swallowed };
  assertEquals(classify(facts).class, "cancel-swallowed");
});

/** The child spins, and its thread has read so often and got so much. */
function reading(calls: number, bytes: number): Facts {
  const thread = { tid: 2, name: "worker-1", state: "R", wchan: null, cpuTicks: 40 };
  const child = isolate({ thread: { ...thread, reads: { calls, bytes } } });
  return withDump(orphaned(), { isolates: [IDLE_MAIN, child] });
}

Deno.test("classify names eof-spin, the program's, and the reader", () => {
  const { class: name, owner } = classify(reading(50_000, 0));
  assertEquals([name, owner], ["eof-spin", "program"]);
  assertEquals(kinds(reading(50_000, 0)).eof, [
    `spinning on EOF: the thread of ${CHILD} (worker-1) called read 50000 times during the dump ` +
    "from wait at /p/child.ts:7:1 and got 0 bytes",
  ]);
});

Deno.test("classify turns from eof-spin to orphaned-channel by a read that brings something, or rare ones", () => {
  assertEquals(classify(reading(50_000, 50_000)).class, "orphaned-channel");
  assertEquals(classify(reading(20, 0)).class, "orphaned-channel");
});

Deno.test("classify names cancel-swallowed, not eof-spin, when the reader catches its cancel", () => {
  const facts = { ...reading(50_000, 0), swallowed: swallowing().swallowed };
  assertEquals(classify(facts).class, "cancel-swallowed");
});

/** Nothing is wrong with any actor; a task waits for what has been said before. */
function missing(missed: { count: number; beforeMs: number } | undefined): Facts {
  const wait = { kind: "event", resource: 'notification "done"', peer: null, peerState: null };
  const parkedOn = { ...wait, ...(missed === undefined ? {} : { missed }) };
  return withDump(
    orphaned({ ladder: [], actors: [{ path: CHILD, spawnedMs: -300, deadMs: -9 }] }),
    {
      isolates: [IDLE_MAIN],
      channels: [],
      tasks: [task({ parkedOn })],
    },
  );
}

Deno.test("classify names lost-wakeup, the program's, with what was missed and by how much", () => {
  const facts = missing({ count: 2, beforeMs: 40 });
  assertEquals([classify(facts).class, classify(facts).owner], ["lost-wakeup", "program"]);
  assertEquals(kinds(facts).wakeup, [
    'notification "done" had been sent 2 times to nobody, the last time 40 ms before that wait ' +
    "began, and not since",
    `the one actor that was started, ${CHILD}, is dead`,
  ]);
});

Deno.test("classify names no lost-wakeup while a timer may send the notification once more", () => {
  const at = { file: "file:///app/main.ts", line: 1, column: 1 };
  const timer = { kind: "timer", ms: 1_600, fn: null, at } as const;
  const withTimer = (repeats: boolean) =>
    classify({ ...missing({ count: 1, beforeMs: 1 }), timers: [{ ...timer, repeats }] }).class;
  assertEquals([withTimer(false), withTimer(true)], ["unknown", "lost-wakeup"]);
});

Deno.test("classify names no lost-wakeup when nothing was missed, or an orphan waits too", () => {
  assertEquals(classify(missing(undefined)).class, "unknown");
  const [late] = missing({ count: 1, beforeMs: 1 }).dump?.tasks ?? [];
  assert(late !== undefined);
  assertEquals(classify(withDump(orphaned(), { tasks: [task(), late] })).class, "orphaned-channel");
});
