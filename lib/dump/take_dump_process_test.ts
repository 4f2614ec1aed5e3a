import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import type { Dump, IsolateDump, StackFrame } from "../model/dump.ts";
import { controlSubject } from "../intervene/control.ts";
import { connectInspector } from "../cdp/inspector.ts";
import { takeDump } from "./take_dump.ts";
import {
  asleepIn,
  startSubject,
  type TestSubject,
  testSubject,
} from "../../tests/support/subject.ts";

const timeout = 60_000;
const STATES = new URL("../../fixtures/programs/dump_states.ts", import.meta.url);

testSubject(
  "takeDump sorts waiting, spinning, storming, nested and idle isolates while main is idle",
  "idle wait spin storm idle nest",
  async (subject) => {
    await subject.untilThread("worker-6", asleepIn.futex);
    const dump = await dumpOf(subject);
    assertEquals(states(dump), {
      main: "parked",
      "worker-1": "busy",
      "worker-2": "busy",
      "worker-3": "busy",
      "worker-4": "parked",
      "worker-5": "parked",
      "worker-6": "busy",
    });
    assertEquals([dump.complete, dump.missing], [true, []]);
    assertEquals(isolate(dump, "worker-6").actor, "root/nest-5/inner");
  },
);

for (const main of ["blocked", "spinning", "storm"]) {
  testSubject(
    `takeDump finds every isolate while main is ${main}`,
    `${main} wait idle spin`,
    async (subject) => {
      const dump = await dumpOf(subject);
      assertEquals(states(dump), {
        main: "busy",
        "worker-1": "busy",
        "worker-2": "parked",
        "worker-3": "busy",
      });
      assertEquals(dump.missing, []);
      assertGreater(isolate(dump, "main").samples[0]?.frames.length ?? 0, 0);
    },
  );
}

testSubject(
  "takeDump gives each stack at two moments with its TypeScript position",
  "blocked wait spin",
  async (subject) => {
    const dump = await dumpOf(subject, { sampleGapMs: 500 });
    const source = (await Deno.readTextFile(STATES)).split("\n");
    for (const id of ["main", "worker-1"]) {
      const { samples } = isolate(dump, id);
      assertEquals(samples.length, 2);
      assertGreater(samples[1]?.atMs ?? 0, (samples[0]?.atMs ?? 0) + 499);
      for (const { frames } of samples) {
        const top = frames[0];
        assert(top !== undefined);
        assertEquals([top.fn, top.file, top.internal], ["blockedInWait", STATES.href, false]);
        // Lines and columns are 1-based; the column is that of the call.
        assertStringIncludes(source[top.line - 1] ?? "", "Atomics.wait(cell, 0, 0)");
        assertEquals(source[top.line - 1]?.slice(top.column - 1, top.column + 3), "wait");
      }
    }
    const spin: readonly StackFrame[] = isolate(dump, "worker-2").samples[0]?.frames ?? [];
    assert(spin.some(({ fn }) => fn === "spinning"));
    assert(spin.some(({ file, internal }) => file.startsWith("ext:") && internal));
  },
);

testSubject(
  "takeDump tells the tasks of stuck isolates and of main, with what they wait for",
  "blocked wait spin",
  async (subject) => {
    const { tasks } = await dumpOf(subject, { samples: 1 });
    assertEquals(tasks.map(({ id }) => id), ["root#1", "root/wait-1#1", "root/spin-2#1"]);
    const [task] = tasks;
    assertEquals(task?.parkedOn?.kind, "recv");
    assertEquals(task?.parkedOn?.peerState, "abandoned");
    assertEquals(task?.site?.line, 7);
    assertGreater(task?.sinceMs ?? 0, 0);
  },
);

testSubject(
  "takeDump names an isolate that is blocked in native code, with what the kernel knows of it",
  "deaf idle native",
  async (subject) => {
    const dump = await dumpOf(subject);
    assertEquals(isolate(dump, "worker-2").state, "native-blocked");
    assertEquals(isolate(dump, "worker-2").thread?.wchan, "do_wait");
    assertEquals(dump.complete, false);
    assertEquals(dump.missing.map((each) => each.isolate), ["worker-2"]);
    assertStringIncludes(dump.missing[0]?.why ?? "", "native-blocked");
    assertStringIncludes(dump.missing[0]?.why ?? "", "do_wait");
    assertEquals(isolate(dump, "worker-1").state, "parked");
    await callReturns(subject, "tick root/native-2", "root/native-2");
  },
);

