/**
 * The looking is done from outside of every task, when nothing has moved for a turn of the loop: so nothing of the
 * looking is in what is seen, and an isolate without a source can be told from one with.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { WaitingTask, WaitsRecord } from "../protocol/waits.ts";
import { setActivityListener } from "./identity.ts";
import { CancelScope } from "./cancel_scope.ts";
import { Event } from "./event.ts";
import { hold } from "./park.ts";
import { Lock } from "./lock.ts";
import { openNursery } from "./nursery.ts";
import { run } from "./run.ts";
import { sleep, sleepForever } from "./sleep.ts";
import { test } from "../../tests/support/runtime_testing.ts";
import { takeWaits } from "./waits.ts";

/** Waits until nothing of the runtime has moved in a whole turn of the loop. */
async function untilQuiet(): Promise<void> {
  let moved = true;
  setActivityListener(() => {
    moved = true;
  });
  try {
    while (moved) {
      moved = false;
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    setActivityListener(null);
  }
}

/** What is written of this isolate while `bodies` wait, each in a task of its own below the task "top". */
async function whileWaiting(
  bodies: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<WaitsRecord> {
  const all = new CancelScope();
  const running = run(() =>
    all.run(() =>
      openNursery((nursery) => {
        for (const [name, body] of Object.entries(bodies)) nursery.spawn(body, name);
      })
    ), { handleSigint: false, name: "top" });
  try {
    await untilQuiet();
    return takeWaits(7);
  } finally {
    all.cancel();
    await running;
  }
}

async function sourcesOf(waiter: () => Promise<unknown>): Promise<readonly string[]> {
  return (await whileWaiting({ waiter })).sources;
}

test("takeWaits() sees no source in waits that only others can end", async () => {
  const event = new Event("never");
  assertEquals(await sourcesOf(() => event.wait()), []);
  assertEquals(await sourcesOf(() => sleepForever()), []);
});

test("takeWaits() sees an alarm of a sleep, and one of a scope", async () => {
  const oneTimer = (sources: readonly string[]) => {
    assertEquals(sources.length, 1);
    assertMatch(sources[0] ?? "", /^1 timer, the next in \d+ ms$/);
  };
  oneTimer(await sourcesOf(() => sleep(60_000)));
  const bound = () =>
    new CancelScope({ deadline: performance.now() + 60_000 }).run(() => sleepForever());
  oneTimer(await sourcesOf(bound));
});

test("takeWaits() sees a held promise, also one that its task does not wait for", async () => {
  const never = Promise.withResolvers<void>().promise;
  assertEquals((await sourcesOf(() => hold(never, "never")))[0], "1 wait for a foreign promise");
  const stray = () => {
    hold(never, "never").catch(() => {});
    return Promise.resolve();
  };
  const { sources } = await whileWaiting({ stray, idle: () => sleepForever() });
  assertEquals(sources, ["1 wait for a foreign promise"]);
});

test("takeWaits() sees a task that awaits something unlabelled", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const running = run(() => promise, { handleSigint: false, name: "top" });
  await untilQuiet();
  const { sources } = takeWaits(0);
  resolve();
  await running;
  assertEquals(sources.length, 1);
  assertMatch(sources[0] ?? "", /^task #\d+ top awaits something unlabelled$/);
});

test("takeWaits() sees a source in an isolate without tasks: it boots, or ends", () => {
  assertEquals(takeWaits(0).sources, ["no task runs in it: it boots or ends"]);
});

test("takeWaits() lists no task while there is a source, and all when there is none", async () => {
  const idle = () => sleepForever();
  const names = ({ tasks }: WaitsRecord) => tasks.map(({ name }) => name).toSorted();
  assertEquals(names(await whileWaiting({ idle })), ["idle", "top"]);
  const awake = await whileWaiting({ idle, sleeper: () => sleep(60_000) });
  assertEquals([awake.sources.length, names(awake), awake.tasksLeftOut], [1, [], 0]);
});

test("takeWaits() tells whom a lock and a join wait for", async () => {
  const lock = new Lock("books");
  const { tasks, quietSinceMs, sources } = await whileWaiting({
    owner: () => lock.with(() => sleepForever()),
    waiter: () => lock.with(() => {}),
  });
  assertEquals(sources, []);
  assertEquals(quietSinceMs, 7);
  const named = (name: string): WaitingTask => {
    const found = tasks.find((task) => task.name === name);
    assert(found !== undefined, name);
    return found;
  };
  assertEquals(named("waiter").waits[0]?.onTasks, [named("owner").id]);
  assertEquals(named("top").waits[0]?.onTasks, [named("owner").id, named("waiter").id]);
});
