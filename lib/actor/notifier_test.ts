import { assertEquals } from "@std/assert";
import { openNursery } from "./nursery.ts";
import { Notifier } from "./event.ts";
import {
  takeSnapshot,
  testInRun,
  waitAllTasksBlocked,
} from "../../tests/support/runtime_testing.ts";
import { moveOnAfter } from "./cancel_scope.ts";

function missedBy(name: string): number | undefined {
  const task = takeSnapshot().tasks.find((task) => task.name === name);
  return task?.parkedOn[0]?.missed?.count;
}

testInRun("Notifier.notifyAll wakes all tasks that wait", async () => {
  const notifier = new Notifier();
  let woken = 0;
  await openNursery(async (nursery) => {
    for (let n = 0; n < 3; n++) {
      nursery.spawn(async () => {
        await notifier.wait();
        woken++;
      });
    }
    await waitAllTasksBlocked();
    assertEquals([notifier.waiting, notifier.notifyAll()], [3, 3]);
  });
  assertEquals([woken, notifier.waiting], [3, 0]);
});

testInRun(
  "Notifier.wait does not hear what was sent before, and its snapshot says so",
  async () => {
    const notifier = new Notifier("batch");
    assertEquals(notifier.notifyAll() + notifier.notifyAll(), 0);
    await openNursery(async (nursery) => {
      nursery.spawn(() => notifier.wait(), "late");
      await waitAllTasksBlocked();
      assertEquals([notifier.waiting, missedBy("late")], [1, 2]);
      const [wait] = takeSnapshot().tasks.find(({ name }) => name === "late")?.parkedOn ?? [];
      assertEquals((wait?.missed?.lastMs ?? Infinity) <= (wait?.sinceMs ?? 0), true);
      notifier.notifyAll();
    });
  },
);

testInRun("Notifier counts nothing as missed once a task was reached again", async () => {
  const notifier = new Notifier();
  notifier.notifyAll();
  for (const name of ["first", "second"]) {
    await openNursery(async (nursery) => {
      nursery.spawn(() => notifier.wait(), name);
      await waitAllTasksBlocked();
      assertEquals(missedBy(name), name === "first" ? 1 : undefined);
      notifier.notifyAll();
    });
  }
});

testInRun("Notifier.wait can be cancelled, and is not counted any more", async () => {
  const notifier = new Notifier();
  assertEquals((await moveOnAfter(0, () => notifier.wait())).kind, "cancelled");
  assertEquals(notifier.waiting, 0);
});
