import { assertEquals, assertRejects } from "@std/assert";
import { BrokenResourceError, Cancelled } from "../errors.ts";
import { openNursery } from "../nursery.ts";
import { testInRun, waitAllTasksBlocked } from "../../../tests/support/runtime_testing.ts";
import { Handshake } from "./handshake.ts";

const peer = { path: "root/child", state: "alive" } as const;

testInRun("wait() returns when the actor is ready, before or after", async () => {
  const before = new Handshake({ ...peer });
  before.succeed();
  await before.wait();
  const after = new Handshake({ ...peer });
  await openNursery(async (nursery) => {
    nursery.spawn(() => after.wait());
    await waitAllTasksBlocked();
    assertEquals(after.awaited, true);
    after.succeed();
  });
  assertEquals([after.over, after.awaited], [true, false]);
});

testInRun("wait() throws what the actor failed with, and the first outcome counts", async () => {
  const handshake = new Handshake({ ...peer });
  handshake.fail(new RangeError("first"));
  handshake.fail(new RangeError("second"));
  handshake.succeed();
  handshake.lose("third");
  await assertRejects(() => handshake.wait(), RangeError, "first");
});

testInRun("lose() ends the wait with BrokenResourceError and the reason", async () => {
  const handshake = new Handshake({ ...peer });
  await openNursery(async (nursery) => {
    nursery.spawn(() =>
      assertRejects(
        () => handshake.wait(),
        BrokenResourceError,
        "no handshake from root/child: it is dead",
      )
    );
    await waitAllTasksBlocked();
    handshake.lose("it is dead");
  });
});

testInRun("wait() can be cancelled, and then it is not awaited", async () => {
  const handshake = new Handshake({ ...peer });
  await openNursery(async (nursery) => {
    nursery.spawn(() => assertRejects(() => handshake.wait(), Cancelled));
    await waitAllTasksBlocked();
    nursery.cancelScope.cancel();
  });
  assertEquals(handshake.awaited, false);
  handshake.succeed();
});
