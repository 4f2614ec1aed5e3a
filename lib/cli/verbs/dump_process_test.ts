import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readInterference } from "../../os/interference.ts";
import { portsOf, portUse } from "../../os/listeners.ts";
import { type AwaitNode, type ProcessDump, processDumpSchema } from "../../model/process_dump.ts";
import { stranger } from "../../../tests/support/stranger.ts";
import {
  asleepIn,
  connected,
  startProgram,
  type TestSubject,
  testSubject,
} from "../../../tests/support/subject.ts";
import {
  type Called,
  installed,
  testInDirectory,
  unwedge,
  unwedgeCommand,
} from "../../../tests/support/unwedge.ts";

const PROGRAM = "foreign_waits.ts";
const FILE = new URL(`../../../fixtures/programs/${PROGRAM}`, import.meta.url);
const LINES = Deno.readTextFileSync(FILE).split("\n");

/** `foreign_waits.ts:12` for the line that holds a text. */
function at(text: string): string {
  return `${PROGRAM}:${LINES.findIndex((line) => line.includes(text)) + 1}`;
}

async function dumpOf(args: readonly string[]): Promise<{ dump: ProcessDump; called: Called }> {
  const called = await unwedge(["dump", ...args, "--json"]);
  assertEquals(called.stderr, "");
  return { dump: processDumpSchema.parse(JSON.parse(called.stdout)), called };
}

/** A branch as lines: name, place, what settles it; what is the runtime's is left out. */
function lines(node: AwaitNode, indent = ""): string[] {
  const { kind, name, position, count, settlers = [], awaits, internal } = node;
  const file = position === null ? "" : ` ${position.file.split("/").at(-1)}:${position.line}`;
  const settled = settlers.map(({ by, path }) => ` <- ${by} ${path}`).join("");
  const own = internal ? [] : [`${indent}${count} ${name || kind}${file}${settled}`];
  return [...own, ...awaits.flatMap((child) => lines(child, internal ? indent : `${indent}  `))];
}

/** What foreign_waits.ts waits for, wherever its functions stand. */
function expected(place: (text: string) => string): string[] {
  return [
    `1 ask ${place("await call(")}`,
    "  1 promise <- variable pending (Map) > entry",
    `1 sendBoth ${place("await Promise.all")}`,
    "  1 all",
    `    2 Channel.send ${place("await new Promise<void>((resolve)")}`,
    "      1 promise <- variable channel (Channel).#senders[…]",
    `1 untilAborted ${place("await new Promise<void>((_, reject)")}`,
    '  1 promise <- listener "abort" of AbortSignal',
  ];
}

/** The branches under `Promise.allSettled`, in the order of the program. */
function allSettled(dump: ProcessDump): string[] {
  const find = (nodes: readonly AwaitNode[]): AwaitNode | undefined =>
    nodes.find(({ kind }) => kind === "allSettled") ??
      nodes.flatMap(({ awaits }) => find(awaits) ?? [])[0];
  const nodes = find(dump.isolates[0]?.awaits ?? [])?.awaits ?? [];
  const order = ["ask", "sendBoth", "untilAborted"];
  return nodes.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
    .flatMap((node) => lines(node));
}

/** The program goes on, and ends by itself when it is told to. */
async function endsByItself(subject: Pick<TestSubject, "leave" | "stdout">): Promise<void> {
  assertEquals(await subject.leave(), 0);
  assertMatch(subject.stdout(), /ENDED/);
}

