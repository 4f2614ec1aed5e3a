import { assertEquals, assertStringIncludes } from "@std/assert";
import type { DumpedOutside, DumpedTask } from "../model/dump.ts";
import { classify } from "./classify.ts";
import type { Facts } from "./facts.ts";
import { hangPath } from "./hang_path.ts";
import { ACTED, frame, IDLE_MAIN, isolate, kinds, withDump } from "../../tests/support/facts.ts";
import { hangOf, joins, line, ROOT, waits } from "../../tests/support/waits.ts";

const HELD = waits("root#2", 18, { kind: "hold", resource: "exit of the tool" });

/** main awaits a promise without a label. */
function awaits(change: Partial<DumpedTask> = {}): DumpedTask {
  const nothing = { state: "native", parkedOn: null, site: null, sinceMs: null } as const;
  return { ...waits("root#2", 16, {}), ...nothing, createdAt: line(15), ...change };
}

function cancelled(agoMs: number, heldByShield = false): Partial<DumpedTask> {
  return {
    cancelled: { source: "explicit", reason: "shutdown", byActor: "root", agoMs, heldByShield },
  };
}

function named(facts: Facts): readonly (string | null)[] {
  const { class: name, owner } = classify(facts);
  return [name, owner];
}

const IN_VAIN = { sigint: { ...ACTED, unwedged: false, joinedMs: null } };

Deno.test("classify says waits-outside, the program's, of a promise with a label, and tells the label and its line", () => {
  const facts = hangOf([ROOT, HELD]);
  assertEquals(named(facts), ["waits-outside", "program"]);
  assertEquals(kinds(facts)["outside"], [
    '/p/program.ts:18:1: root #2 task has waited for 3.00 s for "exit of the tool", which comes ' +
    "from outside of the runtime",
  ]);
});

Deno.test("classify says waits-outside of a promise without a label, and says where to label it", () => {
  const facts = hangOf([ROOT, awaits()], IN_VAIN);
  assertEquals(named(facts), ["waits-outside", "program"]);
  assertStringIncludes(kinds(facts)["outside"]?.[0] ?? "", "spawned at /p/program.ts:15:1");
  assertStringIncludes(kinds(facts)["outside"]?.[0] ?? "", "hold(promise, label)");
});

Deno.test("classify tells beside waits-outside what a child process does, and which connections are open", () => {
  const outside: DumpedOutside = {
    processes: [{
      ...{ pid: 7, parent: 1, command: "tool -v", state: "S", wchan: "anon_pipe_write" },
      descriptor: { fd: 1, target: "pipe:[99]", ours: 33 },
    }],
    sockets: [
      { fd: 8, localPort: 80, remotePort: 4_000, toItself: true },
      { fd: 9, localPort: 4_000, remotePort: 80, toItself: true },
    ],
  };
  assertEquals(kinds(withDump(hangOf([ROOT, HELD]), { outside }))["beside"], [
    "beside it, a child process: process 7 (tool -v) waits in anon_pipe_write: it writes to its " +
    "descriptor 1, a pipe whose read end is the subject's own (its descriptor 33)",
    "beside it: it has a TCP connection open from its port 80 to port 4000, and has the far end, too",
  ]);
});

Deno.test("classify says cancel-ignored, the program's, of a cancelled task that awaits a promise without a label", () => {
  const facts = hangOf([ROOT, awaits(cancelled(3_000))], IN_VAIN);
  assertEquals(named(facts), ["cancel-ignored", "program"]);
  assertStringIncludes(
    kinds(facts)["outside"]?.[0] ?? "",
    "was cancelled 3.00 s ago by root (shutdown)",
  );
});

Deno.test("classify does not say cancel-ignored of a cancel that is young, that a shield holds, or that a hold takes", () => {
  for (const change of [cancelled(20), cancelled(3_000, true)]) {
    assertEquals(classify(hangOf([ROOT, awaits(change)], IN_VAIN)).class, "unknown");
  }
  const held = hangOf([ROOT, { ...HELD, ...cancelled(3_000) }]);
  assertEquals(classify(held).class, "waits-outside");
});

Deno.test("classify names no outside of a promise that nothing waits for yet", () => {
  const event = joins("root#2", 13, []);
  const beside = awaits({ id: "root#3", parent: "root#2" });
  assertEquals(classify(hangOf([ROOT, event, beside])).class, "unknown");
});

Deno.test("classify names no outside where the isolate that awaits was at work", () => {
  const samples = [{ atMs: 1, frames: [frame("parse", 1)] }, { atMs: 150, frames: [] }];
  const working = isolate({ ...IDLE_MAIN, samples });
  const facts = withDump(hangOf([ROOT, awaits()], IN_VAIN), { isolates: [working] });
  assertEquals(classify(facts).class, "unknown");
});

