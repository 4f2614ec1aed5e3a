import { assertEquals, assertStringIncludes } from "@std/assert";
import type { DumpedTask, DumpedWait } from "../model/dump.ts";
import { classify } from "./classify.ts";
import type { Facts } from "./facts.ts";
import { isolate, kinds, task, withDump } from "../../tests/support/facts.ts";
import { hangOf, joins, PROVEN, ROOT, waits } from "../../tests/support/waits.ts";

const MAIN = joins("root#2", 13, ["root#3"]);

/** A task of main's that waits for room in a channel which only `readers` have ever read. */
function sender(
  readers: readonly string[],
  otherEnd = { ended: false, outside: false },
  more: Partial<DumpedWait> = {},
): DumpedTask {
  const wait = { kind: "send", resource: "errors, 1/1 full", onTasks: [...readers], otherEnd };
  return waits("root#3", 16, { ...wait, ...more }, { parent: "root#2" });
}

function classOf(tasks: readonly DumpedTask[], change: Partial<Facts> = {}): string | null {
  return classify(hangOf(tasks, change)).class;
}

function whyNot(tasks: readonly DumpedTask[]): string {
  const { class: name, missing } = classify(hangOf(tasks));
  assertEquals(name, "unknown");
  return missing.find((reason) => reason.startsWith("never-settled")) ?? "";
}

/** main has read once, and joins the sender now. */
const FULL = [ROOT, MAIN, sender(["root#2"])];

Deno.test("classify says never-settled, the program's, of a full channel whose only reader waits for the sender", () => {
  const { class: name, owner } = classify(hangOf(FULL));
  assertEquals([name, owner], ["never-settled", "program"]);
  const [said = ""] = kinds(hangOf(FULL))["unsettled"] ?? [];
  assertStringIncludes(
    said,
    "/p/program.ts:16:1: root #3 task has waited for 3.00 s for room in errors",
  );
  assertStringIncludes(said, "its only reader, #2 task, waits itself for the tasks of nursery");
});

Deno.test("classify says never-settled of a task that is its own reader, and of one whose readers have ended", () => {
  assertEquals(classOf([ROOT, MAIN, sender(["root#3"])]), "never-settled");
  assertEquals(classOf([ROOT, MAIN, sender([], { ended: true, outside: false })]), "never-settled");
});

Deno.test("classify does not say never-settled where another task may still read", () => {
  const reader = (wait: Partial<DumpedWait>) =>
    waits("root#4", 30, wait, { parent: "root#2", sleepsInARow: 9 });
  const sleeps = reader({ kind: "sleep", resource: "9 s to go" });
  const asks = reader({ kind: "rpc", peer: "root/b", peerState: "alive", call: 1 });
  const awaits = task({ id: "root#4", parent: "root#2", state: "native", parkedOn: null });
  for (const other of [sleeps, asks, awaits]) {
    assertStringIncludes(whyNot([...FULL, other]), "may still take the other end");
    const named = classOf([ROOT, MAIN, sender(["root#2", "root#4"]), other]);
    // A reader that awaits something is what the hang waits for.
    assertEquals(named, other === awaits ? "waits-outside" : "unknown");
  }
  const idle = reader({ kind: "event", resource: "an event" });
  assertEquals(classOf([...FULL, idle]), "never-settled");
});

Deno.test("classify does not say never-settled where code outside of tasks reads, or no task ever has", () => {
  assertStringIncludes(
    whyNot([ROOT, MAIN, sender(["root#2"], { ended: false, outside: true })]),
    "code outside of tasks",
  );
  assertEquals(classOf([ROOT, MAIN, sender([])]), "unknown");
});

Deno.test("classify does not say never-settled of a wait that a deadline ends, or that is young", () => {
  const none = { ended: false, outside: false };
  assertEquals(classOf([ROOT, MAIN, sender(["root#2"], none, { deadlineInMs: 50 })]), "unknown");
  const young = { ...sender(["root#2"]), sinceMs: 40 };
  assertStringIncludes(whyNot([ROOT, MAIN, young]), "it has stood for 40 ms only");
});

Deno.test("classify does not say never-settled while an isolate works", () => {
  const busy = withDump(hangOf(FULL), {
    isolates: [...hangOf(FULL).dump?.isolates ?? [], isolate({ actor: "root/busy" })],
  });
  assertEquals(classify(busy).class, "unknown");
});

Deno.test("classify says never-settled of an event only where it is proven", () => {
  const event = [ROOT, waits("root#2", 20, { resource: 'event "all back"' })];
  assertEquals(classOf(event, { proof: PROVEN }), "never-settled");
  assertStringIncludes(whyNot(event), "program.ts uses setInterval");
});

Deno.test("classify keeps lost-wakeup and orphaned-channel by their names", () => {
  const missed = { missed: { count: 1, beforeMs: 5 } };
  assertEquals(classOf([ROOT, waits("root#2", 20, missed)], { proof: PROVEN }), "lost-wakeup");
  const gone = { peer: "root/b", peerState: "dead", kind: "recv" } as const;
  const reader = waits("root#4", 30, gone);
  assertEquals(classOf([...FULL, reader], { proof: PROVEN }) === "never-settled", false);
});

Deno.test("classify does not say never-settled of a task that listens to an actor", () => {
  const listens = waits("root#2", 20, { kind: "recv", peer: "root/b", peerState: "alive" });
  assertEquals(classOf([ROOT, listens], { proof: PROVEN }), "unknown");
});

Deno.test("classify says never-settled beside a loop of unwedge's own on a dead actor, for which nothing waits", () => {
  const gone = { peer: "root/b", peerState: "dead", kind: "recv" } as const;
  const loop = waits("root#4", null, gone);
  assertEquals(classOf([...FULL, loop], { proof: PROVEN }), "never-settled");
  const supervisor = waits("root#3", null, { ...gone, kind: "event" }, { parent: "root#2" });
  assertEquals(
    classOf([ROOT, MAIN, supervisor, loop], { proof: PROVEN }) === "never-settled",
    false,
  );
});

Deno.test("classify tells beside never-settled which actor crashed, and which was asked to end", () => {
  const event = [ROOT, waits("root#2", 20, { resource: 'event "report"' })];
  const actors = ["root/a", "root/b", "root/c"].map((path) => ({
    ...{ path, spawnedMs: -300, deadMs: path === "root/c" ? null : -100 },
  }));
  const rung = { rung: "soft-kill", askedMs: -120, ackedMs: -110, effect: "ended" } as const;
  const facts = hangOf(event, {
    proof: PROVEN,
    actors,
    ladder: [{ ...rung, actor: "root/b", effectMs: -100 }],
    crashed: [{ actor: "root/a", message: "Uncaught Error: gone" }],
  });
  assertEquals(kinds(facts)["crash"], [
    "root/a crashed (Uncaught Error: gone) 200 ms after it was started",
  ]);
});
