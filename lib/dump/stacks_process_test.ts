import { assert, assertEquals, assertGreater } from "@std/assert";
import { type FairClock, fairClock } from "../cdp/fair_clock.ts";
import { connectInspector, type Inspector } from "../cdp/inspector.ts";
import { inEventLoop, readThreads, type ThreadLook } from "../os/proc.ts";
import type { Session } from "../cdp/sessions.ts";
import { StackSampler } from "./stacks.ts";
import { asleepIn, startSubject, type TestSubject } from "../../tests/support/subject.ts";

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

Deno.test({
  name: "look gives the frames of a blocked isolate, and lets it go before it returns",
  timeout,
  async fn() {
    await using subject = await startSubject("idle", "wait");
    await subject.untilThread("worker-1", asleepIn.futex);
    await using inspector = await connected(subject);
    const sampler = new StackSampler(inspector, new AbortController().signal);
    // Again at once: a pause asked of an isolate that is still paused would be lost.
    for (let i = 0; i < 20; i++) {
      const look = await sampler.look(WORKER, () => threadOf(subject), fair());
      assert(look.kind === "running");
      assertEquals(look.frames[0]?.fn, "blockedInWait");
    }
    await sampler.disarm(new Set());
  },
});

Deno.test({
  name: "look asks nothing of an isolate at rest",
  timeout,
  async fn() {
    await using subject = await startSubject("idle", "idle");
    await subject.untilThread("worker-1", inEventLoop);
    await using inspector = await connected(subject);
    let announced = 0;
    inspector.onScriptParsed(() => announced++);
    const sampler = new StackSampler(inspector, new AbortController().signal);
    assertEquals(await sampler.look(WORKER, () => threadOf(subject), fair()), { kind: "at-rest" });
    // Answers of one session come in order: had its debugger been switched on, it would have said so by now.
    await inspector.send("Runtime.evaluate", { expression: "1" }, { sessionId: "1" });
    assertEquals(announced, 0);
  },
});

Deno.test({
  name: "look pauses nobody who tells his stack, and switches no debugger on",
  timeout,
  async fn() {
    await using subject = await startSubject("idle", "wait");
    await subject.untilThread("worker-1", asleepIn.futex);
    await using inspector = await connected(subject);
    let said = 0;
    inspector.onScriptParsed(() => said++);
    inspector.on("Debugger.paused", () => said++);
    const sampler = new StackSampler(inspector, new AbortController().signal);
    const look = await sampler.look(WORKER, () => threadOf(subject), fair());
    assert(look.kind === "running");
    assertEquals(look.frames[0]?.fn, "blockedInWait");
    // Answers of one session come in order: whatever the look had switched on would have spoken by now.
    await inspector.send("Runtime.evaluate", { expression: "1" }, { sessionId: "1" });
    assertEquals(said, 0);
  },
});

Deno.test({
  name: "look pauses one that cannot tell its stack",
  timeout,
  async fn() {
    await using subject = await startSubject("idle", "wait");
    await subject.untilThread("worker-1", asleepIn.futex);
    await using inspector = await connected(subject);
    const expression = "void Object.freeze(Error)";
    await inspector.send("Runtime.evaluate", { expression }, { sessionId: "1" });
    const sampler = new StackSampler(inspector, new AbortController().signal);
    const look = await sampler.look(WORKER, () => threadOf(subject), fair());
    assert(look.kind === "running");
    assertEquals(look.frames[0]?.fn, "blockedInWait");
    assert("scriptId" in (look.frames[0] ?? {}));
    await sampler.disarm(new Set());
  },
});

Deno.test({
  name: "look finds an isolate at rest that seemed to run, and takes its pause back",
  timeout,
  async fn() {
    await using subject = await startSubject("spawning", "idle");
    await subject.untilThread("worker-1", inEventLoop);
    await using inspector = await connected(subject);
    const sampler = new StackSampler(inspector, new AbortController().signal);
    let asked = 0;
    const witness = () => asked++ === 0 ? RUNNING : threadOf(subject);
    assertEquals(await sampler.look(WORKER, witness, fair()), { kind: "at-rest" });
    // Scripts are announced only when the debugger was off.
    let announced = 0;
    inspector.onScriptParsed(() => announced++);
    await inspector.send("Debugger.enable", {}, { sessionId: "1" });
    assertGreater(announced, 0);
    await subject.say("poke");
    await subject.until("poked root/idle-1");
  },
});

Deno.test({
  name: "look takes an isolate that never pauses to be at rest where there is no /proc to ask",
  timeout,
  async fn() {
    await using subject = await startSubject("idle", "idle");
    // It has said that it is ready from within a callback.
    await subject.untilThread("worker-1", inEventLoop);
    await using inspector = await connected(subject);
    const sampler = new StackSampler(inspector, new AbortController().signal);
    assertEquals(await sampler.look(WORKER, () => "unknown", fair()), { kind: "at-rest" });
    await sampler.disarm(new Set());
  },
});

Deno.test({
  name: "look calls an isolate out of reach when it neither rests nor pauses",
  timeout,
  async fn() {
    await using subject = await startSubject("deaf", "native");
    await subject.untilThread("worker-1", asleepIn.child);
    await using inspector = await connected(subject);
    const sampler = new StackSampler(inspector, new AbortController().signal);
    const look = await sampler.look(WORKER, () => threadOf(subject), fair());
    assertEquals(look.kind, "out-of-reach");
    await subject.say("go");
    await subject.until("tick root/native-1");
    await sampler.disarm(new Set());
  },
});

Deno.test({
  name: "look does not take native code for rest where there is no /proc to ask",
  timeout,
  async fn() {
    await using subject = await startSubject("deaf", "native");
    await subject.untilThread("worker-1", asleepIn.child);
    await using inspector = await connected(subject);
    const sampler = new StackSampler(inspector, new AbortController().signal);
    const look = await sampler.look(WORKER, () => "unknown", fair());
    assertEquals(look.kind, "out-of-reach");
    await subject.say("go");
    await subject.until("tick root/native-1");
    await sampler.disarm(new Set());
  },
});

Deno.test({
  name: "look says gone for an isolate whose thread has ended",
  timeout,
  async fn() {
    await using subject = await startSubject("idle");
    await using inspector = await connected(subject);
    const sampler = new StackSampler(inspector, new AbortController().signal);
    assertEquals(await sampler.look(WORKER, () => null, fair()), { kind: "gone" });
  },
});

Deno.test({
  name: "disarm takes back a pause that has not happened yet, so that nothing freezes later",
  timeout,
  async fn() {
    await using subject = await startSubject("spawning", "idle");
    await subject.untilThread("worker-1", inEventLoop);
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
});

function fair(): FairClock {
  return fairClock(() => 0);
}

function threadOf({ pid }: TestSubject): ThreadLook | null {
  const outcome = readThreads(pid);
  if (outcome.kind !== "ok") return null;
  return outcome.threads.find(({ name }) => name === "worker-1") ?? null;
}

async function connected(subject: TestSubject): Promise<Inspector> {
  const outcome = await connectInspector(subject.wsUrl);
  assert(outcome.kind === "ok");
  return outcome.inspector;
}
