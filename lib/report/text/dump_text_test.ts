import { assert, assertEquals, assertFalse, assertLess, assertStringIncludes } from "@std/assert";
import { renderDumpText } from "./dump_text.ts";
import type { Dump, IsolateDump, StackFrame } from "../../model/dump.ts";
import { stripAnsi } from "../../protocol/text.ts";
import { EMPTY, isolate, PLAIN, task, THREAD } from "../../../tests/support/dump.ts";

Deno.test("renderDumpText shows every part of a hang's dump (golden)", () => {
  assertEquals(
    renderDumpText(seedDump(), PLAIN),
    `\
3/4 isolates answered; worker-3 native-blocked 2.0 s; 1 identical stack folded  (taken in 412 ms)
  worker-3: native-blocked 2.0 s (answered nothing; thread 103 S in do_wait, 0 CPU ticks)

stacks
  2 × worker-1 root/a and worker-2 root/b  busy; stuck: same stack in 2 samples over 226 ms
      stuck  fixtures/children/stuck.ts:12:5
      … 1 internal frame

  main  root  parked: no JavaScript runs, its longest wait 3.10 s
  worker-3  (no actor known)  native-blocked: no stack to be had; thread S in do_wait

tasks
  root  4 tasks, in main (parked)
    main  parked 3.10 s in join: nursery "service" (2 running), shielded  at scenarios/seed.ts:20:3
        cancelled 2.00 s ago by root: deadline (teardown took too long); a shield keeps it away
      2 × reader-1 … reader-2  parked 3.00 s to 3.05 s in recv: channel root->root/a and 1 other (2 peers, root/a …, abandoned)  at scenarios/seed.ts:31:9
      helper  awaiting an unlabelled promise  spawned at scenarios/seed.ts:40:1
  root/a  1 task, in worker-1 (busy)
    main  running

channels
  root -> root/a  open, peer abandoned: hard kill had no effect

shared locks
  gil  held by root/a, abandoned; root has been blocked in it for 2.90 s

OS threads
  isolate   tid  thread    state  waits in       CPU ticks
  main      100  deno      S      do_epoll_wait  0
  worker-1  101  worker-1  S      futex_do_wait  0
  worker-2  102  worker-2  S      futex_do_wait  0
  worker-3  103  worker-3  S      do_wait        0
  and 7 threads without an isolate
`,
  );
});

Deno.test("renderDumpText shows an idle process without /proc (golden)", () => {
  const dump: Dump = {
    ...EMPTY,
    isolates: [isolate({ id: "main", kind: "main", actor: "root", state: "parked", samples: [] })],
  };
  assertEquals(
    renderDumpText(dump, PLAIN),
    `\
1/1 isolate answered  (taken in 412 ms)

stacks
  main  root  parked: no JavaScript runs

OS threads
  not visible: /proc cannot be read here
`,
  );
});

Deno.test("renderDumpText shows no stacks, one frame of each, or all of them, as the option says", () => {
  const dump = seedDump();
  const none = renderDumpText(dump, { ...PLAIN, stacks: "none" });
  assertFalse(none.includes("stacks\n"));
  assertFalse(none.includes("folded"));
  const top = renderDumpText(dump, { ...PLAIN, stacks: "top" });
  assertStringIncludes(top, "stuck fixtures/children/stuck.ts:12:5");
  assertFalse(top.includes("internal frame"));
  const full = renderDumpText(dump, { ...PLAIN, stacks: "full" });
  assertEquals(full.split("      stuck  fixtures/children/stuck.ts:12:5").length - 1, 2);
});

Deno.test("renderDumpText with full stacks shows every look at a stack that moved", () => {
  const samples = [{ atMs: 10, frames: [frame("f", 1)] }, { atMs: 110, frames: [frame("g", 9)] }];
  const dump: Dump = { ...EMPTY, isolates: [isolate({ samples })] };
  const full = renderDumpText(dump, { ...PLAIN, stacks: "full" });
  assertStringIncludes(full, "f  a.ts:1:1");
  assertStringIncludes(full, "g  a.ts:9:1");
});

