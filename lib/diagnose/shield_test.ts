import { assertEquals } from "@std/assert";
import type { DumpedTask, DumpedWait } from "../model/dump.ts";
import { classify } from "./classify.ts";
import type { Facts } from "./facts.ts";
import { ACTED, kinds } from "../../tests/support/facts.ts";
import { hangOf, joins, ROOT, waits } from "../../tests/support/waits.ts";

const IN_VAIN: Partial<Facts> = { sigint: { ...ACTED, unwedged: false, joinedMs: null } };
const ASKS = { kind: "rpc", peer: "root/db", peerState: "alive", call: 1 } as const;

/** main joins a task that waits under a shield. */
function shielded(wait: Partial<DumpedWait>, change: Partial<DumpedTask> = {}): DumpedTask[] {
  const cleans = waits("root#3", 20, wait, { parent: "root#2", shielded: true, ...change });
  return [ROOT, joins("root#2", 13, ["root#3"]), cleans, waits("root/db#1", null, {})];
}

function classOf(tasks: readonly DumpedTask[], change: Partial<Facts> = IN_VAIN): string | null {
  return classify(hangOf(tasks, change)).class;
}

Deno.test("classify says shield-trapped, the program's, of a wait for a living actor under a shield", () => {
  const cancelled = {
    ...{ source: "explicit", reason: "done", byActor: "root", agoMs: 900, heldByShield: true },
  };
  const facts = hangOf(shielded(ASKS, { cancelled }), IN_VAIN);
  assertEquals([classify(facts).class, classify(facts).owner], ["shield-trapped", "program"]);
  assertEquals(kinds(facts)["shield"], [
    'task "task" was cancelled 900 ms ago by root (done); a shield keeps that from it',
  ]);
  assertEquals(classOf(shielded({ resource: "an event" })), "shield-trapped");
});

Deno.test("classify does not say shield-trapped where SIGINT got through, was not sent, or was not waited for", () => {
  const unseen = { ...ACTED, unwedged: false, joinedMs: null, unseen: "the grace period is short" };
  for (const sigint of [ACTED, null, unseen]) {
    assertEquals(classOf(shielded({ resource: "an event" }), { sigint }), "unknown");
  }
});

Deno.test("classify does not say shield-trapped of a cleanup that ends by itself", () => {
  assertEquals(classOf(shielded({ kind: "sleep", resource: "3 s to go" })), "unknown");
});

Deno.test("classify does not say shield-trapped of a shield that the hang does not wait for, or of unwedge's own", () => {
  const [root = ROOT, , cleans = ROOT, db = ROOT] = shielded(ASKS);
  const event = waits("root#2", 13, { resource: "an event" });
  assertEquals(classOf([root, event, cleans, db]), "unknown");
  const own = { site: waits("root#3", null, {}).site };
  assertEquals(classOf(shielded(ASKS, own)), "unknown");
});

Deno.test("classify prefers a cycle to the shield around one of its waits", () => {
  const a = waits("root#3", 20, { kind: "lock", onTasks: ["root#4"] }, { shielded: true });
  const b = waits("root#4", 21, { kind: "lock", onTasks: ["root#3"] });
  assertEquals(classOf([ROOT, joins("root#2", 13, ["root#3", "root#4"]), a, b]), "wait-cycle");
});
