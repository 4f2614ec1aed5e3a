import { assert, assertEquals, assertFalse, assertLess, assertStringIncludes } from "@std/assert";
import { takeDump } from "../dump/take_dump.ts";
import { asleepIn, startSubject } from "../dump/test_subject.ts";
import { inEventLoop } from "../dump/proc.ts";
import { type DumpTextOptions, renderDumpText } from "./dump_text.ts";
import type { Dump, DumpedTask, Frame, IsolateDump } from "./result.ts";
import { stripAnsi } from "./style.ts";

const PLAIN: DumpTextOptions = {
  stacks: "folded",
  internalFrames: false,
  color: false,
  baseDir: "/app",
};

Deno.test("renderDumpText tells the whole story of a hang (golden)", () => {
  assertEquals(
    renderDumpText(seedDump(), PLAIN),
    `\
3/4 isolates answered; worker-3 native-blocked 2.0 s; 1 identical stack folded  (taken in 412 ms)
  worker-3: native-blocked 2.0 s (answered nothing; thread 103 S in do_wait, 0 CPU ticks)

stacks
  2 × worker-1 root/a and worker-2 root/b  busy; stuck: same stack in 2 looks over 226 ms
      stuck  fixtures/children/stuck.ts:12:5
      … 1 internal frame

  main  root  parked: no JavaScript runs, its longest wait 3.10 s
  worker-3  (no actor known)  native-blocked: no stack to be had; thread S in do_wait

tasks
  root  4 tasks, in main (parked)
    main  parked 3.10 s in join: nursery "service" (2 running), shielded  at scenarios/seed.ts:20:3
        cancelled 2.00 s ago by root: deadline (teardown took too long); a shield keeps it away
      2 × reader-1 … reader-2  parked 3.00 s to 3.05 s in recv: channel root->root/a and 1 other (2 peers, root/a …, abandoned)  at scenarios/seed.ts:31:9
      helper  awaiting something that is not ours (an unlabelled promise)  spawned at scenarios/seed.ts:40:1
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

Deno.test("renderDumpText says all there is to say of an undisturbed process (golden)", () => {
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

for (
  const [name, first, second, words] of [
    [
      "the same stack",
      [frame("f", 1)],
      [frame("f", 1)],
      "stuck: same stack in 2 looks over 100 ms",
    ],
    ["other lines of the same functions", [frame("f", 1)], [frame("f", 2)], "moving within"],
    ["another function", [frame("f", 1)], [frame("g", 9)], "moved: was in f 100 ms before"],
    ["nothing the second time", [frame("f", 1)], [], "running in 1 of 2 looks"],
  ] as const
) {
  Deno.test(`renderDumpText tells ${name} apart from other movements`, () => {
    const samples = [{ atMs: 10, frames: first }, { atMs: 110, frames: second }];
    const text = renderDumpText({ ...EMPTY, isolates: [isolate({ samples })] }, PLAIN);
    assertStringIncludes(text, words);
  });
}

Deno.test("renderDumpText says that a stack was seen once when there was one look", () => {
  const samples = [{ atMs: 10, frames: [frame("f", 1)] }];
  assertStringIncludes(
    renderDumpText({ ...EMPTY, isolates: [isolate({ samples })] }, PLAIN),
    "seen once",
  );
});

Deno.test("renderDumpText tells a thread that burns a processor from one that sleeps", () => {
  const isolates = [
    isolate({ thread: { ...THREAD, state: "R", wchan: null, cpuTicks: 22 } }),
    isolate({ id: "worker-2", thread: THREAD }),
  ];
  const text = renderDumpText({ ...EMPTY, isolates }, PLAIN);
  assertStringIncludes(
    text,
    "spinning in place: same stack in 2 looks over 226 ms; thread R, 22 CPU",
  );
  assertStringIncludes(text, "stuck: same stack in 2 looks over 226 ms; thread S in futex_do_wait");
});

Deno.test("renderDumpText leaves stacks out, or shows one frame, or all, as it is told", () => {
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

Deno.test("renderDumpText with all stacks shows every look of a stack that moved", () => {
  const samples = [{ atMs: 10, frames: [frame("f", 1)] }, { atMs: 110, frames: [frame("g", 9)] }];
  const dump: Dump = { ...EMPTY, isolates: [isolate({ samples })] };
  const full = renderDumpText(dump, { ...PLAIN, stacks: "full" });
  assertStringIncludes(full, "f  a.ts:1:1");
  assertStringIncludes(full, "g  a.ts:9:1");
});

Deno.test("renderDumpText shows internal frames when it is told to", () => {
  const text = renderDumpText(seedDump(), { ...PLAIN, internalFrames: true });
  assertStringIncludes(text, "pollForMessages  ext:runtime/worker.js:1:99");
  assertFalse(text.includes("internal frame"));
});

Deno.test("renderDumpText in colour says the same as without", () => {
  const colored = renderDumpText(seedDump(), { ...PLAIN, color: true });
  assert(colored.includes("\x1b["));
  assertEquals(stripAnsi(colored), renderDumpText(seedDump(), PLAIN));
});

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

Deno.test("renderDumpText folds tasks that differ only in kinds of children they share", () => {
  const tasks: DumpedTask[] = [];
  for (let i = 0; i < 50; i++) {
    tasks.push(task({ id: `root#${i}`, name: `server-${i}` }));
    for (let j = 0; j <= i % 3; j++) {
      tasks.push(task({ id: `root#${i}.${j}`, name: "conn", parent: `root#${i}` }));
    }
  }
  const text = renderDumpText({ ...EMPTY, tasks }, PLAIN);
  assertStringIncludes(text, "    50 × server-0 … server-49");
  assertStringIncludes(text, "      99 × conn");
});