testInDirectory("dump of an inspector shows each await, and who could settle it", async (cwd) => {
  await using subject = await startProgram(PROGRAM);
  const { dump, called } = await dumpOf([subject.wsUrl]);
  assertEquals([called.code, dump.complete, dump.missing, dump.openedPort], [0, true, [], null]);
  assertEquals([dump.target.pid, dump.isolates[0]?.state], [subject.pid, "parked"]);
  assertEquals(allSettled(dump), expected(at));
  const { stdout } = await unwedge(["dump", subject.wsUrl, "--internal-frames"]);
  for (const text of [stdout, called.stdout]) {
    assertEquals(/a-secret|ws:\/\//.test(text), false);
  }
  const kept = `${cwd}/kept`;
  const asked = await dumpOf([subject.wsUrl, "--values", "--keep-snapshot", kept]);
  assertStringIncludes(asked.called.stdout, '"a-secret-value\\""');
  const file = asked.dump.isolates[0]?.heap?.file ?? "";
  assertEquals((Deno.statSync(file).mode ?? 0) & 0o777, 0o600);
  const read = await dumpOf([file]);
  assertEquals(read.dump.isolates[0]?.heap?.suspended, dump.isolates[0]?.heap?.suspended);
  const filtered = await dumpOf([subject.wsUrl, "--filter", "no such name"]);
  assertEquals(filtered.dump.isolates[0]?.awaits, []);
  await endsByItself(subject);
});

Deno.test("dump of a process opens its inspector, says so, and leaves the process to go on", {
  timeout: 60_000,
}, async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", FILE.href],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    env: { NO_COLOR: "1" },
  }).spawn();
  const stdin = child.stdin.getWriter();
  try {
    const out = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    assertMatch((await out.read()).value ?? "", /READY/);
    await untilSignalIsCaught(child.pid);
    if (portUse(child.pid, 9229).kind === "taken") {
      const { dump, called } = await dumpOf([String(child.pid)]);
      assertEquals([called.code, dump.isolates.map(({ heap }) => heap)], [3, [null]]);
      assertMatch(dump.missing[0]?.why ?? "", /can only open port 9229, which /);
      return;
    }
    const { dump, called } = await dumpOf([String(child.pid)]);
    assertEquals([called.code, dump.openedPort, dump.complete], [0, null, true]);
    // The port was opened, and is closed again.
    assertEquals(portsOf(child.pid), []);
    // Its source map is in Deno's cache alone.
    assertEquals(allSettled(dump), expected(at));
    const again = await dumpOf([String(child.pid)]);
    assertEquals([again.called.code, again.dump.openedPort], [0, null]);
    await stdin.close();
    assertEquals((await child.status).code, 0);
  } finally {
    await stdin.close().catch(() => {});
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await child.status;
  }
});

testInDirectory("dump of a file shows the tree with the lines of the functions", async (cwd) => {
  await using subject = await startProgram(PROGRAM);
  const path = `${cwd}/heap.heapsnapshot`;
  await subject.say(`snapshot ${path}`);
  await subject.until("written");
  const { dump, called } = await dumpOf([path]);
  assertEquals([called.code, dump.target], [0, {
    kind: "file",
    pid: null,
    runtime: null,
    file: path,
  }]);
  // Where the functions begin, in the code as V8 runs it: not a line of this source.
  const shape = (text: string) => text.replace(/ foreign_waits\.ts:\d+/, "");
  assertEquals(
    allSettled(dump).map(shape),
    expected(() => "").map((line) => line.replace(/ $/, "")),
  );
  Deno.truncateSync(path, 1_000_000);
  const cut = await unwedge(["dump", path]);
  assertEquals([cut.code, cut.stdout], [1, ""]);
  assertMatch(cut.stderr, /^unwedge: .* cannot be read as a heap snapshot: it ends in the middle/);
});

testInDirectory(
  "dump of a file that does not come to its end is cut short by SIGINT",
  async (cwd) => {
    const path = `${cwd}/pipe.heapsnapshot`;
    await new Deno.Command("mkfifo", { args: [path] }).output();
    const child = unwedgeCommand(["dump", path]).spawn();
    // Opened as soon as dump reads.
    using pipe = await Deno.open(path, { write: true });
    await pipe.write(new TextEncoder().encode('{"snapshot":'));
    child.kill("SIGINT");
    const { code, stdout, stderr } = await child.output();
    const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
    assertEquals([code, text(stdout), text(stderr)], [
      ...[130, "", "unwedge: the dump was cut short\n"],
    ]);
  },
);

