import { assert, assertEquals, assertRejects } from "@std/assert";
import { CancelScope } from "./cancel_scope.ts";
import { checkpoint } from "./checkpoint.ts";
import { Cancelled } from "./errors.ts";
import { Event } from "./event.ts";
import { type Nursery, openNursery } from "./nursery.ts";
import { sleepForever } from "./sleep.ts";
import { currentTask } from "./context.ts";
import { testInRun, toTheEnd, waitAllTasksBlocked } from "../../tests/support/runtime_testing.ts";

testInRun("Task.children lists live tasks, oldest first, whichever ends in between", async () => {
  const root = currentTask();
  const events = Array.from({ length: 4 }, () => new Event());
  const names = () => root.children.map((task) => task.name);
  await openNursery(async (nursery) => {
    for (const [i, event] of events.entries()) nursery.spawn(() => event.wait(), `t${i}`);
    await waitAllTasksBlocked();
    assertEquals(names(), ["t0", "t1", "t2", "t3"]);
    for (const [ending, left] of [[1, "t0 t2 t3"], [3, "t0 t2"], [0, "t2"], [2, ""]] as const) {
      events[ending]?.set();
      await waitAllTasksBlocked();
      assertEquals(names().join(" "), left);
    }
    nursery.spawn(() => {}, "t4");
    assertEquals(names(), ["t4"]);
  });
});

testInRun("Task.parent and Task.nursery are still known when the task has ended", async () => {
  const root = currentTask();
  let opened: Nursery | null = null;
  const task = await openNursery((nursery) => {
    opened = nursery;
    return nursery.spawn(() => {});
  });
  assertEquals([task?.state, task?.parent, task?.nursery], ["done", root, opened]);
});

testInRun("Task.state goes from starting to running to done", async () => {
  const states: string[] = [];
  const task = await openNursery(async (nursery) => {
    const task = nursery.spawn(() => void states.push(currentTask().state));
    states.push(task.state);
    await checkpoint();
    return task;
  });
  states.push(task?.state ?? "");
  assertEquals(states, ["starting", "running", "done"]);
});

testInRun("Promise.all in a task keeps each branch in its own scope", async () => {
  const left = new CancelScope({ name: "left" });
  const right = new CancelScope({ name: "right" });
  const outcomes = await Promise.all([
    left.run(async () => {
      await checkpoint();
      right.cancel();
      await checkpoint();
      return "untouched";
    }),
    right.run(() => sleepForever()),
  ]);
  assertEquals(outcomes[0], { kind: "done", value: "untouched" });
  assertEquals(outcomes[1].kind, "cancelled");
});

testInRun(
  "Promise.all in a task is ended as a whole by a cancel, and no wait is left behind",
  async () => {
    const task = currentTask();
    const ended: string[] = [];
    await toTheEnd(new CancelScope(), async (scope) => {
      const wait = (name: string) => sleepForever().finally(() => ended.push(name));
      const all = Promise.all([wait("a"), wait("b"), wait("c")]);
      assertEquals(task.parks.length, 3);
      scope.cancel();
      await assertRejects(() => all, Cancelled);
    });
    assertEquals([task.parks, ended], [[], ["a", "b", "c"]]);
  },
);

testInRun("Task.id is unique", async () => {
  const ids = new Set<number>();
  await openNursery((nursery) => {
    for (let i = 0; i < 100; i++) ids.add(nursery.spawn(() => {}).id);
  });
  assertEquals(ids.size, 100);
  assert(!ids.has(currentTask().id));
});
