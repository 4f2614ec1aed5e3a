/**
 * Where a dump says that a task was made and where it waits: always a line of this file, never one of the runtime's.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { checkpoint } from "./checkpoint.ts";
import { Event } from "./event.ts";
import { hold } from "./park.ts";
import { Lock } from "./lock.ts";
import { openMemoryChannel } from "./memory_channel.ts";
import { openNursery } from "./nursery.ts";
import { captureSite, NO_SITE, parseFrame, readSite } from "./site.ts";
import { sleep, sleepForever, sleepUntil } from "./sleep.ts";
import { currentTask } from "./context.ts";
import type { Task } from "./task.ts";
import { test, testInRun, waitAllTasksBlocked } from "../../tests/support/runtime_testing.ts";
import { currentTime } from "./clock.ts";

const FILE = import.meta.url;
const LONG = 1_000_000;

/** The line that called this, as V8 says it. */
function here(): number {
  return readSite(captureSite(here))?.line ?? -1;
}

function lineOfWait(task: Task | undefined): number {
  const site = task?.parks[0]?.site;
  if (site === undefined) return -1;
  assertEquals(readSite(site)?.file, FILE);
  return readSite(site)?.line ?? -1;
}

/** Runs `wait` as a task and compares where it parks with what it returned first. */
async function assertParksAt(
  wait: (mark: (line: number) => void) => Promise<unknown>,
): Promise<void> {
  let expected = 0;
  await openNursery(async (nursery) => {
    const task = nursery.spawn(() => wait((line) => expected = line));
    await waitAllTasksBlocked();
    assertEquals(lineOfWait(task), expected);
    nursery.cancelScope.cancel();
  });
}

testInRun("Nursery.spawn notes the line of the caller", async () => {
  await openNursery((nursery) => {
    const line = here() + 1;
    const task = nursery.spawn(() => {});
    assertEquals(readSite(task.createdAt), { fn: null, file: FILE, line, column: 26 });
  });
});

testInRun("Nursery.start notes the line of the caller, also as where it waits", async () => {
  await openNursery(async (nursery) => {
    let line = 0;
    const starter = nursery.spawn(async () => {
      line = here() + 1;
      await nursery.start(() => sleepForever());
    });
    await waitAllTasksBlocked();
    assertEquals(lineOfWait(starter), line);
    assertEquals(readSite(starter.children[0]?.createdAt ?? NO_SITE)?.line, line);
    nursery.cancelScope.cancel();
  });
});

testInRun("openNursery notes the line of the caller as where the join waits", async () => {
  await assertParksAt(async (mark) => {
    mark(here() + 1);
    await openNursery((nursery) => void nursery.spawn(() => sleepForever()));
  });
});

testInRun("sleep, sleepUntil and sleepForever note the line of the caller", async () => {
  await assertParksAt((mark) => (mark(here()), sleep(LONG)));
  await assertParksAt((mark) => (mark(here()), sleepUntil(currentTime() + LONG)));
  await assertParksAt((mark) => (mark(here()), sleepForever()));
});

testInRun("checkpoint and sleep of 0 note the line of the caller", async () => {
  const root = currentTask();
  let line = here() + 1;
  const first = checkpoint();
  assertEquals(lineOfWait(root), line);
  await first;
  line = here() + 1;
  const second = sleep(0);
  assertEquals(lineOfWait(root), line);
  await second;
});

testInRun("Event.wait, Lock.acquire and hold note the line of the caller", async () => {
  const event = new Event();
  const lock = new Lock();
  await lock.acquire();
  await assertParksAt((mark) => (mark(here()), event.wait()));
  await assertParksAt((mark) => (mark(here()), lock.acquire()));
  await assertParksAt((mark) => (mark(here()), hold(new Promise(() => {}), "a promise")));
});

testInRun("Lock.with notes the line of the caller, also behind a turn that was due", async () => {
  const lock = new Lock();
  await lock.acquire();
  await assertParksAt((mark) => (mark(here()), lock.with(() => {})));
  await assertParksAt((mark) => {
    for (const until = Date.now() + 6; Date.now() < until;);
    return (mark(here()), lock.with(() => {}));
  });
});

testInRun("SendChannel.send and ReceiveChannel.receive note the line of the caller", async () => {
  const [sender, receiver] = openMemoryChannel<number>(0);
  await assertParksAt((mark) => (mark(here()), sender.send(1)));
  await assertParksAt((mark) => (mark(here()), receiver.receive()));
});

