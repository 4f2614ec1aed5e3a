import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { checkpoint } from "./checkpoint.ts";
import { Cancelled, UsageError } from "./errors.ts";
import { openNursery } from "./nursery.ts";
import { run } from "./run.ts";
import { sleepForever } from "./sleep.ts";
import { contextOrNone, currentTask, rootTasks } from "./task.ts";
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
