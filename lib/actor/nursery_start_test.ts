import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { CancelScope } from "./cancel_scope.ts";
import { checkpoint } from "./checkpoint.ts";
import { Cancelled, UsageError } from "./errors.ts";
import { Event } from "./event.ts";
import { Nursery, openNursery, type Started } from "./nursery.ts";
import { sleepForever } from "./sleep.ts";
import { currentTask } from "./context.ts";
import type { Task } from "./task.ts";
import { testInRun, toTheEnd, waitAllTasksBlocked } from "../../tests/support/runtime_testing.ts";

class Crash extends Error {}

testInRun(
  "Nursery.start returns what the task says, and the nursery then waits for the task",
  async () => {
    const goOn = new Event();
    const finish = new Event();
    const record: string[] = [];
    await openNursery(async (nursery) => {
      nursery.spawn(async () => {
        const value = await nursery.start<number>(async (started) => {
          await goOn.wait();
          started(7);
          await finish.wait();
          record.push("task over");
        });
        record.push(`started ${value}`);
      });
      await waitAllTasksBlocked();
      assertEquals(record, []);
      goOn.set();
      await waitAllTasksBlocked();
      assertEquals(record, ["started 7"]);
      assertEquals(nursery.running, 1);
      finish.set();
    });
    assertEquals(record, ["started 7", "task over"]);
  },
);

testInRun("Nursery.start throws inside the task that says twice that it is ready", async () => {
  await openNursery((nursery) =>
    nursery.start(async (started) => {
      started();
      await assertRejects(async () => await started(), UsageError, "twice");
    })
  );
});

testInRun(
  "Nursery.start throws the error of a task that fails before it is ready, as it is",
  async () => {
    const error = new Crash("oops", { cause: "why" });
    await openNursery(async (nursery) => {
      const caught = await assertRejects(() =>
        nursery.start(() => {
          throw error;
        }), Crash);
      assertStrictEquals(caught, error);
      assertEquals(caught.cause, "why");
      // The nursery itself has not failed.
      await checkpoint();
    });
  },
);

testInRun(
  "Nursery.start throws an AggregateError that a task throws before it is ready, as it is",
  async () => {
    const group = new AggregateError([new Crash()], "mine");
    await openNursery(async (nursery) => {
      const caught = await assertRejects(() => nursery.start(() => Promise.reject(group)));
      assertStrictEquals(caught, group);
    });
  },
);

testInRun(
  "Nursery.start lets the error of a task that fails after it was ready go to the nursery",
  async () => {
    let started = false;
    await assertRejects(() =>
      openNursery(async (nursery) => {
        await nursery.start(async (ready) => {
          ready();
          await checkpoint();
          throw new Crash();
        });
        started = true;
        await sleepForever();
      }), Crash);
    assert(started);
  },
);

testInRun("Nursery.start throws a UsageError when the task ends without a word", async () => {
  await openNursery(async (nursery) => {
    await assertRejects(() => nursery.start(() => {}), UsageError, "without calling started()");
  });
});

/** Starts a task from a scope that is cancelled, and says what start() came to. */
async function startedWhenCancelled<T>(
  task: (started: (value: T) => void) => void | Promise<void>,
): Promise<unknown> {
  let error: unknown = null;
  await openNursery(async (nursery) => {
    const scope = new CancelScope();
    await toTheEnd(scope, async () => {
      scope.cancel();
      error = await nursery.start<T>(task).catch((error: unknown) => error);
    });
  });
  return error;
}

testInRun(
  "Nursery.start throws when cancelled: the task stays the caller's, its word is lost",
  async () => {
    const error = await startedWhenCancelled<string>(async (started) => {
      started("hi");
      await checkpoint();
    });
    assertInstanceOf(error, Cancelled);
  },
);

testInRun(
  "Nursery.start returns although cancelled when the task ends well without a checkpoint",
  async () => {
    await openNursery(async (nursery) => {
      const scope = new CancelScope();
      const outcome = await scope.run(async () => {
        scope.cancel();
        return await nursery.start<string>((started) => started("quick"));
      });
      assertEquals(outcome, { kind: "done", value: "quick" });
      assertFalse(scope.cancelledCaught);
    });
  },
);

testInRun(
  "Nursery.start throws the error of a ready task when cancelled before: it is still the caller's",
  async () => {
    const error = await startedWhenCancelled<void>((started) => {
      started();
      throw new Crash();
    });
    assertInstanceOf(error, Crash);
  },
);

