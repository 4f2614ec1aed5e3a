import { assertEquals } from "@std/assert";
import type { JournalEvent } from "../protocol/journal_event.ts";
import type { Dump, IsolateDump } from "../model/dump.ts";
import { nameIsolates } from "./run_dumps.ts";

const spawned = (peer: string): JournalEvent => ({
  kind: "actor-spawned",
  t: 1,
  actor: "root",
  peer,
  worker: peer,
});
const died = (peer: string): JournalEvent => ({ kind: "actor-dead", t: 2, actor: "root", peer });

function isolate(id: string, actor: string | null): IsolateDump {
  const kind = id === "main" ? "main" : "worker";
  return { id, kind, actor, state: "native-blocked", thread: null, samples: [] };
}

function names(isolates: readonly IsolateDump[], events: readonly JournalEvent[]) {
  const dump: Dump = {
    complete: false,
    missing: [],
    isolates: [isolate("main", "root"), ...isolates],
    tasks: [],
    channels: [],
    sharedLocks: [],
    otherThreads: 0,
    tookMs: 1,
  };
  return nameIsolates(dump, events).isolates.map(({ actor }) => actor).slice(1);
}

Deno.test("nameIsolates names the one silent isolate after the one living actor left", () => {
  const isolates = [isolate("worker-1", null), isolate("worker-2", "root/b")];
  assertEquals(names(isolates, [spawned("root/a"), spawned("root/b")]), ["root/a", "root/b"]);
});

Deno.test("nameIsolates names several in the order in which their supervisor started them", () => {
  const isolates = [isolate("worker-10", null), isolate("worker-9", null)];
  assertEquals(names(isolates, [spawned("root/a"), spawned("root/b")]), ["root/b", "root/a"]);
});

Deno.test("nameIsolates leaves out the dead, also one that died twice", () => {
  const events = [spawned("root/a"), died("root/a"), died("root/a"), spawned("root/b")];
  assertEquals(names([isolate("worker-2", null)], events), ["root/b"]);
});

Deno.test("nameIsolates names nobody when there are more isolates than actors", () => {
  const isolates = [isolate("worker-1", null), isolate("worker-2", null)];
  assertEquals(names(isolates, [spawned("root/a")]), [null, null]);
});

Deno.test("nameIsolates names nobody when several supervisors started those left", () => {
  const isolates = [isolate("worker-1", null), isolate("worker-2", null)];
  assertEquals(names(isolates, [spawned("root/a"), spawned("root/a/b")]), [null, null]);
});