testSubject(
  "takeDump says of workers behind a native-blocked main that they could not be asked",
  "native spin idle tick",
  async (subject) => {
    const dump = await dumpOf(subject);
    assertEquals(isolate(dump, "main").state, "native-blocked");
    assertEquals(isolate(dump, "worker-2").state, "parked");
    assertEquals(dump.missing.map((each) => each.isolate).length, 4);
    for (const { isolate, why } of dump.missing) {
      assertStringIncludes(why, isolate === "main" ? "native-blocked" : "could not be asked");
    }
    await callReturns(subject, "MAIN-FREE", "root/tick-3");
  },
);

testSubject(
  "takeDump leaves every isolate running, again and again, and the process free to exit",
  "idle tick flicker idle",
  async (subject) => {
    for (let round = 0; round < 6; round++) {
      const dump = await dumpOf(subject, { sampleGapMs: 10 });
      assertEquals(dump.missing, []);
      await ticksAgain(subject, "root/tick-1");
      await ticksAgain(subject, "root/flicker-2");
    }
    assertEquals(await subject.leave(), 0);
  },
);

testSubject(
  "takeDump lets a worker go that a client had left paused, and says so of that one alone",
  "idle tick tick",
  async (subject) => {
    const from = { sessionId: "1" };
    const connection = await connectInspector(subject.wsUrl);
    assert(connection.kind === "ok");
    const { inspector } = connection;
    const paused = new Promise<void>((resolve) => inspector.on("Debugger.paused", () => resolve()));
    await inspector.send("Debugger.enable", {}, from);
    await inspector.send("Debugger.pause", {}, from);
    await paused;
    await inspector.close();
    const dump = await dumpOf(subject);
    const left = dump.isolates.filter(({ leftPaused }) => leftPaused).map(({ id }) => id);
    assertEquals(left, ["worker-1"]);
    await ticksAgain(subject, "root/tick-1");
    assertEquals((await dumpOf(subject)).isolates.filter(({ leftPaused }) => leftPaused), []);
  },
);

testSubject("takeDump leaves no debugger switched on", "blocked wait", async (subject) => {
  assertEquals((await dumpOf(subject)).missing, []);
  const connection = await connectInspector(subject.wsUrl);
  assert(connection.kind === "ok");
  await using inspector = connection.inspector;
  for (const to of [{}, { sessionId: "1" }]) {
    // Scripts are announced when a debugger is switched on, and not when it was on already.
    let announced = 0;
    inspector.onScriptParsed(() => announced++);
    await inspector.send("Debugger.enable", {}, to);
    assertGreater(announced, 0);
    await inspector.send("Debugger.disable", {}, to);
  }
});

testSubject(
  "takeDump finds the workers although many earlier connections have used up their numbers",
  "spawning",
  async (subject) => {
    for (let i = 0; i < 40; i++) {
      const connection = await connectInspector(subject.wsUrl);
      assert(connection.kind === "ok");
      await connection.inspector.close();
    }
    await subject.say("one more");
    await subject.until("STARTED 1");
    // With its loop turning main would announce the worker, and nobody would have to search.
    await subject.say("block");
    await subject.untilThread("main", asleepIn.futex);
    const dump = await dumpOf(subject);
    assertEquals(isolate(dump, "worker-1").state, "parked");
    assertEquals(isolate(dump, "worker-1").actor, "root/idle-1");
  },
);

testSubject(
  "takeDump does not count an isolate that runs none of our code as missing",
  "plain plain idle",
  async (subject) => {
    const dump = await dumpOf(subject);
    assertEquals(dump.missing, []);
    assertEquals(dump.isolates.map(({ actor }) => actor), [null, null, "root/idle-2"]);
    assertEquals(dump.tasks.map(({ actor }) => actor), ["root/idle-2"]);
  },
);

testSubject(
  "takeDump takes an actor's path from its snapshot when nothing else tells it",
  "idle nameless",
  async (subject) => {
    assertEquals(isolate(await dumpOf(subject), "worker-1").actor, "root/nameless-1");
  },
);

testSubject(
  "takeDump names an isolate whose snapshot function fails, and still knows its state",
  "idle liar",
  async (subject) => {
    const dump = await dumpOf(subject);
    assertEquals(dump.complete, false);
    assertEquals(dump.missing, [
      { isolate: "worker-1", why: "snapshot failed: Error: no snapshot today" },
    ]);
    assertEquals(isolate(dump, "worker-1").actor, "root/liar-1");
  },
);