testSubject(
  "dump shows the stack of a blocked worker, and what waits in it",
  "spawning wait idle",
  async (subject) => {
    const { dump, called } = await dumpOf([subject.wsUrl]);
    assertEquals([called.code, dump.missing], [0, []]);
    assertEquals(dump.isolates.map(({ id, state, heap }) => [id, state, heap !== null]), [
      ["main", "parked", true],
      ["worker-1", "busy", true],
      ["worker-2", "parked", true],
    ]);
    assertEquals(dump.isolates[1]?.samples.map(({ frames }) => frames[0]?.fn), [
      "blockedInWait",
      "blockedInWait",
    ]);
    assertMatch(dump.isolates[1]?.url ?? "", /\/dump_worker\.ts$/);
    // Nothing is left paused: a message is answered.
    await subject.say("poke");
    await subject.until("poked root/idle-2");
  },
);

Deno.test(
  "dump shows workers in every state, locks, shared memory and what is open, and leaves nothing",
  {
    timeout: 60_000,
  },
  async () => {
    await using subject = await startProgram("foreign_open.ts");
    await subject.untilThread("worker-4", asleepIn.futex);
    const { dump, called } = await dumpOf([subject.wsUrl]);
    assertEquals([called.code, dump.missing], [0, []]);
    assertEquals(dump.isolates.map(({ id, name, life }) => [id, name, life]), [
      ["main", undefined, undefined],
      ["worker-1", "holder", "ready"],
      ["worker-3", "booting", "booting"],
      ["worker-4", "terminated", "terminated"],
    ]);
    const locks = ["held worker-1", "pending main"];
    const shown = ({ locks = [] }: ProcessDump) =>
      locks.map(({ name, state, isolate }) => `${name} ${state} ${isolate}`);
    assertEquals(shown(dump), locks.map((lock) => `database ${lock}`));
    assertEquals(dump.memoryWaits, [{
      ...{ isolate: "worker-4", array: "state", type: "Int32Array", index: 2, byteOffset: 12 },
      ...{ buffer: 1, bufferBytes: 16 },
    }]);
    const open = dump.handles.flatMap((handle): unknown[] =>
      handle.kind === "object"
        ? [[handle.type, handle.name, handle.state, handle.listeners.map(({ fn }) => fn)]]
        : handle.kind === "timer"
        ? [[handle.isolate, handle.fn]]
        : []
    );
    assertEquals(open, [
      ["Worker", "ended", "ended", []],
      ["BroadcastChannel", "config", null, ["onConfig"]],
      ["worker-1", "beat"],
    ]);
    // No lock of ours, no pause, no client is left.
    const inspector = await connected(subject);
    const answer = await inspector.send("Runtime.evaluate", {
      expression:
        "navigator.locks.query().then(({ held, pending }) => held.length + pending.length)",
      awaitPromise: true,
      returnByValue: true,
    });
    await inspector.close();
    assert(answer.kind === "ok");
    assertEquals(answer.result.result.value, locks.length);
    assertEquals(readInterference(subject.pid, subject.wsUrl).clients, []);
    await endsByItself(subject);
  },
);

