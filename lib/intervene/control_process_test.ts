import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { controlSubject } from "./control.ts";
import { workerThreads } from "../os/proc.ts";
import { type TestSubject, testSubject } from "../../tests/support/subject.ts";

function reap(subject: TestSubject, ...actors: string[]) {
  return controlSubject(subject, { kind: "reap", actors });
}

function workersOf({ pid }: TestSubject): string[] {
  const outcome = workerThreads(pid);
  return outcome.kind === "ok" ? outcome.workers.map(({ name }) => name) : [outcome.kind];
}

testSubject(
  "controlSubject ends threads in every state that an inspector reaches, behind a main that is blocked",
  "blocked wait spin storm idle clinging tick",
  async (subject) => {
    const actors = ["wait-1", "spin-2", "storm-3", "idle-4", "clinging-5"].map((name) =>
      `root/${name}`
    );
    const outcome = await reap(subject, ...actors);
    assertEquals(outcome.effect.kind, "applied", JSON.stringify(outcome.effect));
    assertEquals(outcome.reaped.toSorted(), actors.toSorted());
    assertEquals(workersOf(subject), ["worker-6"]);
    assert(outcome.sentAt !== null && outcome.before.length === 7);
    // The one that was left alone goes on, so nobody is paused.
    await subject.until("tick root/tick-6", subject.stdout().length);
  },
);

testSubject(
  "controlSubject leaves no client, and a subject that may go goes",
  "idle wait tick",
  async (subject) => {
    const { effect } = await reap(subject, "root/wait-1");
    assertEquals(effect, {
      kind: "applied",
      did: ["root/wait-1: ended the thread of root/wait-1 (worker-1)"],
    });
    assertEquals(await subject.leave(), 0);
  },
);

testSubject(
  "controlSubject never ends main, and says whom it did not find",
  "idle idle",
  async (subject) => {
    assertEquals((await reap(subject, "root")).effect, {
      kind: "failed",
      why: "root does not live in a worker",
    });
    assertEquals((await reap(subject, "root/nobody")).effect, {
      kind: "nothing-to-do",
      why: "no isolate answers in the name of root/nobody",
    });
    assertEquals(workersOf(subject), ["worker-1"]);
  },
);

testSubject(
  "controlSubject names an isolate that is in native code, and does not wait for it twice",
  "deaf native wait",
  async (subject) => {
    const began = performance.now();
    const first = await reap(subject, "root/native-1");
    const onceMs = performance.now() - began;
    assertEquals([first.effect.kind, first.silent, first.reaped], ["failed", ["worker-1"], []]);
    assertStringIncludes(
      JSON.stringify(first.effect),
      "worker-1 did not answer (native code; its thread is asleep in do_wait)",
    );
    const from = performance.now();
    const second = await controlSubject({ ...subject, unresponsive: new Set(first.silent) }, {
      kind: "look",
    });
    assertLess(performance.now() - from, 0.8 * onceMs);
    assertEquals([second.silent, second.before.map(({ snapshot }) => snapshot.actor).toSorted()], [[
      "worker-1",
    ], ["root", "root/wait-2"]]);
  },
);

testSubject(
  "controlSubject believes no answer that makes no sense, and asks nothing of who has no runtime",
  "idle babbler",
  async (subject) => {
    const control = { do: "cancel-root" } as const;
    const babble = await controlSubject(subject, { kind: "ask", control, actor: "root/babbler-1" });
    assertEquals(babble.effect, {
      kind: "failed",
      why: "an answer that makes no sense: gibberish",
    });
    const none = await controlSubject(subject, { kind: "ask", control, actor: "root" });
    assertEquals(none.effect, {
      kind: "nothing-to-do",
      why: "no runtime that could do it lives in any isolate",
    });
  },
);

testSubject(
  "controlSubject frees no main that is in one long run of code",
  "spinning",
  async (subject) => {
    const { effect } = await controlSubject(subject, { kind: "free-main" });
    assertEquals(effect.kind, "nothing-to-do");
    assertStringIncludes(JSON.stringify(effect), "one long run of synchronous code");
  },
);

testSubject(
  "controlSubject is over when it is told so, or when the subject is gone",
  "deaf native",
  async (subject) => {
    const began = performance.now();
    await controlSubject(subject, { kind: "look" });
    const wholeMs = performance.now() - began;
    const from = performance.now();
    await controlSubject({ ...subject, signal: AbortSignal.abort() }, { kind: "look" });
    assertLess(performance.now() - from, 0.8 * wholeMs);
    Deno.kill(subject.pid, "SIGKILL");
    await subject.status;
    assertEquals((await reap(subject, "root/native-1")).effect.kind, "failed");
  },
);
