import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { CancelScope } from "./cancel_scope.ts";
import { checkpoint } from "./checkpoint.ts";
import { currentTime } from "./clock.ts";
import { Cancelled, KeyboardInterrupt, UsageError } from "./errors.ts";
import { openNursery } from "./nursery.ts";
import { leave, type Park, park, type ParkReason } from "./park.ts";
import { interruptTask } from "./run.ts";
import { currentTask } from "./context.ts";
import {
  test,
  testInRun,
  toTheEnd,
  waitAllTasksBlocked,
} from "../../tests/support/runtime_testing.ts";

const REASON: ParkReason = { kind: "event", resource: "a test" };

testInRun("park waits until it is woken, and returns what it was woken with", async () => {
  let parked: Park<number> | null = null;
  await openNursery(async (nursery) => {
    nursery.spawn(async () => {
      const value = await park<number>(REASON, park, (self) => {
        parked = self;
        return leave;
      });
      assertEquals(value, 7);
    });
    await waitAllTasksBlocked();
    parked?.wake(7);
    // It is over: none of these counts any more.
    parked?.wake(8);
    parked?.fail(new Error("too late"));
  });
});

testInRun("park throws what it was failed with", async () => {
  const error = new Error("lost");
  const caught = await assertRejects(() =>
    park(REASON, park, (self) => {
      queueMicrotask(() => self.fail(error));
      return leave;
    })
  );
  assertStrictEquals(caught, error);
});

test("park throws a UsageError outside run()", async () => {
  let caught: unknown = null;
  try {
    await park(REASON, park, () => leave);
  } catch (error) {
    caught = error;
  }
  assert(caught instanceof UsageError);
});

testInRun(
  "park writes down the task, the reason and the time, exactly while it waits",
  async () => {
    const task = currentTask();
    const before = currentTime();
    await park<void>(REASON, park, (self) => {
      assertEquals(task.parks, [self]);
      assertStrictEquals(self.task, task);
      assertStrictEquals(self.reason, REASON);
      assert(self.sinceMs >= before && self.sinceMs <= currentTime());
      queueMicrotask(() => self.wake());
      return leave;
    });
    assertEquals(task.parks, []);
  },
);

testInRun(
  "park writes down every wait of a task that waits for several things at once",
  async () => {
    const parked: Park<void>[] = [];
    const wait = () =>
      park<void>(REASON, park, (self) => {
        parked.push(self);
        return leave;
      });
    const all = Promise.all([wait(), wait(), wait()]);
    const task = currentTask();
    assertEquals(task.parks, parked);
    parked[1]?.wake();
    assertEquals<unknown>(task.parks, [parked[0], parked[2]]);
    parked[0]?.wake();
    assertEquals<unknown>(task.parks, [parked[2]]);
    parked[2]?.wake();
    assertEquals(task.parks, []);
    await all;
  },
);

testInRun("park in a cancelled scope throws and is never entered", async () => {
  let entered = false;
  await toTheEnd(new CancelScope(), async (scope) => {
    scope.cancel();
    await assertRejects(() =>
      park(REASON, park, () => {
        entered = true;
        return leave;
      }), Cancelled);
  });
  assert(!entered);
});

testInRun("park whose arming throws is over, with that error", async () => {
  const error = new Error("no room");
  const caught = await assertRejects(() =>
    park(REASON, park, () => {
      throw error;
    })
  );
  assertStrictEquals(caught, error);
  assertEquals(currentTask().parks, []);
});

testInRun(
  "park that cannot be left stays through a cancel, until it is woken by hand",
  async () => {
    const record: string[] = [];
    const scope = new CancelScope();
    let stubborn: Park<number> | null = null;
    await openNursery(async (nursery) => {
      nursery.spawn(() =>
        scope.run(async () => {
          record.push("sleep");
          record.push(`woke ${await park<number>(REASON, park, (self) => {
            stubborn = self;
            return () => "stays";
          })}`);
          await assertRejects(() => checkpoint(), Cancelled);
          record.push("cancelled");
        })
      );
      await waitAllTasksBlocked();
      scope.cancel();
      await waitAllTasksBlocked();
      assertEquals(record, ["sleep"]);
      stubborn?.wake(1);
    });
    assertEquals(record, ["sleep", "woke 1", "cancelled"]);
  },
);

testInRun(
  "park that is left slowly asks once, and delivers the cancel when it is ready, shielded or not",
  async () => {
    const record: string[] = [];
    let finish: (() => void) | null = null;
    const outer = new CancelScope();
    const inner = new CancelScope();
    await outer.run(() =>
      inner.run(() =>
        openNursery(async (nursery) => {
          nursery.spawn(async () => {
            await assertRejects(() =>
              park(REASON, park, (self) => (error) => {
                record.push("asked");
                finish = () => self.fail(error);
                return "stays";
              }), Cancelled);
            record.push("cancelled");
            await checkpoint();
            record.push("done");
          });
          await waitAllTasksBlocked();
          outer.cancel();
          assertEquals(record, ["asked"]);
          inner.cancel();
          assertEquals(record, ["asked"]);
          nursery.cancelScope.shield = true;
          finish?.();
        })
      )
    );
    assertEquals(record, ["asked", "cancelled", "done"]);
  },
);

testInRun(
  "park whose abort throws fails with that, and the cancel still reaches the others",
  async () => {
    const broken = new Error("broken abort");
    const record: string[] = [];
    await new CancelScope().run((scope) =>
      openNursery(async (nursery) => {
        nursery.spawn(async () => {
          const caught = await assertRejects(() =>
            park(REASON, park, () => () => {
              throw broken;
            })
          );
          assertStrictEquals(caught, broken);
          record.push("first");
        });
        nursery.spawn(async () => {
          await assertRejects(() => park(REASON, park, () => leave), Cancelled);
          record.push("second");
        });
        await waitAllTasksBlocked();
        scope.cancel();
      })
    );
    assertEquals(record, ["first", "second"]);
  },
);

testInRun("park that is woken before the cancel comes keeps its value", async () => {
  await toTheEnd(new CancelScope(), async (scope) => {
    const value = await park<string>(REASON, park, (self) => {
      queueMicrotask(() => {
        self.wake("got it");
        scope.cancel();
      });
      return leave;
    });
    assertEquals(value, "got it");
    await assertRejects(() => checkpoint(), Cancelled);
  });
});

testInRun("interruptTask ends the wait of the task, shielded or not", async () => {
  const task = currentTask();
  await toTheEnd(new CancelScope({ shield: true }), async () => {
    await assertRejects(() =>
      park(REASON, park, () => {
        queueMicrotask(() => interruptTask(task));
        return leave;
      }), KeyboardInterrupt);
  });
});

testInRun(
  "interruptTask waits for the next checkpoint of a task that runs, before any cancel",
  async () => {
    await toTheEnd(new CancelScope(), async (scope) => {
      scope.cancel();
      await assertRejects(() => checkpoint(), Cancelled);
      interruptTask(currentTask());
      await assertRejects(() => checkpoint(), KeyboardInterrupt);
      await assertRejects(() => checkpoint(), Cancelled);
    });
  },
);

testInRun("interruptTask waits for the next checkpoint when the wait cannot be left", async () => {
  const task = currentTask();
  assertEquals(
    await park<number>(REASON, park, (self) => {
      queueMicrotask(() => {
        interruptTask(task);
        self.wake(1);
      });
      return () => "stays";
    }),
    1,
  );
  await assertRejects(() => checkpoint(), KeyboardInterrupt);
  await checkpoint();
});