Deno.test("renderDumpText shows internal frames with the option for them", () => {
  const text = renderDumpText(seedDump(), { ...PLAIN, internalFrames: true });
  assertStringIncludes(text, "pollForMessages  ext:runtime/worker.js:1:99");
  assertFalse(text.includes("internal frame"));
});

Deno.test("renderDumpText says the same with colour and without", () => {
  const colored = renderDumpText(seedDump(), { ...PLAIN, color: true });
  assert(colored.includes("\x1b["));
  assertEquals(stripAnsi(colored), renderDumpText(seedDump(), PLAIN));
});

Deno.test("renderDumpText counts isolates that ended during the dump apart from those that did not answer", () => {
  const isolates = [isolate({}), isolate({ id: "worker-2", state: "gone", samples: [] })];
  const text = renderDumpText({ ...EMPTY, isolates }, PLAIN);
  assertStringIncludes(text, "1/1 isolate answered; 1 isolate ended meanwhile");
  assertStringIncludes(text, "worker-2  (no actor known)  gone: it ended during the dump");
});

Deno.test("renderDumpText says that a task of a busy isolate may be the one that runs", () => {
  const native = task({ actor: "root/a", state: "native", parkedOn: null, sinceMs: null });
  const render = (state: IsolateDump["state"]) => {
    const isolates = [isolate({ actor: "root/a", state })];
    return renderDumpText({ ...EMPTY, isolates, tasks: [native] }, PLAIN);
  };
  assertStringIncludes(render("busy"), "task  running, or awaiting an unlabelled promise");
  assertStringIncludes(render("parked"), "task  awaiting an unlabelled promise");
});

Deno.test("renderDumpText groups isolates that are missing for the same reason", () => {
  const why = "could not be asked: main answers nothing (thread 1 S)";
  const isolates = ["main", "worker-1", "worker-2"].map((id) => isolate({ id, samples: [] }));
  const missing = [
    { isolate: "main", why: "native-blocked 1.0 s (answered nothing; thread 1 S in do_wait)" },
    { isolate: "worker-1", why },
    { isolate: "worker-2", why },
  ];
  const text = renderDumpText({ ...EMPTY, complete: false, isolates, missing }, PLAIN);
  assertStringIncludes(
    text,
    "0/3 isolates answered; main native-blocked 1.0 s; worker-1 and worker-2 could not be asked",
  );
});

const UNREAD = { site: null };

Deno.test("renderDumpText keeps 10,000 parked tasks readable, with the range of their ages", () => {
  const tasks = [task({ id: "root#0", name: "main" })];
  for (let i = 1; i <= 10_000; i++) {
    tasks.push(task({
      id: `root#${i}`,
      name: `sleeper-${i}`,
      parent: "root#0",
      sinceMs: 1_000 + i / 10,
      parkedOn: { kind: "sleep", resource: `${i} ms to go`, peer: null, peerState: null },
    }));
  }
  const lines = renderDumpText({ ...EMPTY, tasks }, PLAIN).split("\n");
  assertLess(lines.length, 12);
  assertStringIncludes(
    lines.join("\n"),
    "10,000 × sleeper-1 … sleeper-10000  parked 1.00 s to 2.00 s in sleep: 1 ms to go and 9,999 others",
  );
});

Deno.test("renderDumpText folds tasks whose position was not read with those alike at one place", () => {
  const tasks = Array.from(
    { length: 9 },
    (_, i) => task({ id: `root#${i}`, ...(i < 2 ? {} : UNREAD) }),
  );
  assertStringIncludes(
    renderDumpText({ ...EMPTY, tasks }, PLAIN),
    "9 × task  parked 3.00 s in recv: channel root->root/a (peer root/a, alive)  " +
      "at scenarios/seed.ts:31:9 (read for 2 of them)",
  );
});

