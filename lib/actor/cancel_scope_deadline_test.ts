import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { CancelScope } from "./cancel_scope.ts";
import { checkpoint } from "./checkpoint.ts";
import { alarmCount, currentTime } from "./clock.ts";
import { Cancelled, UsageError } from "./errors.ts";
import { sleepForever } from "./sleep.ts";
import { test, testInRun, toTheEnd } from "../../tests/support/runtime_testing.ts";

testInRun(
  "CancelScope.deadline is Infinity until it is set, and rings while a task waits",
  async () => {
    const scope = new CancelScope();
    assertEquals(scope.deadline, Infinity);
    await scope.run(async () => {
      scope.deadline = currentTime() + 2;
      await sleepForever();
    });
    assert(currentTime() >= scope.deadline);
    assert(scope.cancelledCaught);
    assertEquals(scope.reason?.source, "deadline");
  },
);

testInRun("CancelScope.deadline that passes after the scope was left does nothing", async () => {
  const scope = new CancelScope();
  await toTheEnd(scope, () => {
    scope.deadline = currentTime() + 1;
  });
  await new CancelScope({ deadline: scope.deadline + 1 }).run(() => sleepForever());
  assertFalse(scope.cancelCalled);
});

testInRun(
  "CancelScope.deadline moved into the past is noticed by the next checkpoint",
  async () => {
    const scope = new CancelScope();
    await toTheEnd(scope, async () => {
      await checkpoint();
      scope.deadline = currentTime() + 100_000;
      await checkpoint();
      scope.deadline = currentTime() - 1;
      await assertRejects(() => checkpoint(), Cancelled);
      await assertRejects(() => checkpoint(), Cancelled);
    });
  },
);

testInRun(
  "CancelScope.deadline that passed while the loop did not turn is noticed by the next checkpoint",
  async () => {
    const scope = new CancelScope();
    await toTheEnd(scope, async () => {
      scope.deadline = currentTime() + 1;
      while (currentTime() < scope.deadline);
      await assertRejects(() => checkpoint(), Cancelled);
    });
  },
);

testInRun("CancelScope.deadline moved out in time does not ring", async () => {
  const scope = new CancelScope({ deadline: currentTime() + 2 });
  await toTheEnd(scope, async () => {
    const first = scope.deadline;
    scope.deadline = Infinity;
    await new CancelScope({ deadline: first + 2 }).run(() => sleepForever());
  });
  assertFalse(scope.cancelCalled);
});

testInRun(
  "CancelScope.deadline of a scope that is not entered counts as soon as it has passed, and from then on",
  () => {
    const scope = new CancelScope({ deadline: currentTime() + 100_000 });
    assertFalse(scope.cancelCalled);
    scope.deadline = currentTime() - 1;
    assert(scope.cancelCalled);
    scope.deadline = Infinity;
    assert(scope.cancelCalled);
  },
);

test("CancelScope.deadline may be anything but NaN", () => {
  assertThrows(() => new CancelScope({ deadline: NaN }), UsageError, "NaN");
  const scope = new CancelScope({ deadline: -5 });
  assertThrows(() => scope.deadline = NaN, UsageError, "NaN");
  assertEquals(scope.deadline, -5);
});

testInRun(
  "CancelScope.deadline leaves no timer when the scope is left or cancelled before it",
  async () => {
    const alarms = alarmCount();
    await toTheEnd(new CancelScope({ deadline: currentTime() + 1_000_000 }), () => {
      assertEquals(alarmCount(), alarms + 1);
    });
    assertEquals(alarmCount(), alarms);
    await toTheEnd(new CancelScope({ deadline: currentTime() + 1_000_000 }), (scope) => {
      scope.deadline += 1;
      assertEquals(alarmCount(), alarms + 1);
      scope.cancel();
      assertEquals(alarmCount(), alarms);
    });
  },
);
