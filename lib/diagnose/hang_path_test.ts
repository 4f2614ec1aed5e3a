import { assertEquals } from "@std/assert";
import type { Dump, DumpedTask, DumpedWait, Position } from "../model/dump.ts";
import { hangPath } from "./hang_path.ts";
import {
  HOSTAGE_LOCK,
  IDLE_MAIN,
  isolate,
  orphaned,
  STARVED_MAIN,
  task,
  withDump,
} from "../../tests/support/facts.ts";

const OWN: Position = { file: import.meta.resolve("../actor/lock.ts"), line: 9, column: 1 };

function line(line: number): Position {
  return { file: "file:///p/program.ts", line, column: 1 };
}

/** A task whose waits are these; `site` is a line of the program, null for a wait of unwedge's own. */
function waits(
  id: string,
  parent: string | null,
  site: number | null,
  wait: Partial<DumpedWait>,
  more: Partial<DumpedTask> = {},
): DumpedTask {
  return task({
    id,
    actor: id.slice(0, id.indexOf("#")),
    name: "task",
    parent,
    site: site === null ? OWN : line(site),
    parkedOn: { kind: "event", resource: "something", peer: null, peerState: null, ...wait },
    ...more,
  });
}

function joins(id: string, parent: string | null, site: number | null, ...onTasks: string[]) {
  return waits(id, parent, site, { kind: "join", resource: "nursery", onTasks });
}

const ROOT = joins("root#1", null, null, "root#2");

/** The path, as the task and line of each step, with where it enters its cycle or why it ends. */
function told(tasks: readonly DumpedTask[], change: Partial<Dump> = {}) {
  const path = hangPath(withDump(orphaned(), { tasks, isolates: [IDLE_MAIN], ...change }));
  if (path === null) return null;
  const steps = path.steps.map(({ actor, task, at }) => `${actor} ${task} :${at?.line ?? "-"}`);
  return path.kind === "cycle" ? { steps, entry: path.entry } : { steps, because: path.because };
}

Deno.test("hangPath() finds a lock and a join that hold each other, without a proof", () => {
  const tasks = [
    ROOT,
    joins("root#2", "root#1", 13, "root#3"),
    waits("root#3", "root#2", 17, { kind: "lock", onTasks: ["root#2"] }),
  ];
  assertEquals(told(tasks), {
    steps: ["root #1 task :-", "root #2 task :13", "root #3 task :17"],
    entry: 1,
  });
});

Deno.test("hangPath() takes no cycle that another wait of one of its tasks could end", () => {
  const also = {
    ...{ kind: "event", resource: "news", peer: null, peerState: null },
    ...{ sinceMs: 5, shielded: false, site: line(18) },
  };
  const tasks = [
    ROOT,
    joins("root#2", "root#1", 13, "root#3"),
    waits("root#3", "root#2", 17, { kind: "lock", onTasks: ["root#2"] }, { alsoParkedOn: [also] }),
  ];
  assertEquals(told(tasks), {
    steps: ["root #1 task :-", "root #2 task :13", "root #3 task :18"],
    because: "which task could end this wait is not known",
  });
});

Deno.test("hangPath() follows a call to the task that serves it, and no other", () => {
  const tasks = [
    ROOT,
    waits("root#2", "root#1", 4, { kind: "rpc", peer: "root/b", peerState: "alive", call: 7 }),
    joins("root/b#1", null, null, "root/b#2", "root/b#3"),
    waits("root/b#2", "root/b#1", 20, { resource: "other" }, { serves: "root", servesCall: 6 }),
    waits("root/b#3", "root/b#1", 30, { resource: "this" }, { serves: "root", servesCall: 7 }),
  ];
  assertEquals(told(tasks)?.steps, ["root #1 task :-", "root #2 task :4", "root/b #3 task :30"]);
});

Deno.test("hangPath() ends at a task of the program, and not at unwedge's own that waits for the same actor", () => {
  const gone = { peer: "root/b", peerState: "dead" } as const;
  const supervisor = waits("root#3", "root#2", null, { ...gone, resource: "end of root/b" });
  const tasks = [ROOT, joins("root#2", "root#1", 10, "root#3"), supervisor];
  assertEquals(told(tasks)?.steps.at(-1), "root #3 task :-");
  const asks = waits("root#4", "root#2", 13, { kind: "rpc", ...gone, call: 1 });
  assertEquals(told([...tasks, asks]), {
    steps: ["root #1 task :-", "root #2 task :10", "root #4 task :13"],
    because: "root/b is dead, and the side that waits was never told",
  });
});

Deno.test("hangPath() does not leave what is waited for now for an idle task that is to be joined later", () => {
  const gone = { peer: "root/b", peerState: "dead" } as const;
  const tasks = [
    ROOT,
    joins("root#2", "root#1", 10, "root#3"),
    waits("root#3", "root#2", null, { ...gone, resource: "end of root/b" }),
    waits("root#4", "root#2", 13, { kind: "recv", resource: "jobs" }),
  ];
  assertEquals(told(tasks)?.steps.at(-1), "root #3 task :-");
});

