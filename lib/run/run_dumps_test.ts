import { FIXTURE_TOOLS } from "../../tests/support/run.ts";
import type { Dump, IsolateDump } from "../model/dump.ts";
import type { JournalEvent } from "../protocol/journal_event.ts";
import { nameIsolates } from "./run_dumps.ts";
import { type DumpOutcome, type DumpRequest, tryDump } from "./try_dump.ts";
import { assertEquals } from "@std/assert";

const DUMP: Dump = {
  complete: false,
  missing: [],
  isolates: [],
  tasks: [],
  channels: [],
  sharedLocks: [],
  otherThreads: 0,
  tookMs: 1,
};

type TakeDump = typeof FIXTURE_TOOLS.takeDump;

/** What comes of a dump that is taken like this, and which events it sends. */
async function look(takeDump: TakeDump, change: Partial<DumpRequest> = {}) {
  const events: string[] = [];
  const outcome = await tryDump({
    tools: { ...FIXTURE_TOOLS, takeDump },
    pid: 1,
    wsUrl: "ws://127.0.0.1:1/x",
    samples: 2,
    sampleGapMs: 1,
    boundMs: 60_000,
    kill: null,
    emit: (event) => events.push(event.type),
    ...change,
  });
  return { outcome, events };
}

const NEVER: TakeDump = () => new Promise<Dump>(() => {});

Deno.test("tryDump hands on the dump", { timeout: 10_000 }, async () => {
  assertEquals(await look(() => Promise.resolve(DUMP)), {
    outcome: { kind: "taken", dump: DUMP },
    events: ["dump-started", "dump-taken"],
  });
});

Deno.test(
  "tryDump says why there is none when taking it throws",
  { timeout: 10_000 },
  async () => {
    assertEquals(await look(() => Promise.reject(new Error("no"))), {
      outcome: { kind: "failed", why: "no" },
      events: ["dump-started", "dump-failed"],
    });
  },
);

Deno.test("tryDump says that the inspector never came up", { timeout: 10_000 }, async () => {
  const { outcome } = await look(NEVER, { wsUrl: null });
  assertEquals(outcome, { kind: "failed", why: "the subject's inspector never came up" });
});

Deno.test(
  "tryDump cuts a dump short at its bound and takes what there is",
  { timeout: 10_000 },
  async () => {
    const { outcome } = await look(
      ({ signal }) =>
        new Promise((resolve) => signal.addEventListener("abort", () => resolve(DUMP))),
      { boundMs: 20 },
    );
    assertEquals(outcome, { kind: "taken", dump: DUMP });
  },
);

Deno.test("tryDump gives up a dump that does not come back", { timeout: 10_000 }, async () => {
  const { outcome } = await look(NEVER, { boundMs: 20 });
  assertEquals(outcome, { kind: "failed", why: "the dump did not come back within 1020 ms" });
});

Deno.test("tryDump gives up at once when told to kill, before or in the middle", {
  timeout: 10_000,
}, async () => {
  const why = "the run was ended before the dump was taken";
  const killed: DumpOutcome = { kind: "failed", why };
  assertEquals((await look(NEVER, { kill: AbortSignal.abort() })).outcome, killed);
  const kill = new AbortController();
  const { outcome } = await look(() => {
    queueMicrotask(() => kill.abort());
    return NEVER({ pid: 1, wsUrl: "", samples: 1, sampleGapMs: 1, signal: kill.signal });
  }, { kill: kill.signal });
  assertEquals(outcome, killed);
});

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

Deno.test("nameIsolates names no isolate when there are more isolates than actors", () => {
  const isolates = [isolate("worker-1", null), isolate("worker-2", null)];
  assertEquals(names(isolates, [spawned("root/a")]), [null, null]);
});

Deno.test("nameIsolates names no isolate when several supervisors started those left", () => {
  const isolates = [isolate("worker-1", null), isolate("worker-2", null)];
  assertEquals(names(isolates, [spawned("root/a"), spawned("root/a/b")]), [null, null]);
});
