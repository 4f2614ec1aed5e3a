import { assert, assertEquals, assertRejects } from "@std/assert";
import { testInRun } from "../../tests/support/runtime_testing.ts";
import { moveOnAfter } from "./cancel_scope.ts";
import { Cancelled } from "./errors.ts";
import { openNursery } from "./nursery.ts";
import { sleep, sleepForever } from "./sleep.ts";
import { spawnHandle } from "./task_handle.ts";

testInRun("TaskHandle.result is what the task returned, before and after its end", async () => {
  await openNursery(async (nursery) => {
    const handle = spawnHandle(nursery, async () => {
      await sleep(0);
      return 7;
    });
    const value: number = await handle.result();
    assertEquals([value, await handle.result()], [7, 7]);
  });
});

testInRun(
  "TaskHandle.result throws what the task threw, and the nursery fails with it once",
  async () => {
    const error = new RangeError("no");
    let seen: unknown;
    const thrown = await assertRejects(() =>
      openNursery(async (nursery) => {
        const handle = spawnHandle(nursery, () => sleep(0).then(() => Promise.reject(error)));
        await handle.result().catch((error) => Promise.reject(seen = error));
      }), RangeError);
    assert(thrown === error && seen === error);
  },
);

testInRun(
  "TaskHandle.cancel ends its task alone, at every wait, and the nursery goes on",
  async () => {
    const order: string[] = [];
    await openNursery(async (nursery) => {
      const handle = spawnHandle(nursery, async () => {
        await sleepForever().catch(() => order.push("first wait"));
        await sleepForever().catch((error) => {
          order.push("second wait");
          throw error;
        });
      });
      nursery.spawn(async () => {
        await sleep(1);
        order.push("sibling");
      });
      await sleep(0);
      handle.cancel("enough");
      const error = await assertRejects(() => handle.result(), Cancelled);
      assertEquals(error.reason.detail, "enough");
    });
    assertEquals(order, ["first wait", "second wait", "sibling"]);
  },
);

testInRun("TaskHandle.cancel before the task begins, and after its end", async () => {
  await openNursery(async (nursery) => {
    const early = spawnHandle(nursery, () => sleepForever());
    early.cancel();
    await assertRejects(() => early.result(), Cancelled);
    const late = spawnHandle(nursery, () => 1);
    assertEquals(await late.result(), 1);
    late.cancel();
    assertEquals(await late.result(), 1);
  });
});

testInRun("TaskHandle.result whose caller is cancelled leaves the task alone", async () => {
  await openNursery(async (nursery) => {
    const handle = spawnHandle(nursery, () => sleep(10).then(() => 1));
    assertEquals((await moveOnAfter(1, () => handle.result())).kind, "cancelled");
    assertEquals(await handle.result(), 1);
  });
});