testInRun(
  "ReceiveChannel iterated notes the line of the loop, the first time and later",
  async () => {
    const [sender, receiver] = openMemoryChannel<number>(1);
    let line = 0;
    await openNursery(async (nursery) => {
      const reader = nursery.spawn(async () => {
        line = here() + 1;
        for await (const _ of receiver) await checkpoint();
      });
      await waitAllTasksBlocked();
      assertEquals(lineOfWait(reader), line);
      await sender.send(1);
      await waitAllTasksBlocked();
      assertEquals(lineOfWait(reader), line);
      nursery.cancelScope.cancel();
    });
  },
);

testInRun(
  "ReceiveChannel.receive notes the line of the caller also behind a turn that was due",
  async () => {
    const [, receiver] = openMemoryChannel<number>(1);
    await assertParksAt(async (mark) => {
      for (const until = Date.now() + 6; Date.now() < until;);
      mark(here() + 1);
      await receiver.receive();
    });
  },
);

testInRun(
  "checkpoint notes where for the first tasks that share a turn, and is honest about the rest",
  async () => {
    const noted: boolean[] = [];
    await openNursery(async (nursery) => {
      const tasks = Array.from({ length: 400 }, () => nursery.spawn(() => checkpoint()));
      await undefined;
      await undefined;
      for (const task of tasks) noted.push(readSite(task.parks[0]?.site ?? NO_SITE) !== null);
    });
    assertEquals(noted.indexOf(false), 256);
    assertEquals(noted.lastIndexOf(true), 255);
  },
);

testInRun(
  "Nursery.spawn notes where for the first tasks of a stretch, and is honest about the rest",
  async () => {
    const noted: boolean[] = [];
    await openNursery(async (nursery) => {
      for (let i = 0; i < 1_200; i++) {
        noted.push(readSite(nursery.spawn(() => {}).createdAt) !== null);
      }
      await undefined;
      assert(readSite(nursery.spawn(() => {}).createdAt) !== null);
    });
    assertEquals(noted.indexOf(false), 1_000);
    assertEquals(noted.lastIndexOf(true), 999);
  },
);

test("captureSite leaves Error.stackTraceLimit as it was", () => {
  const before = Error.stackTraceLimit;
  captureSite(captureSite);
  assertEquals(Error.stackTraceLimit, before);
  assert((new Error().stack ?? "").split("\n").length > 2);
});

test("readSite names the function, and reads a position once", () => {
  function outer(): ReturnType<typeof captureSite> {
    return inner();
  }
  function inner(): ReturnType<typeof captureSite> {
    return captureSite(inner);
  }
  const capture = outer();
  const site = readSite(capture);
  assertEquals(site?.fn, "outer");
  assert(readSite(capture) === site);
});

test("readSite survives a stack that cannot be read", () => {
  const capture = {
    get stack(): string {
      throw new Error("somebody's prepareStackTrace");
    },
  };
  assertEquals(readSite(capture), null);
});

test("readSite runs no prepareStackTrace of the program, and leaves it in place", () => {
  let ran = 0;
  const prepareStackTrace = () => `prepared ${++ran}`;
  Object.assign(Error, { prepareStackTrace });
  try {
    const line = here() + 1;
    const site = readSite(captureSite(() => {}));
    assertEquals([site, ran], [null, 0]);
    assertEquals([here(), ran], [line + 2, 0]);
    assertEquals(Reflect.get(Error, "prepareStackTrace"), prepareStackTrace);
  } finally {
    Reflect.deleteProperty(Error, "prepareStackTrace");
  }
});

test("parseFrame reads what V8 writes", () => {
  // In a worker Deno shows a file URL decoded.
  const site = { fn: null, file: "file:///a%20b/c.ts", line: 1, column: 2 };
  for (
    const [text, fn] of [
      ["Error\n    at file:///a b/c.ts:1:2", null],
      ["    at run (file:///a b/c.ts:1:2)", "run"],
      ["    at async run (file:///a b/c.ts:1:2)", "run"],
      ["    at async file:///a b/c.ts:1:2", null],
      ["    at Class.method [as alias] (file:///a b/c.ts:1:2)", "Class.method [as alias]"],
      ["    at new Class (file:///a b/c.ts:1:2)", "new Class"],
    ] as const
  ) {
    assertEquals(parseFrame(text), { ...site, fn }, text);
  }
  const inWorker = parseFrame("    at f (file:///100% new/a.ts:1:2)");
  assertEquals(inWorker?.file, "file:///100%25%20new/a.ts");
  assertEquals(parseFrame("Error: no frame"), null);
  assertEquals(parseFrame(""), null);
  assertMatch(parseFrame("    at ext:core/01_core.js:1:2")?.file ?? "", /^ext:/);
});