testInRun(
  "Nursery.start is cancelled with its caller until the task is ready, and with the nursery then",
  async () => {
    const record: string[] = [];
    await openNursery(async (nursery) => {
      const caller = new CancelScope({ name: "caller" });
      await toTheEnd(caller, async () => {
        await nursery.start(async (started) => {
          started();
          const error = await assertRejects(() => sleepForever(), Cancelled);
          record.push(error.reason.scope);
          throw error;
        });
        caller.cancel();
      });
      await waitAllTasksBlocked();
      assertEquals(record, []);
      nursery.cancelScope.cancel();
    }, { name: "nursery" });
    assertEquals(record, ["nursery"]);
  },
);

testInRun("Nursery.start in a closed nursery rejects and does not run the task", async () => {
  const closed = await openNursery((nursery) => nursery);
  assert(closed instanceof Nursery);
  let ran = false;
  await assertRejects(() => closed.start(() => void (ran = true)), UsageError, "closed");
  await checkpoint();
  assertFalse(ran);
});

async function withTarget(body: (target: Nursery) => Promise<void>): Promise<void> {
  await openNursery(async (nursery) => {
    const target = await nursery.start<Nursery>((started) =>
      openNursery(async (inner) => {
        started(inner);
        await sleepForever();
      })
    );
    await body(target);
  });
}

async function sleepingChildren(started: Started<void>, justBefore: () => void): Promise<void> {
  await openNursery(async (nursery) => {
    nursery.spawn(() => sleepForever());
    nursery.spawn(() => sleepForever());
    await waitAllTasksBlocked();
    justBefore();
    started();
  });
}

testInRun(
  "Nursery.start moves a sleeping task into a nursery that is cancelled: it wakes",
  async () => {
    await withTarget(async (target) => {
      await target.start((started) => sleepingChildren(started, () => target.cancelScope.cancel()));
    });
  },
);

testInRun(
  "Nursery.start moves a sleeping task whose nursery is cancelled right after: it wakes",
  async () => {
    await withTarget(async (target) => {
      await target.start((started) => sleepingChildren(started, () => {}));
      target.cancelScope.cancel();
    });
  },
);

testInRun("Nursery.start keeps the nursery open until the task is in it", async () => {
  const record: string[] = [];
  const goOn = new Event();
  await openNursery(async (nursery) => {
    await openNursery(async (target) => {
      for (const name of ["a", "b"]) {
        nursery.spawn(() =>
          target.start(async (started) => {
            await goOn.wait();
            started();
            await checkpoint();
            record.push(name);
          })
        );
      }
      await waitAllTasksBlocked();
      nursery.spawn(async () => {
        await waitAllTasksBlocked();
        goOn.set();
      });
    });
    record.push("closed");
  });
  assertEquals(record, ["a", "b", "closed"]);
});

testInRun(
  "Nursery.start keeps the nursery open until the task has failed, and then lets it close",
  async () => {
    const record: string[] = [];
    await openNursery(async (nursery) => {
      await openNursery(async (target) => {
        nursery.spawn(async () => {
          await assertRejects(() =>
            target.start(async () => {
              await waitAllTasksBlocked();
              record.push("crashing");
              throw new Crash();
            }), Crash);
        });
        await checkpoint();
      });
      record.push("closed");
    });
    assertEquals(record, ["crashing", "closed"]);
  },
);

testInRun(
  "Nursery.start shows the task below its caller, and below the nursery's task once it is ready",
  async () => {
    const seen: (Task | null)[] = [];
    const owner = currentTask();
    let caller: Task | null = null;
    await openNursery((nursery) => {
      nursery.spawn(async () => {
        caller = currentTask();
        await nursery.start((started) => {
          const { task } = currentTask();
          seen.push(task.parent);
          started();
          seen.push(task.parent);
          assertStrictEquals(task.nursery, nursery);
        });
      });
    });
    assertStrictEquals(seen[0], caller);
    assertStrictEquals(seen[1], owner);
  },
);

testInRun("Nursery.start refuses a word from a task that has ended", async () => {
  let word: Started<void> | null = null;
  await openNursery(async (nursery) => {
    await assertRejects(() => nursery.start((started) => void (word = started)), UsageError);
    assertThrows(() => word?.(), UsageError, "after it had ended");
  });
});
