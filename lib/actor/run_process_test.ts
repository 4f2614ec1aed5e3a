import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { moveOnAfter } from "./cancel_scope.ts";
import { cancelShieldedCheckpoint, checkpoint } from "./checkpoint.ts";
import { race } from "./combinators.ts";
import { hold } from "./park.ts";
import { Cancelled, UsageError } from "./errors.ts";
import { openNursery } from "./nursery.ts";
import { run } from "./run.ts";
import { Event } from "./event.ts";
import { Lock } from "./lock.ts";
import { sleep, sleepForever } from "./sleep.ts";
import { contextOrNone, currentTask } from "./context.ts";
import { rootTasks } from "./task.ts";
import { test } from "../../tests/support/runtime_testing.ts";

test("run returns what main returns, whether main waits or not", async () => {
  assertEquals(await run(() => 8), 8);
  assertEquals(
    await run(async () => {
      await checkpoint();
      return 1;
    }),
    1,
  );
});

test("run throws what main throws, as it is", async () => {
  const error = new Error("17");
  assertStrictEquals(
    await assertRejects(() =>
      run(() => {
        throw error;
      })
    ),
    error,
  );
});

test("run throws what is not an error too, undefined included", async () => {
  const caught = await run(() => Promise.reject(undefined)).then(() => "ok", (error) => [error]);
  assertEquals(caught, [undefined]);
});

test("run inside run() throws a UsageError", async () => {
  await run(async () => {
    await assertRejects(() => run(() => {}), UsageError, "inside run()");
  });
});

test("run joins every task before it returns", async () => {
  const record: string[] = [];
  await run(() =>
    openNursery((nursery) => {
      nursery.spawn(async () => {
        await checkpoint();
        record.push("task");
      });
    })
  );
  assertEquals(record, ["task"]);
});

test("run makes a root task, named as told, without parent or nursery", async () => {
  const tasks = await run(() => {
    const task = currentTask();
    assertEquals(rootTasks.has(task), true);
    assertEquals([task.name, task.parent, task.nursery, task.state], [
      "boss",
      null,
      null,
      "running",
    ]);
    return task;
  }, { name: "boss" });
  assertEquals([rootTasks.size, tasks.state], [0, "done"]);
});

test("run keeps the process alive while a task waits for something without a handle", async () => {
  // The timer does not keep the process; without the run it would end before the timer rings.
  const code = `
    import { run } from "${new URL("run.ts", import.meta.url)}";
    import { Event } from "${new URL("event.ts", import.meta.url)}";
    const event = new Event();
    Deno.unrefTimer(setTimeout(() => event.set(), 50));
    run(() => event.wait(), { handleSigint: false }).then(() => console.log("woken"));
  `;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", code],
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  assertEquals([text.decode(stdout), text.decode(stderr)], ["woken\n", ""]);
});

test("run twice at once keeps the two trees apart", async () => {
  const seen = await Promise.all(["a", "b"].map((name) =>
    run(async () => {
      await checkpoint();
      const task = await openNursery((nursery) => nursery.spawn(() => checkpoint()));
      return [currentTask().name, task?.parent?.name];
    }, { name })
  ));
  assertEquals(seen, [["a", "a"], ["b", "b"]]);
});

test("currentTask throws a UsageError outside run()", () => {
  assertThrows(() => currentTask(), UsageError, "only inside run()");
  assertEquals(contextOrNone(), undefined);
});

test("currentTask is the task itself, on both sides of an await", async () => {
  await run(() =>
    openNursery((nursery) => {
      for (let i = 0; i < 2; i++) {
        const task = nursery.spawn(async () => {
          assertStrictEquals(currentTask(), task);
          await checkpoint();
          assertStrictEquals(currentTask(), task);
        });
      }
    })
  );
});

test("run lets finally blocks of cancelled tasks do their work", async () => {
  const record: string[] = [];
  await run(() =>
    openNursery(async (nursery) => {
      nursery.spawn(async () => {
        try {
          await sleepForever();
        } finally {
          await assertRejects(() => checkpoint(), Cancelled);
          record.push("cleaned up");
        }
      });
      await checkpoint();
      nursery.cancelScope.cancel();
    })
  );
  assertEquals(record, ["cleaned up"]);
});

test("what is left of a run that is over gets a UsageError, and may begin a run of its own", async () => {
  const later: (() => Promise<unknown>)[] = [];
  const event = new Event();
  const { promise, resolve } = Promise.withResolvers<unknown[]>();
  await run(() => {
    later.push(() => sleep(1), () => event.wait(), () => checkpoint(), () => openNursery(() => {}));
    setTimeout(async () => {
      const outcomes = await Promise.allSettled(later.map((begin) => begin()));
      const names = outcomes.map((each) => each.status === "rejected" ? each.reason.name : "ok");
      resolve([...names, await run(() => 7)]);
    });
  }, { handleSigint: false });
  assertEquals(await promise, [...later.map(() => "UsageError"), 7]);
});

test("outside a run every operation rejects, and none throws", async () => {
  const event = new Event();
  const operations = [
    () => sleep(1),
    () => sleep(0),
    () => sleepForever(),
    () => event.wait(),
    () => checkpoint(),
    () => cancelShieldedCheckpoint(),
    () => openNursery(() => {}),
    () => new Lock().acquire(),
    () => hold(Promise.resolve(1), "x"),
    () => moveOnAfter(1, () => {}),
    () => race([() => 1]),
  ];
  for (const operation of operations) {
    let promise: Promise<unknown> | null = null;
    promise = operation();
    await assertRejects(() => promise, UsageError, "only inside run()");
  }
});

test("a call that is not awaited ends neither the process nor an innocent call, and is told by its line", async () => {
  const program = new URL("../../fixtures/programs/forgets_await.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", program],
  }).output();
  const text = new TextDecoder();
  assertEquals([code, text.decode(stdout)], [0, "main goes on\nthe innocent call answers\n"]);
  const told = text.decode(stderr).split("\n").filter((line) => line.startsWith("unwedge: a call"));
  assertEquals(told.length, 2, text.decode(stderr));
  for (const line of told) assertMatch(line, /forgets_await\.ts:\d+:\d+ in beat was not awaited/);
});
