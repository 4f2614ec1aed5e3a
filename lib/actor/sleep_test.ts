import { assert, assertEquals, assertRejects } from "@std/assert";
import { CancelScope } from "./cancel_scope.ts";
import { alarmCount, currentTime } from "./clock.ts";
import { Cancelled, UsageError } from "./errors.ts";
import { openNursery } from "./nursery.ts";
import { Park } from "./park.ts";
import { sleep, sleepForever, sleepUntil } from "./sleep.ts";
import { testInRun, toTheEnd, waitAllTasksBlocked } from "../../tests/support/runtime_testing.ts";

testInRun("sleep waits at least as long as it is told", async () => {
  const before = currentTime();
  await sleep(3);
  assert(currentTime() - before >= 3);
});

testInRun("sleep of 0 lets the loop turn, and is cancelled like any other", async () => {
  let turned = false;
  setImmediate(() => turned = true);
  await sleep(0);
  assert(turned);
  await toTheEnd(new CancelScope(), async (scope) => {
    scope.cancel();
    await assertRejects(() => sleep(0), Cancelled);
  });
});

testInRun("sleep refuses durations that are negative or no number", async () => {
  await assertRejects(() => sleep(-1), UsageError, "got -1");
  await assertRejects(() => sleep(NaN), UsageError, "got NaN");
});

testInRun("sleep that is cancelled ends at once and leaves no timer", async () => {
  const alarms = alarmCount();
  await toTheEnd(new CancelScope(), async (scope) => {
    queueMicrotask(() => {
      assertEquals(alarmCount(), alarms + 1);
      scope.cancel();
    });
    await assertRejects(() => sleep(1_000_000), Cancelled);
  });
  assertEquals(alarmCount(), alarms);
});

testInRun("sleep wakes in the order of the times, not of the calls", async () => {
  const record: number[] = [];
  const parked: number[] = [];
  // Who comes too late to park, because the machine is busy, has nothing to say about the order: then again.
  while (parked.length < 3) {
    record.length = parked.length = 0;
    const begin = currentTime();
    await openNursery(async (nursery) => {
      for (const ms of [9, 1, 5, 3, 7]) {
        const task = nursery.spawn(async () => {
          await sleepUntil(begin + ms);
          record.push(ms);
        });
        await undefined;
        await undefined;
        if (task.parks[0]?.reason.kind === "sleep") parked.push(ms);
      }
    });
  }
  const woken = record.filter((ms) => parked.includes(ms));
  assertEquals(woken, parked.toSorted((a, b) => a - b));
});

testInRun("sleepUntil of a time that is past lets the loop turn, and refuses NaN", async () => {
  let turned = false;
  setImmediate(() => turned = true);
  await sleepUntil(-Infinity);
  assert(turned);
  await assertRejects(() => sleepUntil(NaN), UsageError, "NaN");
});

testInRun("sleepForever ends only by a cancel", async () => {
  const scope = new CancelScope();
  await openNursery(async (nursery) => {
    const task = nursery.spawn(() => scope.run(() => sleepForever()));
    await waitAllTasksBlocked();
    assertEquals(task.parks.map((park) => park.reason.resource), ["forever"]);
    scope.cancel();
  });
  assert(scope.cancelledCaught);
});

testInRun("sleepForever throws a UsageError when it is woken by hand", async () => {
  await openNursery(async (nursery) => {
    const task = nursery.spawn(() => assertRejects(() => sleepForever(), UsageError, "forever"));
    await waitAllTasksBlocked();
    const [wait] = task.parks;
    if (wait instanceof Park) wait.wake(undefined);
  });
});

testInRun("sleep says how long it still has to go", async () => {
  await openNursery(async (nursery) => {
    const task = nursery.spawn(() => sleep(1_000_000));
    await waitAllTasksBlocked();
    const resource = task.parks[0]?.reason.resource;
    assert(typeof resource === "function");
    const left = /^(\d+) ms to go$/.exec(resource())?.[1];
    assert(Number(left) > 900_000 && Number(left) <= 1_000_000, resource());
    nursery.cancelScope.cancel();
  });
});