Deno.test("classify names another class beside a promise from outside where one fits", () => {
  const orphan = waits("root#3", 20, {
    ...{ kind: "recv", resource: "channel", peer: "root/stuck", peerState: "abandoned" },
  }, { parent: "root#1" });
  const channels = [{
    ...{ id: "c", actor: "root", peer: "root/stuck", state: "open", why: "handshake" },
    peerState: "abandoned" as const,
  }];
  const facts = withDump(hangOf([joins("root#1", null, ["root#2", "root#3"]), HELD, orphan]), {
    channels,
  });
  assertEquals(classify(facts).class, "orphaned-channel");
  assertEquals(classify(hangOf([ROOT, HELD], { joinedByItselfMs: 6_000 })).class, "late");
});

/** main waits for the handshake of an actor that has waited for its own module for so long. */
function boots(sinceMs: number, child: Parameters<typeof isolate>[0] = {}): Facts {
  const loads = waits(
    "root/slow#1",
    null,
    { kind: "hold", resource: "import of file:///p/slow.ts" },
    { parent: null, sinceMs },
  );
  const handshake = waits(
    "root#2",
    null,
    { kind: "handshake", peer: "root/slow", peerState: "alive" },
    { sinceMs },
  );
  const facts = hangOf([ROOT, handshake, loads]);
  const slow = isolate({ actor: "root/slow", state: "parked", samples: [], ...child });
  return withDump(facts, { isolates: [IDLE_MAIN, slow] });
}

Deno.test("classify says boot-stuck, the program's, of a living actor at rest in its own module", () => {
  assertEquals(named(boots(5_000)), ["boot-stuck", "program"]);
  assertEquals(kinds(boots(5_000)).child, [
    "child in its module: root/slow (worker-1) is at rest, and has waited for the import of " +
    "file:///p/slow.ts for 5.00 s",
  ]);
});

Deno.test("classify does not say boot-stuck of an actor that has only just begun, that works, or stands still", () => {
  assertEquals(classify(boots(300)).class, "unknown");
  const moves = ["parse", "check"].map((fn) => ({ atMs: 1, frames: [frame(fn, 1)] }));
  assertEquals(classify(boots(5_000, { samples: moves })).class, "unknown");
  assertEquals(classify(boots(5_000, { state: "busy", samples: moves })).class, "unknown");
  const stands = [1, 150].map((atMs) => ({ atMs, frames: [frame("parse", 1)] }));
  assertEquals(classify(boots(5_000, { state: "busy", samples: stands })).class, "stuck-child");
});

Deno.test("classify tells where a task awaits, where a suspended function can only be its own", () => {
  const ask = { fn: "ask", at: line(17) };
  const placeOf = (tasks: readonly DumpedTask[], awaits: Facts["awaits"] = [ask]) => {
    const facts = hangOf([ROOT, ...tasks], { ...IN_VAIN, awaits });
    const last = hangPath(facts)?.steps.at(-1);
    assertEquals([last?.kind, kinds(facts)["outside"]?.length], ["unlabelled", 1]);
    return last?.at?.line ?? null;
  };
  assertEquals(placeOf([awaits()]), 17);
  assertEquals(placeOf([awaits()], []), null);
  // A line that the dump names is that of a wait in the runtime.
  const parked = waits("root#3", 20, {});
  assertEquals(placeOf([awaits(), parked], [ask, { fn: null, at: line(20) }]), 17);
  const two = [ask, { fn: "tell", at: line(19) }];
  assertEquals(placeOf([awaits()], two), null);
  // Of several tasks that await something, the function has the name of its task.
  const other = awaits({ id: "root#3" });
  assertEquals(placeOf([awaits(), other], two), null);
  assertEquals(placeOf([awaits({ name: "ask" }), other], two), 17);
});

Deno.test("classify names no outside of what a timer may end, or of a promise that came late by itself", () => {
  const timer = { kind: "timer", repeats: false, ms: 4_000, fn: null, at: null } as const;
  assertEquals(classify(hangOf([ROOT, HELD], { timers: [timer] })).class, "unknown");
  const ticks = { ...timer, repeats: true };
  assertEquals(classify(hangOf([ROOT, HELD], { timers: [ticks] })).class, "waits-outside");
  const late = { sigint: { ...ACTED, joinedMs: 900 } };
  assertEquals(classify(hangOf([ROOT, awaits()], late)).class, "unknown");
  assertEquals(classify(hangOf([ROOT, awaits()])).class, "waits-outside");
});

Deno.test("classify names no outside of a loop that waits anew each time", () => {
  const polls = waits("root#2", 18, { kind: "hold", resource: "a file" }, { sinceMs: 30 });
  assertEquals(classify(hangOf([ROOT, polls])).class, "unknown");
});
