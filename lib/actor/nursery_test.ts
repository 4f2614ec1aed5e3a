import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { AsyncLocalStorage } from "node:async_hooks";
import { CancelScope } from "./cancel_scope.ts";
import { checkpoint } from "./checkpoint.ts";
import { Cancelled, UsageError } from "./errors.ts";
import { hold } from "./park.ts";
import { Event } from "./event.ts";
import { Nursery, openNursery } from "./nursery.ts";
import { sleepForever } from "./sleep.ts";
import { currentTask } from "./context.ts";
import type { Task } from "./task.ts";
import { test, testInRun, waitAllTasksBlocked } from "../../tests/support/runtime_testing.ts";

class First extends Error {}
function thrower(error: Error): () => never {
  return () => {
    throw error;
  };
}

testInRun("openNursery returns what its body returns, after every task has ended", async () => {
  const record: string[] = [];
  const value = await openNursery(async (nursery) => {
    nursery.spawn(async () => {
      await checkpoint();
      await checkpoint();
      record.push("task");
    });
    await undefined;
    record.push("body");
    return 7;
  });
  assertEquals([value, record], [7, ["body", "task"]]);
});

test("openNursery rejects outside run()", async () => {
  await assertRejects(() => openNursery(() => {}), UsageError, "only inside run()");
});

testInRun("openNursery returns undefined when its own scope was cancelled", async () => {
  const value = await openNursery(async (nursery) => {
    nursery.cancelScope.cancel();
    await sleepForever();
    return 1;
  });
  assertEquals(value, undefined);
});

testInRun(
  "openNursery is no checkpoint: a cancel that no wait inside has met goes unnoticed",
  async () => {
    const empty = new CancelScope();
    const quick = new CancelScope();
    const failing = new CancelScope();
    await empty.run((scope) => (scope.cancel(), openNursery(() => {})));
    await quick.run((
      scope,
    ) => (scope.cancel(), openNursery((nursery) => void nursery.spawn(() => {}))));
    await assertRejects(
      () => failing.run((scope) => (scope.cancel(), openNursery(thrower(new First())))),
      First,
    );
    assertEquals([empty, quick, failing].map((scope) => scope.cancelledCaught), [
      false,
      false,
      false,
    ]);
  },
);

testInRun("openNursery in a loop lets the event loop turn", async () => {
  let turned = false;
  setTimeout(() => turned = true, 0);
  while (!turned) await openNursery((nursery) => void nursery.spawn(() => {}));
});

testInRun("Nursery.spawn starts tasks in order, after the next await of the caller", async () => {
  const record: string[] = [];
  await openNursery(async (nursery) => {
    for (const name of ["a", "b"]) {
      nursery.spawn(async () => {
        for (let i = 0; i < 3; i++) {
          record.push(`${name}${i}`);
          await checkpoint();
        }
      });
    }
    record.push("body");
    await checkpoint();
  });
  assertEquals(record, ["body", "a0", "b0", "a1", "b1", "a2", "b2"]);
});

testInRun(
  "Nursery.spawn in a cancelled nursery starts the task, and its first wait throws",
  async () => {
    const record: string[] = [];
    await openNursery((nursery) => {
      nursery.cancelScope.cancel();
      nursery.spawn(async () => {
        record.push("started");
        await sleepForever();
        record.push("not reached");
      });
    });
    assertEquals(record, ["started"]);
  },
);

testInRun(
  "Nursery.spawn works in the joining nursery as long as a task runs, and never after",
  async () => {
    const record: string[] = [];
    const nursery = await openNursery((nursery) => {
      nursery.spawn(async () => {
        await waitAllTasksBlocked();
        nursery.spawn(() => void record.push("late"));
      });
      return nursery;
    });
    assert(nursery instanceof Nursery);
    assertEquals(record, ["late"]);
    assertThrows(() => nursery.spawn(() => {}), UsageError, "closed");
  },
);

testInRun(
  "Nursery.spawn throws from the moment in which the last task of a joining nursery ends",
  async () => {
    const attempts: string[] = [];
    await openNursery((nursery) => {
      let quick: Promise<void> | null = null;
      nursery.spawn(() => {
        // Runs right after the task has ended and before the joiner does.
        quick = (async () => {
          while (nursery.running > 0) await undefined;
          try {
            nursery.spawn(() => void attempts.push("ran unjoined"));
          } catch (error) {
            attempts.push(error instanceof UsageError ? "refused" : String(error));
          }
        })();
      });
      return quick;
    });
    await checkpoint();
    assertEquals(attempts, ["refused"]);
  },
);

