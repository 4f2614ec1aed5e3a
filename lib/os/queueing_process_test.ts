import { assert, assertEquals, assertLess } from "@std/assert";
import { queuedMost, readQueued } from "./queueing.ts";
import { startSubject } from "../../tests/support/subject.ts";

const TIMEOUT = { timeout: 60_000 };

Deno.test(
  "queuedMost names the thread that gets no processor beside others that burn it",
  TIMEOUT,
  async () => {
    // More threads that spin than this machine has processors, so that some of them always stand in line.
    const spinning = Array<string>(navigator.hardwareConcurrency + 1).fill("spin");
    await using subject = await startSubject("idle", ...spinning);
    const before = readQueued(subject.pid);
    assertEquals(before.size, spinning.length + 1);
    // The kernel tells nobody when a thread has waited, so it is asked again and again. On a busy machine even an idle
    // main may have waited longer at first; it is soon overtaken.
    let most = queuedMost(subject.pid, before);
    while (most === null || most.ms < 50 || most.thread === "main") {
      await new Promise((resolve) => setTimeout(resolve, 5));
      most = queuedMost(subject.pid, before);
    }
    assert(before.has(most.tid));
    assert(/^worker-\d+$/.test(most.thread), most.thread);
    // What was waited before is not counted twice.
    const now = readQueued(subject.pid);
    assertLess(queuedMost(subject.pid, now)?.ms ?? 0, now.get(most.tid)?.waitedMs ?? 0);
  },
);

Deno.test(
  "queuedMost says nothing of a process that is gone, nor where nobody had asked before",
  TIMEOUT,
  async () => {
    const subject = await startSubject("idle");
    assertEquals(queuedMost(subject.pid, null), null);
    const before = readQueued(subject.pid);
    await subject[Symbol.asyncDispose]();
    assertEquals(queuedMost(subject.pid, before), null);
    assertEquals(readQueued(subject.pid).size, 0);
  },
);
