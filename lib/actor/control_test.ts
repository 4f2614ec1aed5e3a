import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Control, CONTROL_KEY, type ControlReply } from "../protocol/control.ts";
import type { JournalBody } from "../protocol/journal_event.ts";
import { CancelScope } from "./cancel_scope.ts";
import { controlText } from "./control.ts";
import { Cancelled } from "./errors.ts";
import { Event } from "./event.ts";
import { setObserver } from "./identity.ts";
import { openNursery } from "./nursery.ts";
import { run } from "./run.ts";
import { sleepForever } from "./sleep.ts";
import { currentTask } from "./context.ts";
import type { Task } from "./task.ts";
import { test, testInRun, waitAllTasksBlocked } from "../../tests/support/runtime_testing.ts";

function ask(control: Control): ControlReply {
  const installed: unknown = Reflect.get(globalThis, Symbol.for(CONTROL_KEY));
  assertEquals(installed, controlText);
  return JSON.parse(controlText(JSON.stringify(control)));
}

function cancelTask(task: Task): ControlReply {
  return ask({ do: "cancel-task", task: task.id });
}

async function recorded(body: () => Promise<void>): Promise<JournalBody[]> {
  const records: JournalBody[] = [];
  setObserver((record) => records.push(record));
  try {
    await body();
  } finally {
    setObserver(null);
  }
  return records;
}

testInRun("cancel-task by hand ends the one task, and its siblings go on", async () => {
  const go = new Event("go");
  const ends: string[] = [];
  const tasks: Task[] = [];
  await openNursery(async (nursery) => {
    for (const name of ["a", "b"]) {
      nursery.spawn(async () => {
        tasks.push(currentTask());
        try {
          await go.wait();
          ends.push(`${name} went on`);
        } catch (error) {
          ends.push(`${name} ${error instanceof Cancelled ? "cancelled" : error}`);
          throw error;
        }
      }, name);
    }
    await waitAllTasksBlocked();
    const [a] = tasks;
    assert(a !== undefined);
    assertEquals(cancelTask(a).kind, "applied");
    await waitAllTasksBlocked();
    assertEquals(ends, ["a cancelled"]);
    assertEquals(cancelTask(a), {
      kind: "nothing-to-do",
      why: `there is no task #${a.id} any more`,
    });
    go.set();
  });
  assertEquals(ends, ["a cancelled", "b went on"]);
});

testInRun(
  "cancel-task by hand cancels the scopes that the task has entered, shields too, and no other",
  async () => {
    const seen: string[] = [];
    const tasks: Task[] = [];
    await openNursery(async (nursery) => {
      nursery.spawn(async () => {
        tasks.push(currentTask());
        const outer = await new CancelScope({ name: "outer" }).run(async () => {
          const shielded = await new CancelScope({ name: "inner", shield: true }).run(sleepForever);
          seen.push(`inner ${shielded.kind}`);
        });
        seen.push(`outer ${outer.kind}`);
      }, "careful");
      await waitAllTasksBlocked();
      const [careful] = tasks;
      assert(careful !== undefined);
      const reply = cancelTask(careful);
      assert(reply.kind === "applied");
      assertStringIncludes(reply.did.join(), 'by its scopes "outer", "inner"');
    });
    // It went on after its scopes: what is around them was not cancelled.
    assertEquals(seen, ["inner cancelled", "outer done"]);
  },
);

testInRun(
  "cancel-task by hand of a task that joins its own nursery cancels what is in there",
  async () => {
    const tasks: Task[] = [];
    let inner = 0;
    await openNursery(async (nursery) => {
      nursery.spawn(async () => {
        tasks.push(currentTask());
        await openNursery((children) => {
          for (let n = 0; n < 2; n++) {
            children.spawn(async () => {
              try {
                await sleepForever();
              } finally {
                inner++;
              }
            });
          }
        });
      }, "parent");
      await waitAllTasksBlocked();
      const [parent] = tasks;
      assert(parent !== undefined);
      assertEquals(cancelTask(parent).kind, "applied");
    });
    assertEquals(inner, 2);
  },
);

testInRun("cancel-task by hand that is caught counts for nothing but itself", async () => {
  let caught = 0;
  const tasks: Task[] = [];
  await openNursery(async (nursery) => {
    nursery.spawn(async () => {
      tasks.push(currentTask());
      try {
        await sleepForever();
      } catch (error) {
        assert(error instanceof Cancelled);
        caught++;
        throw new RangeError("something else");
      }
    }, "stubborn");
    await waitAllTasksBlocked();
    const [stubborn] = tasks;
    assert(stubborn !== undefined);
    cancelTask(stubborn);
  }).catch((error) => {
    assert(error instanceof RangeError);
    caught++;
  });
  assertEquals(caught, 2);
});

testInRun("cancel-task by hand of a task that is not parked does nothing", async () => {
  const foreign = Promise.withResolvers<void>();
  const tasks: Task[] = [];
  await openNursery(async (nursery) => {
    nursery.spawn(async () => {
      tasks.push(currentTask());
      await foreign.promise;
    }, "native");
    while (tasks.length === 0) await Promise.resolve();
    const [native] = tasks;
    assert(native !== undefined);
    const records = await recorded(() => {
      assertEquals(cancelTask(native).kind, "nothing-to-do");
      return Promise.resolve();
    });
    assertEquals(records, []);
    foreign.resolve();
  });
});

test("cancel-root by hand cancels the whole run, once, and is written down before it happens", async () => {
  const records = await recorded(async () => {
    try {
      await run(async () => {
        queueMicrotask(() => {
          assertEquals(ask({ do: "cancel-root" }).kind, "applied");
          assertEquals(ask({ do: "cancel-root" }).kind, "nothing-to-do");
        });
        await sleepForever();
      }, { handleSigint: false });
      assert(false, "it was not cancelled");
    } catch (error) {
      assert(error instanceof Cancelled);
    }
  });
  assertEquals(records.map(({ kind }) => kind), ["remedy", "cancel"]);
  const [first] = records;
  assert(first?.kind === "remedy");
  assertEquals([first.remedy, first.by], ["cancel-root", "operator"]);
});

test("a control that makes no sense, or comes when nothing runs, is answered and changes nothing", () => {
  assertEquals(JSON.parse(controlText("{")).kind, "failed");
  assertEquals(JSON.parse(controlText("null")).kind, "failed");
  assertEquals(JSON.parse(controlText('{"do":"dance"}')).kind, "nothing-to-do");
  assertEquals(JSON.parse(controlText('{"do":"cancel-root"}')).kind, "nothing-to-do");
});