Deno.test("dump shows main and the workers of a Node process, and lets it go on", {
  ignore: !installed("node"),
  timeout: 60_000,
}, async () => {
  const program = new URL("../../../fixtures/programs/foreign_workers.mjs", import.meta.url);
  const child = new Deno.Command("node", {
    args: ["--inspect=127.0.0.1:0", decodeURIComponent(program.pathname)],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdin = child.stdin.getWriter();
  try {
    const [out, err] = [child.stdout, child.stderr].map((stream) =>
      stream.pipeThrough(new TextDecoderStream()).getReader()
    );
    const wsUrl = /ws:\/\/\S+/.exec((await err?.read())?.value ?? "")?.[0] ?? "";
    assertMatch((await out?.read())?.value ?? "", /READY/);
    const { dump, called } = await dumpOf([new URL(wsUrl).host]);
    assertEquals([called.code, dump.missing], [0, []]);
    assertMatch(dump.target.runtime ?? "", /^node \d/);
    assertEquals(
      dump.isolates.map(({ id, awaits }) => [id, awaits.flatMap((node) => lines(node))]),
      ["main", "worker-1", "worker-2"].map((id) => [id, [
        "1 ask foreign_workers.mjs:8",
        "  1 promise <- variable pending (Map) > entry",
      ]]),
    );
    await stdin.close();
    assertMatch((await out?.read())?.value ?? "", /ENDED go on/);
    await Promise.all([out?.cancel(), err?.cancel()]);
    assertEquals((await child.status).code, 0);
  } finally {
    await stdin.close().catch(() => {});
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await child.status;
  }
});

Deno.test("dump of a main that was blocked before its inspector opened shows its threads", {
  timeout: 60_000,
}, async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "console.log('READY'); for (;;) {}"],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  try {
    const out = child.stdout.getReader();
    await out.read();
    const young = await unwedge(["dump", String(child.pid)]);
    assertEquals([young.code, young.stdout], [1, ""]);
    assertMatch(young.stderr, /has just been started/);
    const { dump, called } = await untilOld(child.pid);
    assertEquals([called.code, dump.complete, dump.missing.map(({ what }) => what)], [3, false, [
      "main",
    ]]);
    const [main] = dump.isolates;
    assertEquals([main?.id, main?.state, main?.heap, main?.thread?.tid], [
      ...["main", "unknown", null],
      child.pid,
    ]);
    assert((main?.thread?.cpuTicks ?? 0) > 0);
    const thread = [...Deno.readDirSync(`/proc/${child.pid}/task`)].map(({ name }) => name)
      .find((name) => name !== String(child.pid)) ?? "";
    const ofThread = await unwedge(["dump", thread]);
    assertEquals(ofThread.code, 1);
    assertMatch(ofThread.stderr, new RegExp(`is a thread of process ${child.pid}`));
    await out.cancel();
  } finally {
    child.kill("SIGKILL");
    await child.status;
  }
});

/** A process is young for 1.5 s, which nothing announces; the test's timeout bounds it. */
async function untilOld(pid: number): ReturnType<typeof dumpOf> {
  while (true) {
    const called = await unwedge(["dump", String(pid), "--json"]);
    if (called.code !== 1) {
      return { dump: processDumpSchema.parse(JSON.parse(called.stdout)), called };
    }
  }
}

Deno.test("dump refuses in one sentence what it cannot dump", { timeout: 60_000 }, async () => {
  const sleeper = stranger();
  try {
    const refusals: readonly (readonly [string, number, RegExp])[] = [
      [String(sleeper.pid), 1, /runs "sleep", which is not deno or node/],
      ["4194999", 1, /there is no process 4194999 here/],
      ["127.0.0.1:9", 1, /refuses the connection/],
      ["/no/such.heapsnapshot", 1, /there is no file/],
      ["what", 2, /"what" is no target\n/],
    ];
    for (const [target, code, why] of refusals) {
      const called = await unwedge(["dump", target]);
      assertEquals([called.code, called.stdout], [code, ""], target);
      assertMatch(called.stderr, why);
    }
    assertEquals((await unwedge(["dump", "1", "--max-heap", "many"])).code, 2);
    // The signal that opens an inspector would have ended it.
    assert(Deno.readTextFileSync(`/proc/${sleeper.pid}/stat`).includes(") S "));
  } finally {
    sleeper.kill("SIGKILL");
    await sleeper.status;
  }
});

/** A young Deno does not catch the signal yet, which nothing announces; the test's timeout bounds it. */
async function untilSignalIsCaught(pid: number): Promise<void> {
  while (true) {
    const [, mask = "0"] = /^SigCgt:\s*([0-9a-f]+)/m.exec(
      Deno.readTextFileSync(`/proc/${pid}/status`),
    ) ?? [];
    if ((BigInt(`0x${mask}`) >> 9n & 1n) === 1n) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