Deno.test("renderDumpText guesses no position for tasks that could be at one of several places", () => {
  const elsewhere = { site: { file: "/app/b.ts", line: 1, column: 1 } };
  const tasks = [{}, elsewhere, UNREAD, UNREAD].map((each, i) =>
    task({ id: `root#${i}`, ...each })
  );
  const text = renderDumpText({ ...EMPTY, tasks }, PLAIN);
  assertStringIncludes(text, "2 × task");
  assertStringIncludes(text, "(position not read)");
});

Deno.test("renderDumpText shows 100 different siblings and counts the others", () => {
  const tasks = Array.from(
    { length: 150 },
    (_, i) => task({ id: `root#${i}`, site: { file: "/app/b.ts", line: i + 1, column: 1 } }),
  );
  const text = renderDumpText({ ...EMPTY, tasks }, PLAIN);
  assertStringIncludes(text, "b.ts:100:1");
  assertFalse(text.includes("b.ts:101:1"));
  assertStringIncludes(text, "… 50 more tasks (dump.json has them)");
});

Deno.test("renderDumpText names 12 isolates at rest and counts the others", () => {
  const isolates = Array.from(
    { length: 20 },
    (_, i) => isolate({ id: `worker-${i + 1}`, state: "parked", samples: [] }),
  );
  const text = renderDumpText({ ...EMPTY, isolates }, PLAIN);
  assertStringIncludes(text, "worker-12  (no actor known)  parked");
  assertFalse(text.includes("worker-13  (no actor known)"));
  assertStringIncludes(text, "… 8 more isolates at rest");
});

Deno.test("renderDumpText survives 10,000 generations and says what it leaves out", () => {
  const tasks = Array.from(
    { length: 10_000 },
    (_, i) => task({ id: `root#${i}`, parent: i === 0 ? null : `root#${i - 1}` }),
  );
  const text = renderDumpText({ ...EMPTY, tasks }, PLAIN);
  assertStringIncludes(text, "9,960 tasks nested deeper");
});

Deno.test("renderDumpText folds channels and threads that say the same", () => {
  const dump: Dump = {
    ...EMPTY,
    channels: Array.from({ length: 25 }, (_, i) => ({
      id: `c${i}`,
      actor: "root",
      peer: `root/${i}`,
      state: "open",
      peerState: "abandoned",
      why: "no answer",
    })),
    isolates: Array.from(
      { length: 25 },
      (_, i) => isolate({ id: `worker-${i + 1}`, thread: { ...THREAD, tid: i } }),
    ),
  };
  const text = renderDumpText(dump, PLAIN);
  assertStringIncludes(text, "root -> root/0 and 24 more  open, peer abandoned: no answer");
  assertStringIncludes(text, "25 × worker-1 … worker-25");
  assertStringIncludes(text, "24 identical stacks folded");
});

function frame(fn: string, line: number): StackFrame {
  return { fn, file: "file:///app/a.ts", line, column: 1, internal: false };
}

