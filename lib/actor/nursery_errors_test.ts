import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { Cancelled } from "./errors.ts";
import { openNursery } from "./nursery.ts";
import { sleepForever } from "./sleep.ts";
import { testInRun, waitAllTasksBlocked } from "../../tests/support/runtime_testing.ts";

class First extends Error {}
class Second extends Error {}

function thrower(error: Error): () => never {
  return () => {
    throw error;
  };
}

testInRun("openNursery lets the error of its body out as it is", async () => {
  const error = new First("body");
  assertStrictEquals(await assertRejects(() => openNursery(thrower(error))), error);
});

testInRun(
  "openNursery lets the error of a task out as it is, with its own stack and cause",
  async () => {
    const error = new First("task", { cause: new Second("why") });
    const stack = error.stack;
    const caught = await assertRejects(() =>
      openNursery((nursery) => {
        nursery.spawn(thrower(error));
      }), First);
    assertStrictEquals(caught, error);
    assertEquals(caught.stack, stack);
    assertInstanceOf(caught.cause, Second);
  },
);

testInRun("openNursery throws an AggregateError for the errors of body and task", async () => {
  const group = await assertRejects(() =>
    openNursery((nursery) => {
      nursery.spawn(thrower(new First()));
      throw new Second();
    }), AggregateError);
  assertEquals(group.errors.map((error) => error.constructor), [Second, First]);
  assertEquals("cause" in group, false);
});

testInRun("openNursery throws an AggregateError for the errors of two tasks", async () => {
  const group = await assertRejects(() =>
    openNursery((nursery) => {
      nursery.spawn(thrower(new First()));
      nursery.spawn(thrower(new Second()));
    }), AggregateError);
  assertEquals(group.errors.map((error) => error.constructor), [First, Second]);
});

testInRun("openNursery lets anything thrown out, not only errors", async () => {
  const caught = await openNursery((nursery) => {
    nursery.spawn(() => {
      throw undefined;
    });
  }).then(() => "no error", (error) => ({ error }));
  assertEquals(caught, { error: undefined });
});

testInRun(
  "openNursery folds nested nurseries into the one error that is left after its cancels",
  async () => {
    const group = await assertRejects(() =>
      openNursery(async (outer) => {
        outer.spawn(() => sleepForever());
        outer.spawn(thrower(new First()));
        await openNursery((inner) => {
          inner.spawn(() => sleepForever());
          inner.spawn(thrower(new Second()));
          outer.cancelScope.cancel();
        });
      }), AggregateError);
    assertEquals(new Set(group.errors.map((error) => error.constructor)), new Set([First, Second]));
  },
);

testInRun("openNursery cancels its tasks when one fails, and says which", async () => {
  const seen: string[] = [];
  await assertRejects(() =>
    openNursery((nursery) => {
      nursery.spawn(async () => {
        const error = await assertRejects(() => sleepForever(), Cancelled);
        seen.push(error.reason.source, error.reason.detail ?? "");
        throw error;
      });
      nursery.spawn(thrower(new First("argh")), "crasher");
    }), First);
  assertEquals(seen, ["sibling-failure", 'task "crasher" failed: Error: argh']);
});

testInRun("openNursery cancels its body when a task fails", async () => {
  await assertRejects(() =>
    openNursery(async (nursery) => {
      nursery.spawn(thrower(new First()));
      await sleepForever();
    }), First);
});

testInRun("openNursery cancels its tasks when the body fails, and says so", async () => {
  let detail: string | null = null;
  await assertRejects(() =>
    openNursery(async (nursery) => {
      nursery.spawn(async () => {
        const error = await assertRejects(() => sleepForever(), Cancelled);
        detail = error.reason.detail;
        throw error;
      });
      await waitAllTasksBlocked();
      throw new First("no");
    }), First);
  assertEquals(detail, "the body failed: Error: no");
});

testInRun("openNursery hands the first cause down to tasks that fail because of it", async () => {
  let detail: string | null = null;
  await assertRejects(() =>
    openNursery((nursery) => {
      nursery.spawn(() =>
        openNursery((inner) => {
          inner.spawn(async () => {
            const error = await assertRejects(() => sleepForever(), Cancelled);
            detail = error.reason.detail;
            throw error;
          });
        })
      );
      nursery.spawn(thrower(new First("root cause")), "culprit");
    }), First);
  assertEquals(detail, 'task "culprit" failed: Error: root cause');
});

testInRun(
  "openNursery collects what a cancelled task throws instead of its Cancelled",
  async () => {
    const group = await assertRejects(() =>
      openNursery(async (nursery) => {
        nursery.spawn(async () => {
          await assertRejects(() => sleepForever(), Cancelled);
          throw new Second();
        });
        await waitAllTasksBlocked();
        nursery.spawn(thrower(new First()));
      }), AggregateError);
    assertEquals(group.errors.map((error) => error.constructor), [First, Second]);
  },
);
