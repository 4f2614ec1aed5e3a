import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CancelScope } from "./cancel_scope.ts";
import {
  afterCheckpoint,
  cancelShieldedCheckpoint,
  checkpoint,
  checkpointIfCancelled,
  checkpointIfDue,
} from "./checkpoint.ts";
import { Cancelled, KeyboardInterrupt } from "./errors.ts";
import { openNursery } from "./nursery.ts";
import { interruptTask } from "./run.ts";
import { currentTask } from "./context.ts";
import { testInRun, toTheEnd } from "../../tests/support/runtime_testing.ts";

/** Blocks the loop for longer than operations may go on without a turn. */
function holdTheLoop(): void {
  const until = Date.now() + 6;
  while (Date.now() < until);
}

testInRun("checkpoint lets timers, messages and other tasks run", async () => {
  const { port1, port2 } = new MessageChannel();
  const seen = new Set<string>();
  setTimeout(() => seen.add("timer"), 0);
  port1.onmessage = () => seen.add("message");
  port2.postMessage("hello");
  await openNursery(async (nursery) => {
    nursery.spawn(() => void seen.add("task"));
    while (seen.size < 3) await checkpoint();
  });
  port1.close();
  port2.close();
});

testInRun("checkpoint of many tasks is one turn of the loop for all", async () => {
  let turns = 0;
  const count = () => {
    turns++;
    immediate = setImmediate(count);
  };
  let immediate = setImmediate(count);
  await openNursery((nursery) => {
    for (let i = 0; i < 1_000; i++) nursery.spawn(() => checkpoint());
  });
  clearImmediate(immediate);
  assert(turns <= 5, `${turns} turns`);
});

testInRun(
  "checkpoint throws in a cancelled scope, and is left when the scope is cancelled meanwhile",
  async () => {
    await toTheEnd(new CancelScope(), async (scope) => {
      queueMicrotask(() => scope.cancel());
      await assertRejects(() => checkpoint(), Cancelled);
      await assertRejects(() => checkpoint(), Cancelled);
      assertEquals(currentTask().parks, []);
    });
  },
);

testInRun(
  "checkpointIfCancelled throws exactly when the scope is cancelled or an interrupt is pending",
  async () => {
    checkpointIfCancelled();
    await toTheEnd(new CancelScope(), (scope) => {
      checkpointIfCancelled();
      scope.cancel();
      assertThrows(() => checkpointIfCancelled(), Cancelled);
    });
    interruptTask(currentTask());
    assertThrows(() => checkpointIfCancelled(), KeyboardInterrupt);
    checkpointIfCancelled();
  },
);

testInRun(
  "cancelShieldedCheckpoint lets the loop turn in a cancelled scope and does not throw",
  async () => {
    await toTheEnd(new CancelScope(), async (scope) => {
      scope.cancel();
      let turned = false;
      setImmediate(() => turned = true);
      await cancelShieldedCheckpoint();
      await cancelShieldedCheckpoint();
      assert(turned);
      await assertRejects(() => checkpoint(), Cancelled);
    });
    await toTheEnd(new CancelScope(), async (scope) => {
      queueMicrotask(() => scope.cancel());
      await cancelShieldedCheckpoint();
      assert(scope.cancelCalled);
    });
  },
);

testInRun(
  "checkpointIfDue yields nothing right after a turn, and a turn when one is due",
  async () => {
    await checkpoint();
    assertEquals(checkpointIfDue(), null);
    holdTheLoop();
    let turned = false;
    setImmediate(() => turned = true);
    const due = checkpointIfDue();
    assert(due !== null);
    await due;
    assert(turned);
  },
);

testInRun("afterCheckpoint runs the operation before it returns when nothing is due", async () => {
  // On a busy machine the time may pass between two lines, but not every time.
  for (let ran = false, atOnce = false; !atOnce; ran = false) {
    await checkpoint();
    const promise = afterCheckpoint(afterCheckpoint, () => ran = true);
    atOnce = ran;
    assertEquals(await promise, true);
  }
});

testInRun("afterCheckpoint lets the loop turn before the operation when that is due", async () => {
  holdTheLoop();
  let turned = false;
  setImmediate(() => turned = true);
  await afterCheckpoint(afterCheckpoint, () => assert(turned));
});

testInRun("afterCheckpoint does not begin the operation in a cancelled scope", async () => {
  await toTheEnd(new CancelScope(), async (scope) => {
    scope.cancel();
    await assertRejects(
      () => afterCheckpoint(afterCheckpoint, () => assert(false, "began")),
      Cancelled,
    );
  });
});

testInRun("afterCheckpoint rejects with what the operation throws", async () => {
  await assertRejects(
    () =>
      afterCheckpoint(afterCheckpoint, () => {
        throw new Error("mine");
      }),
    Error,
    "mine",
  );
});
