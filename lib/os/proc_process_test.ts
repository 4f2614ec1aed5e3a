import { assert, assertEquals, assertFalse, assertGreater } from "@std/assert";
import {
  inEventLoop,
  maskHas,
  processAlive,
  processStartTime,
  readSignalMasks,
  readThread,
  readThreads,
  workerThreads,
} from "./proc.ts";
import { testSubject } from "../../tests/support/subject.ts";

/** Above any pid that Linux gives out (its limit is 2^22). */
const NOBODY = 2 ** 22 + 1;
const timeout = 30_000;

testSubject(
  "workerThreads names the workers that exist and no other thread",
  "idle idle wait",
  (subject) => {
    const outcome = workerThreads(subject.pid);
    assert(outcome.kind === "ok");
    assertEquals(outcome.workers.map(({ name }) => name), ["worker-1", "worker-2"]);
  },
);

Deno.test("workerThreads says gone for a process that does not exist", () => {
  assertEquals(workerThreads(NOBODY), { kind: "gone" });
});

Deno.test("readThreads says gone for a process that does not exist", () => {
  assertEquals(readThreads(NOBODY), { kind: "gone" });
});

testSubject(
  "readThreads tells asleep in the event loop, asleep on memory, and spinning apart",
  "idle idle wait spin",
  async (subject) => {
    const before = ticksOf(subject.pid, "worker-3");
    // A spinning thread burns a clock tick every 10 ms that it gets; a sleeping one never does.
    await subject.untilThread("worker-3", ({ state, ticks }) => state === "R" && ticks > before);
    const outcome = readThreads(subject.pid);
    assert(outcome.kind === "ok");
    const waiting = outcome.threads.find(({ name }) => name === "worker-2");
    assert(waiting !== undefined);
    assertEquals(waiting.state, "S");
    assertFalse(inEventLoop(waiting));
    assertEquals(typeof waiting.syscall, "number");
  },
);

Deno.test(
  "readThread reads a name with brackets and spaces in it without losing count of the fields",
  { timeout },
  async () => {
    const dir = await Deno.makeTempDir();
    const program = `${dir}/a) R 7 (b`;
    await Deno.copyFile("/bin/sleep", program);
    const child = new Deno.Command(program, { args: ["60"] }).spawn();
    try {
      let look = readThread(child.pid, child.pid);
      while (look?.name !== "a) R 7 (b" || look.state !== "S") {
        await new Promise((resolve) => setTimeout(resolve, 5));
        look = readThread(child.pid, child.pid);
      }
      assertEquals(look.tid, child.pid);
      assertGreater(processStartTime(child.pid) ?? 0, processStartTime(Deno.pid) ?? Infinity);
    } finally {
      child.kill("SIGKILL");
      await child.status;
      await Deno.remove(dir, { recursive: true });
    }
  },
);

Deno.test("processAlive is true for the process with that start time and false for any other", {
  timeout,
}, async () => {
  const startTime = processStartTime(Deno.pid);
  assert(startTime !== null);
  assert(processAlive(Deno.pid, startTime));
  assertFalse(processAlive(Deno.pid, startTime - 1));
  assertFalse(processAlive(NOBODY, startTime));
  const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
  const childStart = processStartTime(child.pid);
  assert(childStart !== null);
  assert(processAlive(child.pid, childStart));
  child.kill("SIGKILL");
  await child.status;
  assertFalse(processAlive(child.pid, childStart));
});

Deno.test("processAlive is false for a zombie, which has ended and only waits to be collected", {
  timeout,
}, async () => {
  // The shell becomes a program that never collects the child it inherits.
  const script = "sleep 0 & echo $!; exec sleep 60";
  const child = new Deno.Command("sh", { args: ["-c", script], stdout: "piped" }).spawn();
  const reader = child.stdout.getReader();
  try {
    const zombie = Number(new TextDecoder().decode((await reader.read()).value).trim());
    const startTime = processStartTime(zombie);
    assert(startTime !== null);
    while (processAlive(zombie, startTime)) await new Promise((r) => setTimeout(r, 5));
    assertEquals(processStartTime(zombie), startTime, "the zombie is still in the process table");
    assertEquals(readThreads(zombie), { kind: "gone" });
  } finally {
    child.kill("SIGKILL");
    await reader.cancel();
    await child.status;
  }
});

Deno.test("readSignalMasks shows SIGINT as caught by a process that handles it and by no other", {
  timeout,
}, async () => {
  assert(await catchesInterrupts("trap : INT; echo ready; read line"));
  assertFalse(await catchesInterrupts("echo ready; exec cat"));
});

Deno.test("readSignalMasks says gone for a process that does not exist", () => {
  assertEquals(readSignalMasks(NOBODY), { kind: "gone" });
});

Deno.test("maskHas counts signals from 1", () => {
  assert(maskHas(0b10n, 2));
  assertFalse(maskHas(0b10n, 1));
  assert(maskHas(1n << 63n, 64));
});

Deno.test(
  "workerThreads says why /proc cannot be read instead of finding nobody",
  { timeout },
  async () => {
    const module = new URL("./proc.ts", import.meta.url).href;
    const script = `import { workerThreads } from ${JSON.stringify(module)};
    console.log(JSON.stringify(workerThreads(Deno.pid)));`;
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", `data:text/typescript,${encodeURIComponent(script)}`],
      env: { NO_COLOR: "1" },
    }).output();
    const outcome = JSON.parse(new TextDecoder().decode(stdout) || '{"kind":"no output"}');
    assertEquals(outcome.kind, "unavailable");
    assertEquals(typeof outcome.why, "string");
  },
);

function ticksOf(pid: number, name: string): number {
  const outcome = readThreads(pid);
  if (outcome.kind !== "ok") return 0;
  return outcome.threads.find((look) => look.name === name)?.ticks ?? 0;
}

async function becomes(pid: number, name: string): Promise<void> {
  while (readThread(pid, pid)?.name !== name) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function catchesInterrupts(script: string): Promise<boolean> {
  const child = new Deno.Command("sh", { args: ["-c", script], stdin: "piped", stdout: "piped" })
    .spawn();
  const reader = child.stdout.getReader();
  try {
    await reader.read();
    // The shell says `ready` before it becomes another program, which starts with nothing caught.
    if (script.includes("exec cat")) await becomes(child.pid, "cat");
    const outcome = readSignalMasks(child.pid);
    assert(outcome.kind === "ok");
    assertEquals(outcome.masks.pending | outcome.masks.sharedPending, 0n);
    return maskHas(outcome.masks.caught, 2);
  } finally {
    await child.stdin.close();
    await reader.cancel();
    await child.status;
  }
}