Deno.test("hangPath() goes on into the code that an isolate stands in", () => {
  const asks = { kind: "rpc", peer: "root/stuck", peerState: "alive", call: 1 } as const;
  const tasks = [ROOT, waits("root#2", "root#1", 4, asks)];
  assertEquals(told(tasks, { isolates: [IDLE_MAIN, isolate()] }), {
    steps: ["root #1 task :-", "root #2 task :4", "root/stuck null :7"],
    because: "while root/stuck is in there, nothing else in it can run",
  });
});

Deno.test("hangPath() says where an actor stood that was given up", () => {
  const gone = { kind: "recv", peer: "root/stuck", peerState: "abandoned" } as const;
  const tasks = [ROOT, waits("root#2", "root#1", 4, gone)];
  const because = told(tasks, { isolates: [IDLE_MAIN, isolate()] });
  assertEquals(
    because,
    {
      steps: ["root #1 task :-", "root #2 task :4", "root/stuck null :7"],
      because: "root/stuck was given up there, and what waits for it waits on",
    },
  );
});

Deno.test("hangPath() finds shared locks that two isolates take in opposite order", () => {
  const blocked = (seenBy: string, holder: string) => ({
    ...{ name: `lock of ${holder}`, seenBy, holder, holderState: "alive", blockedMs: 900 } as const,
  });
  const path = hangPath(withDump(orphaned(), {
    tasks: [],
    isolates: [STARVED_MAIN, isolate()],
    sharedLocks: [blocked("root", "root/stuck"), blocked("root/stuck", "root")],
  }));
  assertEquals([path?.kind, path?.steps.map(({ kind }) => kind)], [
    "cycle",
    ["shared-lock", "shared-lock"],
  ]);
});

Deno.test("hangPath() begins at main's own code when that keeps main's loop", () => {
  const facts = withDump(orphaned(), { isolates: [STARVED_MAIN], sharedLocks: [HOSTAGE_LOCK] });
  assertEquals(hangPath(facts)?.steps.map(({ task, kind }) => [task, kind]), [
    [null, "shared-lock"],
  ]);
});

Deno.test("hangPath() without a dump is that of the proof, and null without both", () => {
  assertEquals(hangPath(orphaned({ dump: null })), null);
  const step = { actor: "root", task: "#2 main", kind: "event", resource: "e", peer: null };
  const proof = { kind: "dead-end", path: [{ ...step, shielded: false }], because: "b" } as const;
  const proven = { kind: "proven", proof, quietMs: 1, provenMs: 2 } as const;
  assertEquals(hangPath(orphaned({ dump: null, proof: proven }))?.steps, [
    { ...step, shielded: false, at: null, spawnedAt: null },
  ]);
  assertEquals(told([]), null);
});

Deno.test("hangPath() goes through a handshake into what keeps the actor from being ready", () => {
  const starts = { kind: "handshake", peer: "root/b", peerState: "alive" } as const;
  const loads = { kind: "hold", resource: "import of file:///p/b.ts" };
  const tasks = [ROOT, waits("root#2", "root#1", 4, starts), waits("root/b#1", null, null, loads)];
  assertEquals(told(tasks), {
    steps: ["root #1 task :-", "root #2 task :4", "root/b #1 task :-"],
    because: "the promise has not settled, and what would settle it is not known",
  });
});

Deno.test("hangPath() ends at the supervisor of an actor that is at rest and was not asked to end", () => {
  const ofActor = {
    resource: 'event "end of root/a"',
    peer: "root/a",
    peerState: "alive",
  } as const;
  const tasks = [
    ROOT,
    joins("root#2", "root#1", 7, "root#3"),
    waits("root#3", "root#2", null, ofActor, { createdAt: line(8) }),
    joins("root/a#1", null, null, "root/a#2"),
    waits("root/a#2", "root/a#1", null, { resource: 'event "end of this actor"' }),
  ];
  assertEquals(told(tasks), {
    steps: ["root #1 task :-", "root #2 task :7", "root #3 task :-"],
    because: "root/a is at rest, and nothing has asked it to end",
  });
});

Deno.test("hangPath() ends at the deadline that will break a cycle", () => {
  const lock = { kind: "lock", resource: "lock", onTasks: ["root#2"], deadlineInMs: 6_000 };
  const tasks = [
    ROOT,
    joins("root#2", "root#1", 13, "root#3"),
    waits("root#3", "root#2", 17, lock),
  ];
  assertEquals(told(tasks), {
    steps: ["root #1 task :-", "root #2 task :13", "root #3 task :17"],
    because: "a deadline ends it in 6.00 s",
  });
});
