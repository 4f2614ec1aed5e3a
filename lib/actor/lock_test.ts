import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { CancelScope } from "./cancel_scope.ts";
import { checkpoint } from "./checkpoint.ts";
import { BrokenResourceError, Cancelled, UsageError, WouldBlock } from "./errors.ts";
import { Event } from "./event.ts";
import { openNursery } from "./nursery.ts";
import { Lock } from "./lock.ts";
import { currentTask } from "./context.ts";
import { sleep } from "./sleep.ts";
import { testInRun, toTheEnd, waitAllTasksBlocked } from "../../tests/support/runtime_testing.ts";

testInRun("Lock.acquire takes a free lock, and release frees it", async () => {
  const lock = new Lock();
  assertFalse(lock.locked);
  await lock.acquire();
  assert(lock.locked);
  assertStrictEquals(lock.owner, currentTask());
  lock.release();
  assertFalse(lock.locked);
  assertEquals(lock.owner, null);
});

testInRun(
  "Lock.acquireNowait throws WouldBlock when another task holds the lock, and says which",
  async () => {
    const lock = new Lock();
    lock.acquireNowait();
    await openNursery((nursery) => {
      nursery.spawn(() => assertThrows(() => lock.acquireNowait(), WouldBlock, "main"));
    });
  },
);

testInRun("Lock.acquire is not reentrant", async () => {
  const lock = new Lock();
  await lock.acquire();
  assertThrows(() => lock.acquireNowait(), UsageError, "not reentrant");
  await assertRejects(() => lock.acquire(), UsageError, "not reentrant");
});

testInRun("Lock.release throws when the caller does not hold the lock", async () => {
  const lock = new Lock();
  assertThrows(() => lock.release(), UsageError);
  await lock.acquire();
  await openNursery((nursery) => {
    nursery.spawn(() => void assertThrows(() => lock.release(), UsageError));
  });
  assert(lock.locked);
});

testInRun(
  "Lock.acquire waits its turn: who waits longest gets the lock, and owns it at once",
  async () => {
    const lock = new Lock();
    const record: string[] = [];
    await lock.acquire();
    await openNursery(async (nursery) => {
      const tasks = [];
      for (const name of ["a", "b", "c"]) {
        tasks.push(nursery.spawn(async () => {
          await lock.acquire();
          record.push(name);
          lock.release();
        }));
        await waitAllTasksBlocked();
      }
      assertEquals(lock.waiting, 3);
      lock.release();
      assertStrictEquals(lock.owner, tasks[0] ?? null);
      assertThrows(() => lock.acquireNowait(), WouldBlock);
      await lock.acquire();
      record.push("main");
    });
    assertEquals(record, ["a", "b", "c", "main"]);
  },
);

testInRun("Lock.acquire that is cancelled leaves the queue", async () => {
  const lock = new Lock();
  const scope = new CancelScope();
  await lock.acquire();
  await openNursery(async (nursery) => {
    nursery.spawn(() => scope.run(() => lock.acquire()));
    await waitAllTasksBlocked();
    scope.cancel();
    assertEquals(lock.waiting, 0);
    lock.release();
    assertFalse(lock.locked);
  });
});

testInRun("Lock.acquire of a free lock throws in a cancelled scope and takes nothing", async () => {
  const lock = new Lock();
  await toTheEnd(new CancelScope(), async (scope) => {
    scope.cancel();
    await assertRejects(() => lock.acquire(), Cancelled);
  });
  assertFalse(lock.locked);
});

testInRun(
  "Lock.acquire fails when the owner ends without releasing the lock, and from then on",
  async () => {
    const lock = new Lock();
    const end = new Event();
    await openNursery(async (nursery) => {
      nursery.spawn(() => {
        lock.acquireNowait();
        return end.wait();
      }, "careless");
      await waitAllTasksBlocked();
      nursery.spawn(() =>
        assertRejects(() => lock.acquire(), BrokenResourceError, "careless ended")
      );
      await waitAllTasksBlocked();
      end.set();
    });
    await assertRejects(() => lock.acquire(), BrokenResourceError, "careless ended without");
    assertThrows(() => lock.acquireNowait(), WouldBlock);
  },
);

testInRun(
  "Lock.release hands over what the owner answers for: the next one may not end without it either",
  async () => {
    const lock = new Lock();
    await lock.acquire();
    await openNursery(async (nursery) => {
      nursery.spawn(() => lock.acquire(), "careless");
      await waitAllTasksBlocked();
      lock.release();
      await assertRejects(() => lock.acquire(), BrokenResourceError, "careless ended without");
    });
  },
);

testInRun("Lock.acquire survives an owner that ends after it released the lock", async () => {
  const lock = new Lock();
  await openNursery((nursery) => {
    nursery.spawn(() => lock.with(() => checkpoint()));
  });
  await lock.acquire();
});

testInRun("Lock.with lets one task in at a time, and releases after an error", async () => {
  const lock = new Lock();
  let inside = 0;
  await openNursery((nursery) => {
    for (let i = 0; i < 5; i++) {
      nursery.spawn(() =>
        lock.with(async () => {
          assertEquals(++inside, 1);
          await checkpoint();
          inside--;
        })
      );
    }
  });
  await assertRejects(
    () =>
      lock.with(() => {
        throw new Error("inside");
      }),
    Error,
    "inside",
  );
  assertFalse(lock.locked);
});

testInRun("Lock names its holder in the reason of those who wait", async () => {
  const lock = new Lock("ledger");
  await lock.acquire();
  await openNursery(async (nursery) => {
    const task = nursery.spawn(() => lock.with(() => {}));
    await waitAllTasksBlocked();
    const resource = task.parks[0]?.reason.resource;
    assert(typeof resource === "function");
    assertEquals(resource(), `lock "ledger" held by task #${currentTask().id} main`);
    lock.release();
  });
});

testInRun(
  "Lock.with twice at once in one task is refused, whether or not the lock is free",
  async () => {
    for (const isFree of [true, false]) {
      const lock = new Lock();
      await openNursery(async (nursery) => {
        const release = new Event();
        if (!isFree) nursery.spawn(() => lock.with(() => release.wait()));
        await waitAllTasksBlocked();
        nursery.spawn(async () => {
          const both = await Promise.allSettled([
            lock.with(() => checkpoint()),
            lock.with(() => checkpoint()),
          ]);
          assertEquals(both.map(({ status }) => status), ["fulfilled", "rejected"]);
          assert(both[1]?.status === "rejected" && both[1].reason instanceof UsageError);
        });
        await waitAllTasksBlocked();
        release.set();
      });
      assertFalse(lock.locked);
    }
  },
);

testInRun("Lock.held holds the lock until the end of the block, also one that throws", async () => {
  const lock = new Lock();
  for (const error of [null, new RangeError("no")]) {
    try {
      using _ = await lock.held();
      assertEquals(lock.owner, currentTask());
      if (error !== null) throw error;
    } catch (thrown) {
      assertEquals(thrown, error);
    }
    assertFalse(lock.locked);
  }
  const order: string[] = [];
  await openNursery((nursery) => {
    for (const name of ["first", "second"]) {
      nursery.spawn(async () => {
        await using _ = await lock.held();
        order.push(name);
        await sleep(0);
        order.push(name);
      });
    }
  });
  assertEquals(order, ["first", "first", "second", "second"]);
});
