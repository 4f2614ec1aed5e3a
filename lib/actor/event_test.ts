import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import { CancelScope } from "./cancel_scope.ts";
import { Cancelled } from "./errors.ts";
import { Event, peerEvent } from "./event.ts";
import { openNursery } from "./nursery.ts";
import { testInRun, toTheEnd, waitAllTasksBlocked } from "../../tests/support/runtime_testing.ts";

testInRun("Event.wait waits until the event is set, and set wakes all tasks", async () => {
  const event = new Event();
  const record: number[] = [];
  assertFalse(event.isSet);
  await openNursery(async (nursery) => {
    for (const i of [1, 2]) {
      nursery.spawn(async () => {
        await event.wait();
        record.push(i);
      });
    }
    await waitAllTasksBlocked();
    assertEquals([record, event.waiting], [[], 2]);
    event.set();
    assertEquals(event.waiting, 0);
  });
  assertEquals(record, [1, 2]);
  assert(event.isSet);
});

testInRun(
  "Event.wait returns at once when the event is set, but not in a cancelled scope",
  async () => {
    const event = new Event();
    event.set();
    event.set();
    await event.wait();
    await toTheEnd(new CancelScope(), async (scope) => {
      scope.cancel();
      await assertRejects(() => event.wait(), Cancelled);
    });
  },
);

testInRun("Event.wait that is cancelled is not counted any more", async () => {
  const event = new Event();
  const scope = new CancelScope();
  await openNursery(async (nursery) => {
    nursery.spawn(() => scope.run(() => event.wait()));
    await waitAllTasksBlocked();
    assertEquals(event.waiting, 1);
    scope.cancel();
    assertEquals(event.waiting, 0);
  });
});

testInRun("Event names itself and its peer in the reason of those who wait", async () => {
  const peer = { path: "root/child", state: "alive" as const };
  const event = peerEvent("peers-gone", peer);
  await openNursery(async (nursery) => {
    const task = nursery.spawn(() => event.wait());
    await waitAllTasksBlocked();
    assertEquals(task.parks[0]?.reason, { kind: "event", resource: 'event "peers-gone"', peer });
    event.set();
  });
});
