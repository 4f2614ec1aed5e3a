import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { CancelScope, failAfter, failAt, moveOnAfter, moveOnAt } from "./cancel_scope.ts";
import { checkpoint } from "./checkpoint.ts";
import { currentTime } from "./clock.ts";
import { Cancelled, TooSlowError, UsageError } from "./errors.ts";
import { sleep, sleepForever } from "./sleep.ts";
import { testInRun, toTheEnd } from "../../tests/support/runtime_testing.ts";

const LONG = 1_000_000;

testInRun("moveOnAfter ends what takes too long, not before its time, and goes on", async () => {
  const before = currentTime();
  const outcome = await moveOnAfter(3, () => sleepForever());
  assert(currentTime() - before >= 3);
  assertEquals(outcome.kind === "cancelled" && outcome.reason.source, "deadline");
  await checkpoint();
});

testInRun("moveOnAfter returns the value of what is in time", async () => {
  assertEquals(await moveOnAfter(LONG, () => 7), { kind: "done", value: 7 });
});

testInRun("moveOnAfter counts from the moment in which its function begins", async () => {
  await moveOnAfter(LONG, (scope) => {
    assert(
      scope.deadline >= currentTime() + LONG - 1_000 && scope.deadline <= currentTime() + LONG,
    );
    scope.deadline = currentTime() - 1;
    return assertRejects(() => checkpoint(), Cancelled);
  });
});

testInRun("moveOnAt ends what is not done by then, and a time that is past is legal", async () => {
  assertEquals((await moveOnAt(currentTime() + 2, () => sleepForever())).kind, "cancelled");
  const outcome = await moveOnAt(currentTime(), async () => {
    await assertRejects(() => sleep(0), Cancelled);
  });
  assertEquals(outcome.kind, "done");
  assertEquals((await moveOnAt(-5, () => sleep(0))).kind, "cancelled");
});

testInRun(
  "moveOnAfter moves on although an outer scope is cancelled, when it is shielded from that",
  async () => {
    const outer = new CancelScope();
    await toTheEnd(outer, async () => {
      const outcome = await moveOnAfter(2, () => {
        outer.cancel();
        return sleepForever();
      }, { shield: true });
      assertEquals(outcome.kind, "cancelled");
      await assertRejects(() => checkpoint(), Cancelled);
    });
  },
);

for (const [name, bound] of [["moveOnAfter", moveOnAfter], ["failAfter", failAfter]] as const) {
  testInRun(`${name} shields from an outer cancel as long as its scope says so`, async () => {
    const outer = new CancelScope();
    await toTheEnd(outer, async () => {
      await bound(LONG, async (scope) => {
        outer.cancel();
        await checkpoint();
        scope.shield = false;
        await assertRejects(() => checkpoint(), Cancelled);
      }, { shield: true });
    });
  });
}

testInRun(
  "failAfter throws TooSlowError for what takes too long, with the cancel as its cause",
  async () => {
    const before = currentTime();
    const error = await assertRejects(
      () => failAfter(3, () => sleepForever()),
      TooSlowError,
      "failAfter 3ms",
    );
    assert(currentTime() - before >= 3);
    assertInstanceOf(error.cause, Cancelled);
    assertEquals(error.cause.reason.source, "deadline");
  },
);

testInRun("failAfter and failAt return the value of what is in time", async () => {
  assertEquals(await failAfter(LONG, () => sleep(0).then(() => 1)), 1);
  assertEquals(await failAt(currentTime() + LONG, () => sleep(0).then(() => 2)), 2);
});

testInRun("failAt throws TooSlowError for what is not done by then", async () => {
  await assertRejects(() => failAt(currentTime() + 2, () => sleepForever()), TooSlowError);
});

testInRun(
  "failAfter throws TooSlowError although an outer scope is cancelled, when it is shielded from that",
  async () => {
    const outer = new CancelScope();
    await toTheEnd(outer, () =>
      assertRejects(() =>
        failAfter(2, () => {
          outer.cancel();
          return sleepForever();
        }, { shield: true }), TooSlowError));
  },
);

testInRun("failAfter lets the cancel of an outer scope pass as what it is", async () => {
  const outer = new CancelScope();
  const outcome = await outer.run(() =>
    failAfter(LONG, () => {
      outer.cancel("outer");
      return sleepForever();
    })
  );
  assertEquals(outcome.kind === "cancelled" && outcome.reason.detail, "outer");
});

testInRun("failAfter lets another error pass as what it is, also when the time is up", async () => {
  await assertRejects(
    () =>
      failAfter(0, async () => {
        await checkpoint().catch(() => {});
        throw new RangeError("mine");
      }),
    RangeError,
    "mine",
  );
});

testInRun("failAfter, failAt, moveOnAfter and moveOnAt refuse what is no time", async () => {
  for (const ms of [-1, NaN]) {
    await assertRejects(() => moveOnAfter(ms, () => {}), UsageError);
    await assertRejects(() => failAfter(ms, () => {}), UsageError);
  }
  await assertRejects(() => moveOnAt(NaN, () => {}), UsageError, "NaN");
  await assertRejects(() => failAt(NaN, () => {}), UsageError, "NaN");
});
