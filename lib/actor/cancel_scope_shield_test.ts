import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import { CancelScope } from "./cancel_scope.ts";
import { checkpoint } from "./checkpoint.ts";
import { Cancelled } from "./errors.ts";
import { openNursery } from "./nursery.ts";
import { sleepForever } from "./sleep.ts";
import {
  testInRun,
  toTheEnd,
  waitAllTasksBlockedShielded as settled,
} from "../../tests/support/runtime_testing.ts";

testInRun(
  "CancelScope.shield keeps an outer cancel away, but not its own and not those inside",
  async () => {
    const outer = new CancelScope();
    const inner = new CancelScope();
    await toTheEnd(outer, () =>
      inner.run(async () => {
        await checkpoint();
        outer.cancel();
        await assertRejects(() => checkpoint(), Cancelled);

        assertFalse(inner.shield);
        inner.shield = true;
        assert(inner.shield);
        await checkpoint();

        const innermost = new CancelScope();
        await toTheEnd(innermost, async () => {
          // It protects what is further in, too.
          await checkpoint();
          await new CancelScope().run(() => checkpoint());
          innermost.cancel();
          await assertRejects(() => checkpoint(), Cancelled);
        });
        await checkpoint();

        inner.shield = false;
        await assertRejects(() => checkpoint(), Cancelled);

        inner.shield = true;
        await checkpoint();
        inner.cancel();
        await checkpoint();
      }));
    assert(inner.cancelledCaught);
    assertFalse(outer.cancelledCaught);
  },
);

testInRun("CancelScope.shield set before the scope is entered holds inside", async () => {
  const outer = new CancelScope();
  const inner = new CancelScope({ shield: true });
  await toTheEnd(outer, () =>
    toTheEnd(inner, async () => {
      outer.cancel();
      await checkpoint();
      inner.shield = false;
      await assertRejects(() => checkpoint(), Cancelled);
    }));
});

testInRun(
  "CancelScope.shield taken off lets a held cancel in at once, also into other tasks",
  async () => {
    const record: string[] = [];
    const outer = new CancelScope();
    await toTheEnd(outer, () =>
      openNursery(async (nursery) => {
        outer.cancel();
        nursery.cancelScope.shield = true;
        nursery.spawn(async () => {
          record.push("sleeping");
          await assertRejects(() => sleepForever(), Cancelled);
          record.push("cancelled");
        });
        await settled();
        assertEquals(record, ["sleeping"]);
        nursery.cancelScope.shield = false;
        // The join below would also deliver it: look before that.
        await settled();
        assertEquals(record, ["sleeping", "cancelled"]);
      }));
  },
);

testInRun("CancelScope.shield put on while a cancel unwinds does not stop it", async () => {
  const outer = new CancelScope();
  const inner = new CancelScope();
  await outer.run(() =>
    inner.run(async () => {
      outer.cancel();
      try {
        await checkpoint();
      } finally {
        inner.shield = true;
      }
    })
  );
  assert(outer.cancelledCaught);
  assertFalse(inner.cancelledCaught);
});
