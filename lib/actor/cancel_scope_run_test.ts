import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { CancelScope, moveOnAfter } from "./cancel_scope.ts";
import { openMemoryChannel } from "./memory_channel.ts";
import { checkpoint } from "./checkpoint.ts";
import { Cancelled, EndOfChannel, UsageError } from "./errors.ts";
import { openNursery } from "./nursery.ts";
import { sleep, sleepForever } from "./sleep.ts";
import {
  test,
  testInRun,
  waitAllTasksBlocked,
  waitAllTasksBlockedShielded as settled,
} from "../../tests/support/runtime_testing.ts";

testInRun("CancelScope.run returns what its function returns", async () => {
  const scope = new CancelScope();
  assertEquals(await scope.run(() => 7), { kind: "done", value: 7 });
  assertFalse(scope.cancelCalled);
  assertFalse(scope.cancelledCaught);
});

test("CancelScope.run rejects outside run()", async () => {
  await assertRejects(() => new CancelScope().run(() => {}), UsageError, "only inside run()");
});

/** Throws `error` in a scope that is cancelled, and expects it back. */
async function assertThrownThrough(error: Error): Promise<void> {
  const scope = new CancelScope();
  const caught = await assertRejects(() =>
    scope.run(() => {
      scope.cancel();
      throw error;
    })
  );
  assertStrictEquals(caught, error);
  assertFalse(scope.cancelledCaught);
}

testInRun("CancelScope.run lets an error through that is not its own cancel", async () => {
  await assertThrownThrough(new Error("mine"));
});

testInRun(
  "CancelScope.run absorbs its cancel only when no scope further out is cancelled too",
  async () => {
    const outer = new CancelScope();
    const middle = new CancelScope();
    const inner = new CancelScope();
    await outer.run(async () => {
      await middle.run(() =>
        inner.run(async () => {
          inner.cancel();
          middle.cancel();
          await sleepForever();
        })
      );
      await checkpoint();
    });
    assertEquals([inner, middle, outer].map((scope) => scope.cancelCalled), [true, true, false]);
    assertEquals([inner, middle, outer].map((scope) => scope.cancelledCaught), [
      false,
      true,
      false,
    ]);
  },
);

testInRun(
  "CancelScope.run takes its Cancelled out of an AggregateError and lets the rest through",
  async () => {
    const real = new Error("real");
    const outer = new CancelScope();
    let group: unknown = null;
    const caught = await assertRejects(() =>
      outer.run(async () => {
        try {
          await openNursery(async (nursery) => {
            nursery.spawn(() => sleepForever());
            nursery.spawn(() => sleepForever());
            nursery.cancelScope.cancel();
            await settled();
            nursery.spawn(() => sleepForever());
            outer.cancel();
            nursery.spawn(() => {
              throw real;
            });
          });
        } catch (error) {
          group = error;
          throw error;
        }
      })
    );
    assertInstanceOf(group, AggregateError);
    assertEquals(group.errors.filter((error) => error instanceof Cancelled).length, 3);
    assertStrictEquals(caught, real);
    assert(outer.cancelledCaught);
  },
);

testInRun("CancelScope.run leaves an AggregateError alone in which no Cancelled is", async () => {
  await assertThrownThrough(new AggregateError([new Error("a"), new Error("b")], "mine"));
});

testInRun("CancelScope.run throws a UsageError for a scope that was entered before", async () => {
  const scope = new CancelScope();
  await scope.run(async () => {
    await assertRejects(() => scope.run(() => {}), UsageError, "entered before");
  });
  await assertRejects(() => scope.run(() => {}), UsageError, "entered before");
});

testInRun(
  "CancelScope.run throws a UsageError in a second task while the first is inside",
  async () => {
    const scope = new CancelScope();
    await openNursery(async (nursery) => {
      nursery.spawn(() => scope.run(() => sleepForever()));
      await waitAllTasksBlocked();
      await assertRejects(() => scope.run(() => {}), UsageError, "entered before");
      nursery.cancelScope.cancel();
    });
  },
);

testInRun(
  "CancelScope.run ends what still waits in it when its code has ended, but not what is shielded",
  async () => {
    const outer = new CancelScope();
    await outer.run(async () => {
      const strays: Promise<unknown>[] = [];
      const shielded: Promise<unknown>[] = [];
      await new CancelScope({ name: "inner" }).run(() => {
        strays.push(sleepForever(), new CancelScope().run(() => sleepForever()));
        shielded.push(new CancelScope({ shield: true }).run(() => sleepForever()));
      });
      for (const stray of strays) {
        const { reason } = await assertRejects(() => stray, Cancelled);
        assertEquals([reason.scope, reason.detail], ["inner", "its code has ended"]);
      }
      assertEquals(
        await Promise.race([...shielded, checkpoint().then(() => "still waiting")]),
        "still waiting",
      );
    });
  },
);

testInRun(
  "a race in a scope of its own takes nothing from the receives that come after it",
  async () => {
    const [tx, rx] = openMemoryChannel<number>(0);
    const got: number[] = [];
    await openNursery((nursery) => {
      nursery.spawn(async () => {
        for (let sent = 0; sent < 8; sent++) {
          await sleep(1);
          await tx.send(sent);
        }
        tx.close();
      });
      nursery.spawn(async () => {
        for (let isOpen = true; isOpen;) {
          await moveOnAfter(1_000, () =>
            Promise.race([
              rx.receive().then((value) => got.push(value)),
              checkpoint(),
            ])).catch((error) => {
              if (!(error instanceof EndOfChannel)) throw error;
              isOpen = false;
            });
          assert(rx.statistics().waitingReceivers <= 1);
          if (got.length === 8) isOpen = false;
        }
      });
    });
    assertEquals(got, [0, 1, 2, 3, 4, 5, 6, 7]);
  },
);