for (
  const [what, difference] of [
    ["site", { site: { file: "/app/b.ts", line: 1, column: 1 } }],
    ["kind of wait", { parkedOn: { kind: "send", resource: "r", peer: null, peerState: null } }],
    ["peer's state", { parkedOn: { kind: "recv", resource: "r", peer: "p", peerState: "dead" } }],
    ["shield", { shielded: true }],
    ["cancel", { cancelled: CANCELLED() }],
    ["state", { state: "native", parkedOn: null, sinceMs: null }],
  ] as const satisfies readonly (readonly [string, Partial<DumpedTask>])[]
) {
  Deno.test(`renderDumpText does not fold tasks that differ in ${what}`, () => {
    const tasks = [
      task({ id: "root#1" }),
      task({ id: "root#2" }),
      task({ id: "root#3", ...difference }),
    ];
    const text = renderDumpText({ ...EMPTY, tasks }, PLAIN);
    assertStringIncludes(text, "2 × ");
    assertFalse(text.includes("3 × "));
  });
}

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

Deno.test("renderDumpText shows so many different siblings and counts the others", () => {
  const tasks = Array.from(
    { length: 150 },
    (_, i) => task({ id: `root#${i}`, site: { file: "/app/b.ts", line: i + 1, column: 1 } }),
  );
  const text = renderDumpText({ ...EMPTY, tasks }, PLAIN);
  assertStringIncludes(text, "b.ts:100:1");
  assertFalse(text.includes("b.ts:101:1"));
  assertStringIncludes(text, "… 50 more tasks (dump.json has them)");
});

Deno.test("renderDumpText names so many isolates at rest and counts the others", () => {
  const isolates = Array.from(
    { length: 20 },
    (_, i) => isolate({ id: `worker-${i + 1}`, state: "parked", samples: [] }),
  );
  const text = renderDumpText({ ...EMPTY, isolates }, PLAIN);
  assertStringIncludes(text, "worker-12  (no actor known)  parked");
  assertFalse(text.includes("worker-13  (no actor known)"));
  assertStringIncludes(text, "… 8 more isolates at rest");
});

Deno.test("renderDumpText counts isolates that ended meanwhile apart from those that did not answer", () => {
  const isolates = [isolate({}), isolate({ id: "worker-2", state: "gone", samples: [] })];
  const text = renderDumpText({ ...EMPTY, isolates }, PLAIN);
  assertStringIncludes(text, "1/1 isolate answered; 1 isolate ended meanwhile");
  assertStringIncludes(text, "worker-2  (no actor known)  gone: it ended during the dump");
});

Deno.test("renderDumpText survives 10,000 generations and says what it leaves out", () => {
  const tasks = Array.from(
    { length: 10_000 },
    (_, i) => task({ id: `root#${i}`, parent: i === 0 ? null : `root#${i - 1}` }),
  );
  const text = renderDumpText({ ...EMPTY, tasks }, PLAIN);
  assertStringIncludes(text, "9,960 tasks nested deeper");
});

