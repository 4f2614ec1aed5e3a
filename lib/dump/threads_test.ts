import { assertEquals } from "@std/assert";
import { inEventLoop } from "./proc.ts";
import { asleepIn, startSubject } from "./test_subject.ts";
import { Threads } from "./threads.ts";

const timeout = 30_000;

Deno.test({
  name: "facts shows an isolate that answered as it was found, and a silent one as it is now",
  timeout,
  async fn() {
    await using subject = await startSubject("spawning");
    await subject.untilThread("main", inEventLoop);
    const threads = new Threads(subject.pid);
    await subject.say("block");
    await subject.untilThread("main", asleepIn.futex);
    const [answered, silent] = [threads.facts("main", true), threads.facts("main", false)];
    assertEquals([answered?.wchan, silent?.wchan].map((at) => /futex/.test(at ?? "")), [
      false,
      true,
    ]);
    assertEquals([answered?.tid, silent?.tid], [subject.pid, subject.pid]);
  },
});

Deno.test({
  name: "facts counts the ticks since the first look",
  timeout,
  async fn() {
    await using subject = await startSubject("idle", "spin", "idle");
    await subject.untilThread("worker-2", inEventLoop);
    const threads = new Threads(subject.pid);
    const first = threads.now("worker-1");
    const ticks = first === null || first === "unknown" ? 0 : first.ticks;
    await subject.untilThread("worker-1", (look) => look.ticks >= ticks + 3);
    assertEquals((threads.facts("worker-1", true)?.cpuTicks ?? 0) >= 3, true);
    assertEquals(threads.facts("worker-2", true)?.cpuTicks, 0);
  },
});

Deno.test({
  name: "refresh takes in workers that start later, and keeps those that end",
  timeout,
  async fn() {
    await using subject = await startSubject("spawning", "idle");
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
});

Deno.test({
  name: "untilGone returns when the process is gone, long before its bound",
  timeout,
  async fn() {
    await using subject = await startSubject("idle");
    const threads = new Threads(subject.pid);
    const gone = threads.untilGone(25_000);
    Deno.kill(subject.pid, "SIGKILL");
    await gone;
    assertEquals(threads.now("main"), null);
  },
});
