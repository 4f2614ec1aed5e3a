import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import { CancelScope, type ScopeOutcome } from "./cancel_scope.ts";
import { cancelShieldedCheckpoint, checkpoint } from "./checkpoint.ts";
import { alarmCount } from "./clock.ts";
import { Cancelled } from "./errors.ts";
import { Event } from "./event.ts";
import { setObserver } from "./identity.ts";
import { openNursery } from "./nursery.ts";
import { run } from "./run.ts";
import { sleep, sleepForever } from "./sleep.ts";
import {
  test,
  testInRun,
  toTheEnd,
  waitAllTasksBlocked,
} from "../../tests/support/runtime_testing.ts";

function causeOf(outcome: ScopeOutcome<unknown>): string | null {
  assertEquals(outcome.kind, "cancelled");
  return outcome.kind === "cancelled" ? outcome.reason.detail : null;
}

testInRun(
  "CancelScope.cancel ends a wait with a Cancelled that says who, why and when",
  async () => {
    const scope = new CancelScope({ name: "here" });
    const before = performance.timeOrigin + performance.now();
    const outcome = await scope.run(async () => {
      scope.cancel("enough");
      const error = await assertRejects(() => sleepForever(), Cancelled, 'scope "here"');
      assertEquals(error.reason.source, "explicit");
      assertEquals(error.reason.detail, "enough");
      assertEquals(error.reason.scope, "here");
      assertEquals(error.reason.byActor, "root");
      assert(error.reason.atMs >= before);
      throw error;
    });
    assertEquals(causeOf(outcome), "enough");
    assert(scope.cancelCalled);
    assert(scope.cancelledCaught);
  },
);

testInRun("CancelScope.cancel twice is one cancel, and the first cause wins", async () => {
  const scope = new CancelScope();
  const outcome = await scope.run(async () => {
    scope.cancel("first");
    scope.cancel("second");
    scope.deadline = -Infinity;
    await checkpoint();
  });
  assertEquals(causeOf(outcome), "first");
});

testInRun("CancelScope.cancel after a deadline keeps the deadline as the cause", async () => {
  const scope = new CancelScope({ deadline: -Infinity });
  await toTheEnd(scope, async () => {
    const first = await assertRejects(() => checkpoint(), Cancelled);
    scope.cancel("later");
    const second = await assertRejects(() => checkpoint(), Cancelled);
    assertEquals([first.reason.source, second.reason.source], ["deadline", "deadline"]);
  });
});

testInRun(
  "CancelScope.cancel is level-triggered: every wait throws until the scope is left",
  async () => {
    const scope = new CancelScope();
    await toTheEnd(scope, async () => {
      scope.cancel();
      for (let i = 0; i < 3; i++) await assertRejects(() => sleepForever(), Cancelled);
    });
    await checkpoint();
  },
);

testInRun("CancelScope.cancel that no wait has met goes unnoticed", async () => {
  const scope = new CancelScope();
  const outcome = await scope.run(async () => {
    scope.cancel();
    await cancelShieldedCheckpoint();
    return "through";
  });
  await checkpoint();
  assertEquals(outcome, { kind: "done", value: "through" });
  assertFalse(scope.cancelledCaught);
});

testInRun("CancelScope.cancel before the scope is entered holds inside", async () => {
  const scope = new CancelScope();
  scope.cancel("early");
  assertEquals(causeOf(await scope.run(() => sleepForever())), "early");
});

testInRun("CancelScope.cancel from another task ends the wait inside", async () => {
  const scope = new CancelScope();
  await openNursery(async (nursery) => {
    nursery.spawn(async () => {
      assertEquals(causeOf(await scope.run(() => sleepForever())), "from outside");
    });
    await waitAllTasksBlocked();
    scope.cancel("from outside");
  });
});

testInRun("CancelScope.cancel after the scope was left changes nothing outside", async () => {
  const scope = new CancelScope();
  await scope.run(() => checkpoint());
  scope.cancel();
  await checkpoint();
  assert(scope.cancelCalled);
  assertFalse(scope.cancelledCaught);
});

testInRun("CancelScope.cancel reaches every task of every nursery inside", async () => {
  const unwound = new Set<string>();
  const leaf = (name: string) => async () => {
    await assertRejects(() => sleepForever(), Cancelled);
    unwound.add(name);
  };
  await openNursery(async (nursery) => {
    for (const branch of ["a", "b"]) {
      nursery.spawn(() =>
        openNursery((inner) => {
          inner.spawn(leaf(`${branch}1`));
          inner.spawn(leaf(`${branch}2`));
        })
      );
    }
    await waitAllTasksBlocked();
    nursery.cancelScope.cancel();
  });
  assertEquals(unwound, new Set(["a1", "a2", "b1", "b2"]));
});

testInRun(
  "CancelScope.cancel is told to the observer once, not again for every scope inside",
  async () => {
    const seen: string[] = [];
    setObserver((body) => {
      if (body.kind === "cancel") seen.push(body.reason.scope);
    });
    try {
      await new CancelScope({ name: "outer" }).run((outer) =>
        openNursery(async (nursery) => {
          nursery.spawn(() => sleepForever());
          await waitAllTasksBlocked();
          outer.cancel();
        })
      );
    } finally {
      setObserver(null);
    }
    assertEquals(seen, ["outer"]);
  },
);

testInRun("CancelScope.close hands a wait to a cancelled scope that ends it at once", async () => {
  const outer = new CancelScope();
  let stray: Promise<never> | null = null;
  const outcome = await outer.run(async () => {
    await new CancelScope({ shield: true }).run(() => {
      stray = sleepForever();
      outer.cancel("outer");
    });
    await stray;
  });
  assertEquals(causeOf(outcome), "outer");
});

testInRun("CancelScope survives 5,000 scopes inside each other", async () => {
  const outermost = new CancelScope();
  const nest = async (depth: number): Promise<void> => {
    // Otherwise the calls themselves would fill the stack.
    await undefined;
    if (depth === 0) {
      outermost.cancel("deep");
      await checkpoint();
    } else await new CancelScope().run(() => nest(depth - 1));
  };
  assertEquals(causeOf(await outermost.run(() => nest(5_000))), "deep");
});

test("CancelScope of a run that is over drops the waits that were not awaited, and their timers", async () => {
  let ended = false;
  const alarms = alarmCount();
  const event = new Event();
  await run(() => {
    const end = () => ended = true;
    sleep(1_000_000).then(end, end);
    event.wait().then(end, end);
    return new CancelScope().run(() => {
      new CancelScope({ shield: true }).run(() => event.wait().finally(end));
    });
  }, { handleSigint: false });
  assertEquals([alarmCount(), event.waiting], [alarms, 0]);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertFalse(ended);
});