Deno.test("renderDumpText loses no task whose parents are missing or go in a circle", () => {
  const tasks = [
    task({ id: "root#1", name: "orphan", parent: "root#99" }),
    task({ id: "root#2", name: "chicken", parent: "root#3", shielded: true }),
    task({ id: "root#3", name: "egg", parent: "root#2" }),
  ];
  const text = renderDumpText({ ...EMPTY, tasks }, PLAIN);
  for (const name of ["orphan", "chicken", "egg"]) assertStringIncludes(text, name);
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

Deno.test("renderDumpText says that a task of a busy isolate may be the one that runs", () => {
  const native = task({ actor: "root/a", state: "native", parkedOn: null, sinceMs: null });
  const render = (state: IsolateDump["state"]) => {
    const isolates = [isolate({ actor: "root/a", state })];
    return renderDumpText({ ...EMPTY, isolates, tasks: [native] }, PLAIN);
  };
  assertStringIncludes(render("busy"), "task  running, or awaiting something that is not ours");
  assertStringIncludes(render("parked"), "task  awaiting something that is not ours");
});

Deno.test("renderDumpText does not call a thread spinning that was only met awake", () => {
  const isolates = [isolate({ thread: { ...THREAD, state: "R", wchan: null, cpuTicks: 1 } })];
  assertStringIncludes(renderDumpText({ ...EMPTY, isolates }, PLAIN), "stuck: same stack");
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

Deno.test({
  name: "renderDumpText renders the dump of a real process (golden; times and pids normalised)",
  timeout: 30_000,
  async fn() {
    await using subject = await startSubject("blocked", "wait", "wait", "idle");
    await subject.untilThread("main", asleepIn.futex);
    await subject.untilThread("worker-2", asleepIn.futex);
    await subject.untilThread("worker-3", inEventLoop);
    const dump = await takeDump({ pid: subject.pid, wsUrl: subject.wsUrl, sampleGapMs: 20 });
    const baseDir = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
    assertEquals(normalise(renderDumpText(dump, { ...PLAIN, baseDir })), REAL);
  },
});

/** Times, pids and CPU ticks, and nothing else; a table's padding goes with the pids. */
function normalise(text: string): string {
  return text
    .replace(/\d+(\.\d+)? (ms|s)\b/g, "<time>")
    .replace(/^( +(?:main|worker-\d) +)\d+( +\S+ +S +\S+ +)\d+$/gm, "$1<pid>$2<ticks>")
    .replace(/and \d+ threads/, "and <n> threads")
    .replace(/(?<=\S) {3,}/g, "  ");
}

const REAL = `\
4/4 isolates answered; 1 identical stack folded  (taken in <time>)

stacks
  2 × worker-1 root/wait-1 and worker-2 root/wait-2  busy; stuck: same stack in 2 looks over <time>
      blockedInWait  fixtures/programs/dump_states.ts:33:11
      self.onmessage  fixtures/programs/dump_worker.ts:35:26
      … 7 internal frames

  main  root  busy; stuck: same stack in 2 looks over <time>; thread S in futex_do_wait
      blockedInWait  fixtures/programs/dump_states.ts:33:11
      (anonymous)  fixtures/programs/dump_subject.ts:31:29

  worker-3  root/idle-3  parked: no JavaScript runs, its longest wait <time>

tasks
  root  1 task, in main (busy)
    main  parked <time> in recv: channel root->root/peer (peer root/peer, abandoned), shielded  at fixtures/programs/dump_states.ts:7:3
  root/wait-1  1 task, in worker-1 (busy)
    main  parked <time> in recv: channel root/wait-1->root/peer (peer root/peer, abandoned), shielded  at fixtures/programs/dump_states.ts:7:3
  root/wait-2  1 task, in worker-2 (busy)
    main  parked <time> in recv: channel root/wait-2->root/peer (peer root/peer, abandoned), shielded  at fixtures/programs/dump_states.ts:7:3
  root/idle-3  1 task, in worker-3 (parked)
    main  parked <time> in recv: channel root/idle-3->root/peer (peer root/peer, abandoned), shielded  at fixtures/programs/dump_states.ts:7:3

OS threads
  isolate  tid  thread  state  waits in  CPU ticks
  main  <pid>  deno  S  futex_do_wait  <ticks>
  worker-1  <pid>  worker-1  S  futex_do_wait  <ticks>
  worker-2  <pid>  worker-2  S  futex_do_wait  <ticks>
  worker-3  <pid>  worker-3  S  do_epoll_wait  <ticks>
  and <n> threads without an isolate
`;

const EMPTY: Dump = {
  complete: true,
  missing: [],
  isolates: [],
  tasks: [],
  channels: [],
  sharedLocks: [],
  otherThreads: 7,
  tookMs: 412,
};

const UNREAD = { site: null };
const THREAD = { tid: 101, name: "worker-1", state: "S", wchan: "futex_do_wait", cpuTicks: 0 };

function frame(fn: string, line: number): Frame {
  return { fn, file: "file:///app/a.ts", line, column: 1, internal: false };
}

function isolate(fields: Partial<IsolateDump>): IsolateDump {
  const frames: Frame[] = [
    {
      fn: "stuck",
      file: "file:///app/fixtures/children/stuck.ts",
      line: 12,
      column: 5,
      internal: false,
    },
    { fn: "pollForMessages", file: "ext:runtime/worker.js", line: 1, column: 99, internal: true },
  ];
  return {
    id: "worker-1",
    kind: "worker",
    actor: null,
    state: "busy",
    thread: null,
    samples: [{ atMs: 30, frames }, { atMs: 256, frames }],
    ...fields,
  };
}

function task(fields: Partial<DumpedTask>): DumpedTask {
  return {
    id: "root#1",
    actor: "root",
    name: "task",
    parent: null,
    state: "parked",
    parkedOn: {
      kind: "recv",
      resource: "channel root->root/a",
      peer: "root/a",
      peerState: "alive",
    },
    sinceMs: 3_000,
    shielded: false,
    cancelled: null,
    site: { file: "file:///app/scenarios/seed.ts", line: 31, column: 9 },
    createdAt: null,
    ...fields,
  };
}

function CANCELLED(): NonNullable<DumpedTask["cancelled"]> {
  return { source: "deadline", reason: "too slow", byActor: "root", agoMs: 1, heldByShield: false };
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
