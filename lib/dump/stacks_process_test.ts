import { assert, assertEquals, assertGreater } from "@std/assert";
import { type FairClock, fairClock } from "../cdp/fair_clock.ts";
import { inEventLoop, readThreads, type ThreadLook } from "../os/proc.ts";
import type { Session } from "../cdp/sessions.ts";
import { StackSampler, type ThreadWitness } from "./stacks.ts";
import {
  asleepIn,
  connected,
  startSubject,
  type TestSubject,
  testSubject,
} from "../../tests/support/subject.ts";

const timeout = 30_000;
const WORKER: Session = { id: "1", isolate: "worker-1" };
/** A thread that seems to run whatever it really does: makes the sampler ask for a pause. */
const RUNNING: ThreadLook = {
  tid: 1,
  name: "worker-1",
  state: "R",
  wchan: null,
  syscall: null,
  ticks: 0,
};

Deno.test("look gives the frames of a blocked isolate, and lets it go before it returns", {
  timeout,
}, async () => {
  await using watched = await watchedWorker("idle", "wait", asleepIn.futex);
  const { look } = watched;
  // Again at once: a pause asked of an isolate that is still paused would be lost.
  for (let i = 0; i < 20; i++) {
    const sample = await look();
    assert(sample.kind === "running");
    assertEquals(sample.frames[0]?.fn, "blockedInWait");
  }
});

Deno.test("look asks nothing of an isolate at rest", { timeout }, async () => {
  await using watched = await watchedWorker("idle", "idle", inEventLoop);
  const { inspector, look } = watched;
  let announced = 0;
  inspector.onScriptParsed(() => announced++);
  assertEquals(await look(), { kind: "at-rest" });
  // Answers of one session come in order: had its debugger been switched on, it would have said so by now.
  await inspector.send("Runtime.evaluate", { expression: "1" }, { sessionId: "1" });
  assertEquals(announced, 0);
});

Deno.test(
  "look pauses nobody who tells his stack, and switches no debugger on",
  { timeout },
  async () => {
    await using watched = await watchedWorker("idle", "wait", asleepIn.futex);
    const { inspector, look } = watched;
    let said = 0;
    inspector.onScriptParsed(() => said++);
    inspector.on("Debugger.paused", () => said++);
    const sample = await look();
    assert(sample.kind === "running");
    assertEquals(sample.frames[0]?.fn, "blockedInWait");
    // Answers of one session come in order: whatever the look had switched on would have spoken by now.
    await inspector.send("Runtime.evaluate", { expression: "1" }, { sessionId: "1" });
    assertEquals(said, 0);
  },
);

Deno.test("look pauses one that cannot tell its stack", { timeout }, async () => {
  await using watched = await watchedWorker("idle", "wait", asleepIn.futex);
  const { inspector, look } = watched;
  const expression = "void Object.freeze(Error)";
  await inspector.send("Runtime.evaluate", { expression }, { sessionId: "1" });
  const sample = await look();
  assert(sample.kind === "running");
  assertEquals(sample.frames[0]?.fn, "blockedInWait");
  assert("scriptId" in (sample.frames[0] ?? {}));
});

Deno.test(
  "look finds an isolate at rest that seemed to run, and takes its pause back",
  { timeout },
  async () => {
    await using watched = await watchedWorker("spawning", "idle", inEventLoop);
    const { subject, inspector, look } = watched;
    let asked = 0;
    const witness = () => asked++ === 0 ? RUNNING : threadOf(subject);
    assertEquals(await look(witness), { kind: "at-rest" });
    // Scripts are announced only when the debugger was off.
    let announced = 0;
    inspector.onScriptParsed(() => announced++);
    await inspector.send("Debugger.enable", {}, { sessionId: "1" });
    assertGreater(announced, 0);
    await subject.say("poke");
    await subject.until("poked root/idle-1");
  },
);

Deno.test("look takes an isolate that never pauses to be at rest where there is no /proc to ask", {
  timeout,
}, async () => {
  // It has said that it is ready from within a callback.
  await using watched = await watchedWorker("idle", "idle", inEventLoop);
  const { look } = watched;
  assertEquals(await look(() => "unknown"), { kind: "at-rest" });
});

for (
  const [name, blind] of [
    ["look calls an isolate out of reach when it neither rests nor pauses", false],
    ["look does not take native code for rest where there is no /proc to ask", true],
  ] as const
) {
  Deno.test(name, { timeout }, async () => {
    await using watched = await watchedWorker("deaf", "native", asleepIn.child);
    const { subject, look } = watched;
    assertEquals((await (blind ? look(() => "unknown") : look())).kind, "out-of-reach");
    await subject.say("go");
    await subject.until("tick root/native-1");
  });
}

Deno.test("look says gone for an isolate whose thread has ended", { timeout }, async () => {
  await using watched = await watchedWorker("idle", "idle", inEventLoop);
  const { look } = watched;
  assertEquals(await look(() => null), { kind: "gone" });
});

testSubject(
  "disarm takes back a pause that has not happened yet, so that nothing freezes later",
  "spawning idle",
  async (subject) => {
    const inspector = await connected(subject);
    const abort = new AbortController();
    const sampler = new StackSampler(inspector, abort.signal);
    const pending = sampler.look(WORKER, () => RUNNING, fair());
    // Answered after the pause was asked for, which is armed from then on.
    await inspector.send("Runtime.enable", {}, { sessionId: "1" });
    abort.abort();
    assertEquals(await pending, { kind: "cut-short" });
    await sampler.disarm(new Set());
    await inspector.close();
    await subject.say("poke");
    await subject.until("poked root/idle-1");
  },
);

/** A subject whose worker is where `there` wants it, looked at through its inspector. */
async function watchedWorker(main: string, worker: string, there: (look: ThreadLook) => boolean) {
  const subject = await startSubject(main, worker);
  await subject.untilThread("worker-1", there);
  const inspector = await connected(subject);
  const sampler = new StackSampler(inspector, new AbortController().signal);
  return {
    subject,
    inspector,
    look: (witness: ThreadWitness = () => threadOf(subject)) =>
      sampler.look(WORKER, witness, fair()),
    async [Symbol.asyncDispose]() {
      await sampler.disarm(new Set());
      await inspector.close();
      await subject[Symbol.asyncDispose]();
    },
  };
}

function fair(): FairClock {
  return fairClock(() => 0);
}

function threadOf({ pid }: TestSubject): ThreadLook | null {
  const outcome = readThreads(pid);
  if (outcome.kind !== "ok") return null;
  return outcome.threads.find(({ name }) => name === "worker-1") ?? null;
}
