import { assertEquals } from "@std/assert";
import { connectInspector } from "../cdp/inspector.ts";
import { isStopped, readInterference } from "./interference.ts";
import { startSubject, testSubject } from "../../tests/support/subject.ts";

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, timeout: 60_000, fn });

testSubject(
  "readInterference sees nothing in the way of a subject that is left alone",
  "blocked spin native",
  (subject) => {
    assertEquals(readInterference(subject.pid, subject.wsUrl), {
      seen: true,
      stopped: "no",
      fullPipes: [],
      clients: [],
    });
  },
);

testSubject(
  "readInterference tells a stopped process, and one that goes on",
  "idle",
  async (subject) => {
    Deno.kill(subject.pid, "SIGSTOP");
    await subject.untilThread("main", ({ state }) => state === "T");
    assertEquals(readInterference(subject.pid, null).stopped, "stopped");
    assertEquals(isStopped(subject.pid), true);
    Deno.kill(subject.pid, "SIGCONT");
    await subject.untilThread("main", ({ state }) => state !== "T");
    assertEquals(readInterference(subject.pid, null).stopped, "no");
    assertEquals(isStopped(subject.pid), false);
  },
);

testSubject(
  "readInterference names the client of the inspector, and nobody once it is gone",
  "idle",
  async (subject) => {
    const connection = await connectInspector(subject.wsUrl);
    if (connection.kind === "failed") throw new Error(connection.why);
    const { clients } = readInterference(subject.pid, subject.wsUrl);
    assertEquals(clients.map(({ pid }) => pid), [Deno.pid]);
    await connection.inspector.close();
    assertEquals(readInterference(subject.pid, subject.wsUrl).clients, []);
  },
);

test("readInterference names the thread that writes to a full pipe, and what it writes to", async () => {
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", "exec cat /dev/zero"],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  try {
    // Nobody reads: the kernel tells nobody when the pipe is full, so it is asked again and again.
    let full = readInterference(child.pid, null).fullPipes;
    while (full.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      full = readInterference(child.pid, null).fullPipes;
    }
    assertEquals(full.map(({ tid, fd }) => [tid, fd]), [[child.pid, 1]]);
    assertEquals(full[0]?.target?.startsWith("pipe:["), true);
  } finally {
    child.kill("SIGKILL");
    await child.stdout.cancel();
    await child.status;
  }
});

test("readInterference and isStopped see nothing of a process that is gone", async () => {
  const subject = await startSubject("idle");
  await subject[Symbol.asyncDispose]();
  assertEquals(readInterference(subject.pid, subject.wsUrl).seen, false);
  assertEquals(isStopped(subject.pid), false);
});
