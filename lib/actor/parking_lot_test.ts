import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CancelScope } from "./cancel_scope.ts";
import { checkpoint } from "./checkpoint.ts";
import { BrokenResourceError, Cancelled, UsageError } from "./errors.ts";
import { type Nursery, openNursery } from "./nursery.ts";
import { ParkingLot } from "./parking_lot.ts";
import { sleepForever } from "./sleep.ts";
import { currentTask } from "./context.ts";
import type { Task } from "./task.ts";
import { testInRun, waitAllTasksBlocked } from "../../tests/support/runtime_testing.ts";

function newLot(name = "lot"): ParkingLot {
  return new ParkingLot({ kind: "event", resource: name });
}

/** A lot, and tasks in it that write down what happens to them. */
class Parked {
  readonly record: string[] = [];
  readonly scopes: CancelScope[] = [];
  readonly tasks: Task[] = [];
  readonly lot: ParkingLot = newLot();

  /** Lets `count` tasks park, one after the other. */
  async park(nursery: Nursery, count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const name = String(this.tasks.length);
      const scope = new CancelScope();
      this.scopes.push(scope);
      this.tasks.push(nursery.spawn(() => scope.run(() => this.#wait(name)), name));
      await waitAllTasksBlocked();
    }
  }

  async #wait(name: string): Promise<void> {
    try {
      await this.lot.park();
      this.record.push(`wake ${name}`);
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
      this.record.push(`cancel ${name}`);
      throw error;
    }
  }
}

testInRun("ParkingLot.unparkAll wakes all tasks", async () => {
  const parked = new Parked();
  await openNursery(async (nursery) => {
    assertEquals(parked.lot.size, 0);
    await parked.park(nursery, 3);
    assertEquals(parked.lot.size, 3);
    assertEquals(parked.lot.unparkAll(), parked.tasks);
    assertEquals(parked.lot.size, 0);
  });
  assertEquals(parked.record, ["wake 0", "wake 1", "wake 2"]);
});

testInRun("ParkingLot.unpark lets go one by one, first come first", async () => {
  const parked = new Parked();
  await openNursery(async (nursery) => {
    await parked.park(nursery, 3);
    for (let i = 0; i < 3; i++) {
      assertEquals(parked.lot.unpark(), [parked.tasks[i]]);
      await waitAllTasksBlocked();
      assertEquals(parked.record.length, i + 1);
    }
  });
  assertEquals(parked.record, ["wake 0", "wake 1", "wake 2"]);
});

testInRun("ParkingLot.unpark takes a number of tasks, more than there are too", async () => {
  const parked = new Parked();
  parked.lot.unpark();
  parked.lot.unpark(100);
  await openNursery(async (nursery) => {
    await parked.park(nursery, 3);
    parked.lot.unpark(2);
    await waitAllTasksBlocked();
    assertEquals(parked.record, ["wake 0", "wake 1"]);
    parked.lot.unpark(0);
    assertEquals(parked.lot.size, 1);
    parked.lot.unpark(2);
  });
});

testInRun("ParkingLot.park that is cancelled leaves the others where they are", async () => {
  const parked = new Parked();
  await openNursery(async (nursery) => {
    await parked.park(nursery, 3);
    parked.scopes[1]?.cancel();
    assertEquals(parked.lot.size, 2);
    await waitAllTasksBlocked();
    assertEquals(parked.record, ["cancel 1"]);
    parked.lot.unparkAll();
  });
  assertEquals(parked.record, ["cancel 1", "wake 0", "wake 2"]);
});

testInRun("ParkingLot.break throws all tasks out, and lets none in any more", async () => {
  const lot = newLot();
  await openNursery(async (nursery) => {
    nursery.spawn(() => assertRejects(() => lot.park(), BrokenResourceError, "was broken"));
    await waitAllTasksBlocked();
    lot.break();
  });
  assertEquals(lot.brokenBy, [currentTask()]);
  await assertRejects(() => lot.park(), BrokenResourceError, `task #${currentTask().id} main`);
});

testInRun("ParkingLot.break may be called again, and remembers by whom", async () => {
  const lot = newLot();
  const other = await endedTask();
  lot.break();
  lot.break();
  lot.break(other);
  assertEquals(lot.brokenBy, [currentTask(), currentTask(), other]);
});

testInRun("ParkingLot.break reaches a task that waits in its own lot", async () => {
  const lot = newLot();
  await assertRejects(() =>
    openNursery(async (nursery) => {
      const task = nursery.spawn(() => lot.park());
      await waitAllTasksBlocked();
      lot.break(task);
    }), BrokenResourceError);
});

testInRun("ParkingLot.addBreaker breaks the lot when the task ends", async () => {
  const lot = newLot();
  const scope = new CancelScope();
  await openNursery(async (nursery) => {
    const breaker = nursery.spawn(() => scope.run(() => sleepForever()), "breaker");
    lot.addBreaker(breaker);
    nursery.spawn(() => assertRejects(() => lot.park(), BrokenResourceError, "breaker"));
    await waitAllTasksBlocked();
    scope.cancel();
    await waitAllTasksBlocked();
    assertEquals(lot.brokenBy, [breaker]);
  });
});

testInRun(
  "ParkingLot.addBreaker takes several tasks, and each breaks it when it ends",
  async () => {
    const lot = newLot();
    const tasks: Task[] = [];
    await openNursery(async (nursery) => {
      for (let i = 0; i < 3; i++) {
        const task = nursery.spawn(() => sleepForever());
        lot.addBreaker(task);
        tasks.push(task);
      }
      await waitAllTasksBlocked();
      nursery.cancelScope.cancel();
    });
    assertEquals(new Set(lot.brokenBy), new Set(tasks));
  },
);

testInRun("ParkingLot.addBreaker refuses a task that has ended", async () => {
  const task = await endedTask();
  assertThrows(() => newLot().addBreaker(task), BrokenResourceError, "has ended");
});

testInRun(
  "ParkingLot.removeBreaker takes back what was added, as often as it was, and no more",
  async () => {
    const lot = newLot();
    const other = newLot();
    await openNursery((nursery) => {
      nursery.spawn(async () => {
        const task = currentTask();
        assertThrows(() => lot.removeBreaker(task), UsageError, "does not answer");
        lot.addBreaker(task);
        lot.addBreaker(task);
        lot.removeBreaker(task);
        assertThrows(() => other.removeBreaker(task), UsageError);
        lot.removeBreaker(task);
        assertThrows(() => lot.removeBreaker(task), UsageError);
        await checkpoint();
      });
    });
    assertEquals(lot.brokenBy, []);
  },
);

async function endedTask(): Promise<Task> {
  const task = await openNursery((nursery) => nursery.spawn(() => {}));
  if (task === undefined) throw new Error("the nursery was cancelled");
  return task;
}