function seedDump(): Dump {
  const at = (line: number, column: number) => ({
    file: "file:///app/scenarios/seed.ts",
    line,
    column,
  });
  const reader = (n: number, peer: string) =>
    task({
      id: `root#${n + 1}`,
      name: `reader-${n}`,
      parent: "root#1",
      sinceMs: 2_950 + n * 50,
      parkedOn: { kind: "recv", resource: `channel root->${peer}`, peer, peerState: "abandoned" },
    });
  return {
    ...EMPTY,
    complete: false,
    missing: [{
      isolate: "worker-3",
      why: "native-blocked 2.0 s (answered nothing; thread 103 S in do_wait, 0 CPU ticks)",
    }],
    isolates: [
      isolate({
        id: "main",
        kind: "main",
        actor: "root",
        state: "parked",
        samples: [],
        thread: { ...THREAD, tid: 100, name: "deno", wchan: "do_epoll_wait" },
      }),
      isolate({ actor: "root/a", thread: THREAD }),
      isolate({
        id: "worker-2",
        actor: "root/b",
        thread: { ...THREAD, tid: 102, name: "worker-2" },
      }),
      isolate({
        id: "worker-3",
        state: "native-blocked",
        samples: [],
        thread: { ...THREAD, tid: 103, name: "worker-3", wchan: "do_wait" },
      }),
    ],
    tasks: [
      task({
        name: "main",
        sinceMs: 3_100,
        shielded: true,
        site: at(20, 3),
        parkedOn: {
          kind: "join",
          resource: 'nursery "service" (2 running)',
          peer: null,
          peerState: null,
        },
        cancelled: {
          source: "deadline",
          reason: "teardown took too long",
          byActor: "root",
          agoMs: 2_000,
          heldByShield: true,
        },
      }),
      reader(1, "root/a"),
      reader(2, "root/b"),
      task({
        id: "root#4",
        name: "helper",
        parent: "root#1",
        state: "native",
        parkedOn: null,
        sinceMs: null,
        site: null,
        createdAt: at(40, 1),
      }),
      task({
        id: "root/a#1",
        actor: "root/a",
        name: "main",
        state: "running",
        parkedOn: null,
        sinceMs: null,
        site: null,
      }),
    ],
    channels: [{
      id: "c1",
      actor: "root",
      peer: "root/a",
      state: "open",
      peerState: "abandoned",
      why: "hard kill had no effect",
    }],
    sharedLocks: [{
      name: "gil",
      seenBy: "root",
      holder: "root/a",
      holderState: "abandoned",
      blockedMs: 2_900,
    }],
  };
}

Deno.test("renderDumpText keeps isolates apart that are blocked on different locks", () => {
  const blocked = (seenBy: string, name: string) => ({
    ...{ name, seenBy, holder: "root/x", holderState: "alive" as const, blockedMs: 3_000 },
  });
  const isolates = ["a", "b", "c"].map((name, n) =>
    isolate({ id: `worker-${n}`, actor: `root/${name}`, thread: THREAD })
  );
  const sharedLocks = [blocked("root/a", "books"), blocked("root/b", "cash")];
  const text = renderDumpText({ ...EMPTY, isolates, sharedLocks }, PLAIN);
  assertStringIncludes(text, "worker-0  root/a  busy");
  assertStringIncludes(text, "worker-1  root/b  busy");
  const same = [blocked("root/a", "books"), blocked("root/b", "books")];
  assertStringIncludes(
    renderDumpText({ ...EMPTY, isolates, sharedLocks: same }, PLAIN),
    "2 × worker-0 root/a and worker-1 root/b",
  );
});

Deno.test("renderDumpText shows what a subject has to do with outside of itself", () => {
  const text = renderDumpText({
    ...EMPTY,
    outside: {
      processes: [
        {
          ...{ pid: 7, parent: 1, command: "sort", state: "S", wchan: "anon_pipe_read" },
          descriptor: { fd: 0, target: "pipe:[9]", ours: 12 },
        },
        {
          ...{ pid: 8, parent: 7, command: "[tool]", state: "Z", wchan: null },
          descriptor: null,
        },
      ],
      sockets: [
        { fd: 3, localPort: 80, remotePort: null, toItself: false },
        { fd: 4, localPort: 80, remotePort: 5_000, toItself: true },
        { fd: 5, localPort: 5_000, remotePort: 80, toItself: true },
        { fd: 6, localPort: 6_000, remotePort: 443, toItself: false },
      ],
    },
  }, PLAIN);
  assertEquals(text.slice(text.indexOf("outside of it")).trimEnd().split("\n"), [
    "outside of it",
    "  process 7 (sort) waits in anon_pipe_read: it reads from its descriptor 0, a pipe whose write " +
    "end is the subject's own (its descriptor 12)",
    "  process 8 ([tool]) has ended, and nothing has collected it",
    "  it listens on TCP port 80",
    "  it has a TCP connection open from its port 80 to port 5000, and has the far end, too",
    "  it has a TCP connection open from its port 6000 to port 443",
  ]);
});
