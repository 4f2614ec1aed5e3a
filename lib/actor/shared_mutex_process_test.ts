import { assertEquals, assertThrows } from "@std/assert";
import { RECOVER_KEY } from "../protocol/snapshot.ts";
import { UsageError } from "./errors.ts";
import { SharedMutex } from "./shared_mutex.ts";
import { openActorNursery } from "./spawn/actor_nursery.ts";
import { LIFE_KEY, newLifeLock } from "./spawn/life.ts";
import { actorTest, Flag, test, ZOO } from "../../tests/support/spawn_testing.ts";
import { takeSnapshot } from "../../tests/support/runtime_testing.ts";

/** Makes this isolate look like the worker with a life lock while `body` runs. */
function as(lifeLock: string, body: () => void): void {
  Reflect.set(globalThis, Symbol.for(LIFE_KEY), lifeLock);
  try {
    body();
  } finally {
    Reflect.deleteProperty(globalThis, Symbol.for(LIFE_KEY));
  }
}

function lockOf(name: string): string {
  return newLifeLock(newLifeLock(null, "root"), name);
}

/** How a mutex stands in the snapshot of this isolate. */
function snapshotOf(name: string): unknown {
  return takeSnapshot().sharedLocks.find((lock) => lock.name === name);
}

test("acquireBlocking() takes a free mutex, release() frees it, and the holder is named", () => {
  const mutex = new SharedMutex("simple");
  assertEquals(mutex.holder, null);
  mutex.acquireBlocking();
  assertEquals(mutex.holder, "root");
  mutex.release();
  assertEquals(mutex.holder, null);
});

test("acquireBlocking() by the holder throws instead of waiting for itself", () => {
  const mutex = new SharedMutex("twice");
  mutex.acquireBlocking();
  assertThrows(() => mutex.acquireBlocking(), UsageError, 'holds "twice" already');
  mutex.release();
});

test("release() by another than the holder throws and names the holder", () => {
  const mutex = new SharedMutex("theirs");
  assertThrows(() => mutex.release(), UsageError, "no actor holds it");
  as(lockOf("other"), () => mutex.acquireBlocking());
  assertThrows(() => mutex.release(), UsageError, 'cannot release "theirs"');
});

test("recoverFrom() frees the mutex from its dead holder, and from no other", () => {
  const mutex = new SharedMutex("robust");
  const [dead, living] = [lockOf("same"), lockOf("same")];
  as(dead, () => mutex.acquireBlocking());
  assertEquals(mutex.recoverFrom(living), false);
  assertEquals(mutex.recoverFrom(dead), true);
  assertEquals(mutex.holder, null);
  as(living, () => mutex.acquireBlocking());
  // The next holder has the same path as the dead one.
  assertEquals(mutex.recoverFrom(dead), false);
  as(living, () => mutex.release());
});

test("a mutex refuses memory that is not a mutex's", () => {
  assertThrows(
    () => new SharedMutex("small", new SharedArrayBuffer(8)),
    UsageError,
    "does not come",
  );
});

actorTest(
  "a mutex whose holder was abandoned is shown as such, and is not freed",
  { softKillMs: 60, hardKillMs: 60, remedies: ["channel-abort"] },
  async () => {
    const mutex = new SharedMutex("of a stuck one");
    const stuck = new Flag();
    await openActorNursery(async (actors) => {
      const shared = { lock: mutex.memory, stuck: stuck.memory };
      await actors.runInActor("child", { module: ZOO, shared }, "blockWithLock");
      await stuck.raised();
      assertEquals(snapshotOf("of a stuck one"), {
        name: "of a stuck one",
        holder: "root/child",
        holderState: "alive",
        blockedSinceMs: null,
      });
      actors.cancel();
    });
    assertEquals(snapshotOf("of a stuck one"), {
      name: "of a stuck one",
      holder: "root/child",
      holderState: "abandoned",
      blockedSinceMs: null,
    });
  },
);

actorTest(
  "a mutex is freed from a holder that was reaped",
  { softKillMs: 60, hardKillMs: 5_000 },
  async ({ records }) => {
    const mutex = new SharedMutex("of a reaped one");
    const stuck = new Flag();
    await openActorNursery(async (actors) => {
      const shared = { lock: mutex.memory, stuck: stuck.memory };
      await actors.runInActor("child", {
        module: ZOO,
        shared,
        // By the time that somebody hears of the end the mutex is free.
        onEnd: () => mutex.acquireBlocking(),
      }, "blockWithLock");
      await stuck.raised();
      actors.cancel();
    });
    assertEquals(mutex.holder, "root");
    mutex.release();
    assertEquals(
      records.remedies().filter((did) => did.includes("mutex")),
      ['reap: freed shared mutex "of a reaped one"'],
    );
  },
);

for (const remedies of [["reap", "death-watch"], ["death-watch"]]) {
  const how = remedies.includes("reap") ? "is freed with reap" : "stays held without reap";
  actorTest(
    `a mutex whose holder has died by itself ${how}`,
    { remedies },
    async () => {
      const mutex = new SharedMutex("of a dead one");
      await openActorNursery(async (actors) => {
        const portal = await actors.startActor("child", {
          module: ZOO,
          shared: { lock: mutex.memory },
        });
        await portal.run("dieWithLock").catch(() => {});
      });
      assertEquals(mutex.holder, remedies.includes("reap") ? null : "root/child");
      if (!remedies.includes("reap")) {
        assertEquals(mutex.snapshot().holderState, "dead");
      }
    },
  );
}

test("the recovery that a dump can ask for frees nothing that no actor is blocked on", () => {
  const mutex = new SharedMutex("not blocked on");
  as(lockOf("other"), () => mutex.acquireBlocking());
  const recover: unknown = Reflect.get(globalThis, Symbol.for(RECOVER_KEY));
  assertEquals(typeof recover === "function" ? recover() : null, 0);
  assertEquals(mutex.holder === null, false);
});