testSubject(
  "takeDump blames another client for silence when one was connected first",
  "idle idle wait",
  async (subject) => {
    const other = await connectInspector(subject.wsUrl);
    assert(other.kind === "ok");
    await using _ = other.inspector;
    const dump = await dumpOf(subject);
    assertEquals(dump.missing.map(({ isolate }) => isolate), ["worker-1", "worker-2"]);
    for (const { why } of dump.missing) {
      assertMatch(why, /another client of its inspector is connected \(\S+, process \d+\)/);
    }
    const { silent, effect } = await controlSubject(subject, {
      kind: "reap",
      actors: ["root/wait-2"],
    });
    assertEquals(silent, ["worker-1", "worker-2"]);
    assertMatch(
      JSON.stringify(effect),
      /worker-2 did not answer \(another client of its inspector/,
    );
  },
);

testSubject(
  "takeDump returns what it has when it is cut short, and leaves the subject running",
  "idle tick spin wait",
  async (subject) => {
    const abort = new AbortController();
    const pending = takeDump({
      pid: subject.pid,
      wsUrl: subject.wsUrl,
      samples: 1_000,
      sampleGapMs: 20,
      signal: abort.signal,
    });
    await ticksAgain(subject, "root/tick-1");
    abort.abort();
    const dump = await pending;
    assertEquals(dump.isolates.length, 4);
    await ticksAgain(subject, "root/tick-1");
    assertEquals((await dumpOf(subject)).missing, []);
    await subject.endStdin();
    await subject.until("BYE");
  },
);

testSubject(
  "takeDump asks nobody when it is cut short before it begins",
  "idle idle",
  async (subject) => {
    const { pid, wsUrl } = subject;
    const dump = await takeDump({ pid, wsUrl, signal: AbortSignal.abort() });
    assertEquals(dump.complete, false);
    assertStringIncludes(dump.missing[0]?.why ?? "", "cut short");
  },
);

testSubject(
  "takeDump comes back when the subject is killed under it",
  "blocked spin wait",
  async (subject) => {
    const { pid, wsUrl } = subject;
    const pending = takeDump({ pid, wsUrl, samples: 1_000, sampleGapMs: 20 });
    Deno.kill(pid, "SIGKILL");
    await subject.status;
    const dump = await pending;
    assertEquals(new Set(dump.isolates.map(({ state }) => state)), new Set(["gone"] as const));
  },
);

Deno.test("takeDump says that the process is gone when there is none", { timeout }, async () => {
  const subject = await startSubject("idle");
  await subject[Symbol.asyncDispose]();
  const dump = await dumpOf(subject);
  assertEquals(states(dump), { main: "gone" });
});

Deno.test("takeDump sees 32 isolates of which 8 are stuck, all of them", { timeout }, async () => {
  const kinds = [...Array(23).fill("idle"), ...Array(4).fill("wait"), ...Array(3).fill("spin")];
  await using subject = await startSubject("blocked", ...kinds, "idle");
  const dump = await dumpOf(subject, { sampleGapMs: 20 });
  assertEquals(dump.missing, []);
  assertEquals(dump.isolates.length, 32);
  assertEquals(dump.isolates.filter(({ state }) => state === "busy").length, 8);
  assertEquals(dump.tasks.length, 32);
});

function dumpOf(
  { pid, wsUrl }: TestSubject,
  options: { samples?: number; sampleGapMs?: number } = {},
): Promise<Dump> {
  return takeDump({ pid, wsUrl, sampleGapMs: 20, ...options });
}

function states(dump: Dump): Record<string, IsolateDump["state"]> {
  return Object.fromEntries(dump.isolates.map(({ id, state }) => [id, state]));
}

function isolate(dump: Dump, id: string): IsolateDump {
  const found = dump.isolates.find((each) => each.id === id);
  assert(found !== undefined, `no ${id} in the dump`);
  return found;
}

/** Has the native call return: what the isolate was asked meanwhile must not stop it, nor the one that ticks. */
async function callReturns(subject: TestSubject, shows: string, ticks: string): Promise<void> {
  await subject.say("go");
  await subject.until(shows);
  await ticksAgain(subject, ticks);
}

/** Waits for a tick that comes after now: proof that the isolate still runs. */
async function ticksAgain(subject: TestSubject, actor: string): Promise<void> {
  await subject.until(`tick ${actor}`, subject.stdout().length);
}
