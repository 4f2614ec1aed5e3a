import { assert, assertEquals } from "@std/assert";
import { readQueuedMs, readThread, readThreads } from "../os/proc.ts";
import { asleepIn, connected, testSubject } from "../../tests/support/subject.ts";
import { Threads } from "./threads.ts";

const timeout = 30_000;

testSubject(
  "facts shows an isolate that answered as it was found, and a silent one as it is now",
  "spawning",
  async (subject) => {
    const threads = new Threads(subject.pid);
    await subject.say("block");
    await subject.untilThread("main", asleepIn.futex);
    const [answered, silent] = [
      threads.facts("main", true, null),
      threads.facts("main", false, null),
    ];
    assertEquals([answered?.wchan, silent?.wchan].map((at) => /futex/.test(at ?? "")), [
      false,
      true,
    ]);
    assertEquals([answered?.tid, silent?.tid], [subject.pid, subject.pid]);
  },
);

testSubject(
  "queuedMs counts the inspector's thread beside main's, and a worker's in place of a shorter one",
  "idle idle",
  async (subject) => {
    const outcome = readThreads(subject.pid);
    assert(outcome.kind === "ok");
    const main = outcome.threads.find(({ tid }) => tid === subject.pid);
    const carriers = outcome.threads.filter(({ tid, name }) =>
      tid !== subject.pid && name === main?.name
    );
    assert(carriers.length > 0);
    const queuedMost = () => Math.max(...carriers.map(({ tid }) => readQueuedMs(subject.pid, tid)));
    // An inspector's thread that always found a processor free has not been queued yet: make it run again.
    while (queuedMost() === 0) await (await connected(subject)).close();
    const beside = queuedMost();
    const alone = readQueuedMs(subject.pid, subject.pid);
    const threads = new Threads(subject.pid);
    assert(threads.queuedMs("main") >= alone + beside);
    assert(threads.queuedMs("worker-1") >= alone + beside);
  },
);

Deno.test("facts shows a thread asleep that was met awake once", { timeout }, async () => {
  const child = new Deno.Command("sh", {
    args: ["-c", "i=0; while [ $i -lt 3000000 ]; do i=$((i+1)); done; exec cat"],
    stdin: "piped",
  }).spawn();
  try {
    while (readThread(child.pid, child.pid)?.state !== "R") await turn();
    const threads = new Threads(child.pid);
    while (readThread(child.pid, child.pid)?.name !== "cat") await turn();
    while (readThread(child.pid, child.pid)?.state !== "S") await turn();
    assertEquals(threads.facts("main", true, null)?.state, "S");
  } finally {
    await child.stdin.close();
    await child.status;
  }
});

testSubject("facts counts the ticks since the first look", "idle spin idle", async (subject) => {
  const threads = new Threads(subject.pid);
  const first = threads.now("worker-1");
  const ticks = first === null || first === "unknown" ? 0 : first.ticks;
  await subject.untilThread("worker-1", (look) => look.ticks >= ticks + 3);
  assertEquals((threads.facts("worker-1", true, null)?.cpuTicks ?? 0) >= 3, true);
  assertEquals(threads.facts("worker-2", true, null)?.cpuTicks, 0);
});

testSubject(
  "refresh takes in workers that start later, and keeps those that end",
  "spawning idle",
  async (subject) => {
    const threads = new Threads(subject.pid);
    assertEquals(threads.isolates, ["main", "worker-1"]);
    await subject.say("one more");
    await subject.until("STARTED 2");
    threads.refresh();
    assertEquals(threads.isolates, ["main", "worker-1", "worker-2"]);
    assertEquals(threads.highestWorker, 2);
    await subject.endStdin();
    await subject.status;
    assertEquals(threads.now("worker-2"), null);
    threads.refresh();
    assertEquals(threads.absent, "the process is gone");
    assertEquals(threads.now("main"), null);
  },
);

testSubject(
  "untilGone returns when the process is gone, long before its bound",
  "idle",
  async (subject) => {
    const threads = new Threads(subject.pid);
    const gone = threads.untilGone(25_000);
    Deno.kill(subject.pid, "SIGKILL");
    await gone;
    assertEquals(threads.now("main"), null);
  },
);

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2));
}

Deno.test(
  "facts counts the reads since the first look, those that bring nothing too",
  { timeout },
  async () => {
    const child = new Deno.Command("sh", {
      args: ["-c", "while :; do read line < /dev/null; done"],
    }).spawn();
    try {
      const threads = new Threads(child.pid);
      const reads = () => threads.facts("main", true, null)?.reads;
      while ((reads()?.calls ?? 0) < 500) await turn();
      const { calls, bytes } = reads() ?? { calls: 0, bytes: Infinity };
      // The shell itself, while it starts, is read in a few pieces.
      assertEquals(bytes / calls < 100, true);
    } finally {
      child.kill("SIGKILL");
      await child.status;
    }
  },
);
