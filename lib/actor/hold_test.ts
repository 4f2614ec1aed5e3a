import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { CancelScope } from "./cancel_scope.ts";
import { Cancelled } from "./errors.ts";
import { hold } from "./park.ts";
import { openNursery } from "./nursery.ts";
import { currentTask } from "./context.ts";
import {
  test,
  testInRun,
  toTheEnd,
  waitAllTasksBlocked,
} from "../../tests/support/runtime_testing.ts";

testInRun("hold returns what the promise resolves to", async () => {
  assertEquals(await hold(Promise.resolve(7), "seven"), 7);
});

testInRun("hold throws what the promise is rejected with", async () => {
  const error = new Error("theirs");
  assertStrictEquals(await assertRejects(() => hold(Promise.reject(error), "failing")), error);
});

testInRun("hold takes any thenable", async () => {
  const thenable: PromiseLike<number> = {
    then: (resolve, reject) => Promise.resolve(7).then(resolve, reject),
  };
  assertEquals(await hold(thenable, "a thenable"), 7);
});

testInRun("hold calls then once, which may be what does the work", async () => {
  let queries = 0;
  const query: PromiseLike<number> = {
    then(resolve, reject) {
      queries++;
      return Promise.resolve(7).then(resolve, reject);
    },
  };
  assertEquals([await hold(query, "a query"), queries], [7, 1]);
});

testInRun("hold shows the label while it waits", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await openNursery(async (nursery) => {
    const task = nursery.spawn(() => hold(promise, "the answer of the disk"));
    await waitAllTasksBlocked();
    assertEquals(task.parks[0]?.reason, { kind: "hold", resource: "the answer of the disk" });
    resolve();
  });
});

testInRun(
  "hold is left by a cancel, and what the promise does later is ignored",
  async () => {
    const { promise, reject } = Promise.withResolvers<void>();
    await toTheEnd(new CancelScope(), async (scope) => {
      queueMicrotask(() => scope.cancel());
      await assertRejects(() => hold(promise, "never"), Cancelled);
      assertEquals(currentTask().parks, []);
    });
    // Unheard, this would end the process.
    reject(new Error("late"));
    await new Promise((resolve) => setTimeout(resolve, 0));
  },
);

testInRun("hold in a cancelled scope still hears the rejection of its promise", async () => {
  await toTheEnd(new CancelScope(), async (scope) => {
    scope.cancel();
    await assertRejects(() => hold(Promise.reject(new Error("theirs")), "failed"), Cancelled);
  });
  await new Promise((resolve) => setTimeout(resolve, 0));
});

test("hold outside run() still hears the rejection of its promise", async () => {
  try {
    await hold(Promise.reject(new Error("theirs")), "failed");
  } catch (error) {
    assertEquals(error instanceof Error && error.name, "UsageError");
  }
  await new Promise((resolve) => setTimeout(resolve, 0));
});