testInRun("Nursery.spawn names the task after the function, or as it is told", async () => {
  const names: string[] = [];
  function named(): void {
    names.push(currentTask().name);
  }
  await openNursery((nursery) => {
    nursery.spawn(named);
    nursery.spawn(named, "other");
    nursery.spawn(() => void names.push(currentTask().name));
  });
  assertEquals(names, ["named", "other", "task"]);
});

testInRun(
  "Nursery.spawn refuses what is not a function, and says what to do about a promise",
  async () => {
    await openNursery((nursery) => {
      // @ts-expect-error a common mistake: the function was called
      assertThrows(() => nursery.spawn(Promise.resolve()), UsageError, "got a promise");
      // @ts-expect-error as above
      assertThrows(() => nursery.spawn(undefined), UsageError, "takes a function");
    });
  },
);

testInRun(
  "Nursery.spawn hands AsyncLocalStorage down as it is at the call, and nothing back",
  async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    await storage.run("a", () =>
      openNursery(async (nursery) => {
        nursery.spawn(() => void seen.push(storage.getStore()));
        storage.run("b", () => nursery.spawn(() => void seen.push(storage.getStore())));
        nursery.spawn(async () => {
          storage.enterWith("mine");
          await checkpoint();
          seen.push(storage.getStore());
        });
        await waitAllTasksBlocked();
        seen.push(storage.getStore());
      }));
    assertEquals(seen, ["a", "b", "mine", "a"]);
  },
);

testInRun(
  "Nursery.spawn puts the task below the one that opened the nursery, also from elsewhere",
  async () => {
    const parent = currentTask();
    const seen: (Task | null)[] = [];
    await openNursery(async (nursery) => {
      await openNursery((other) => {
        other.spawn(() => void nursery.spawn(() => void seen.push(currentTask().parent)));
      });
      const ready = new Event();
      nursery.spawn(() => ready.wait());
      assertEquals(parent.children.length, nursery.running);
      assertStrictEquals(parent.children.at(-1)?.nursery, nursery);
      assertStrictEquals(nursery.owner, parent);
      ready.set();
    });
    assertEquals(seen, [parent]);
    assertEquals(parent.children, []);
  },
);

testInRun(
  "Task.openNurseries lists what a task has opened and not left, outermost first",
  async () => {
    const task = currentTask();
    const open = () => [...task.openNurseries ?? []];
    await openNursery(async (outer) => {
      assertEquals(open(), [outer]);
      await assertRejects(() =>
        openNursery((inner) => {
          assertEquals(open(), [outer, inner]);
          throw new First();
        }), First);
      assertEquals(open(), [outer]);
    });
    assert(open().length === 0);
  },
);

testInRun(
  "Nursery.enter runs a function for code that belongs to no task, and returns its value",
  async () => {
    await openNursery(async (nursery) => {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      const outside = () => {
        const answers = Promise.allSettled([
          nursery.enter(async () => {
            await checkpoint();
            return currentTask().name;
          }, "entered"),
          nursery.enter(() => Promise.reject(new RangeError("theirs"))),
        ]);
        answers.then(resolve);
      };
      new AsyncLocalStorage().exit(outside);
      const [first, second] = await hold(promise, "answers") as PromiseSettledResult<string>[];
      assertEquals(first, { status: "fulfilled", value: "entered" });
      assert(second?.status === "rejected" && second.reason instanceof RangeError);
      assertEquals(nursery.running, 0);
    });
  },
);

testInRun(
  "Nursery.enter rejects once the nursery is closed, and when it is cancelled",
  async () => {
    let kept: Nursery | null = null;
    let entered: Promise<unknown> | null = null;
    await openNursery(async (nursery) => {
      kept = nursery;
      entered = nursery.enter(() => sleepForever());
      entered.catch(() => {});
      await waitAllTasksBlocked();
      nursery.cancelScope.cancel();
    });
    await assertRejects(() => entered ?? Promise.resolve(), Cancelled);
    const closed: Nursery | null = kept;
    await assertRejects(
      () => (closed as Nursery | null)?.enter(() => 1) ?? Promise.resolve(),
      UsageError,
    );
  },
);

testInRun(
  "10,000 nurseries that open each other before their first await do not fill the stack",
  async () => {
    let deepest = 0;
    const nest = (depth: number): Promise<unknown> => {
      deepest = Math.max(deepest, depth);
      return depth === 10_000 ? Promise.resolve() : openNursery(() => nest(depth + 1));
    };
    await nest(0);
    assertEquals(deepest, 10_000);
  },
);
