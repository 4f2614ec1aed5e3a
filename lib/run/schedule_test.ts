import { assert, assertEquals, assertRejects } from "@std/assert";
import { schedule, type ScheduledTask, type SchedulePlan } from "./schedule.ts";

interface Named extends ScheduledTask {
  readonly name: string;
}

function task(name: string, expectedMs = 1, spins = false): Named {
  return { name, expectedMs, spins };
}

/** Runs tasks that end when the test says so, and writes down what happens. */
function rig(tasks: readonly Named[], plan: Partial<SchedulePlan<Named>> = {}) {
  const begun: string[] = [];
  const running = new Map<string, { started: () => void; end: () => void; fail: () => void }>();
  const done = schedule<Named>({
    tasks,
    jobs: 10,
    starts: 10,
    spinners: 1,
    enough: () => false,
    run: async ({ name }, started) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      begun.push(name);
      const fail = () => reject(new Error(`${name} broke`));
      running.set(name, { started, end: resolve, fail });
      await promise.finally(() => running.delete(name));
    },
    ...plan,
  });
  const settle = async () => {
    // Ends propagate over a few microtasks; no timer is involved anywhere.
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  const end = async (name: string) => {
    running.get(name)?.end();
    await settle();
  };
  return { begun, running, done, end, settle };
}

Deno.test("schedule begins with what spins, then the longest", async () => {
  const { begun, running, end, done } = rig([
    task("short", 1),
    task("long", 9),
    task("spins", 0, true),
  ]);
  assertEquals(begun, ["spins", "long", "short"]);
  for (const name of [...running.keys()]) await end(name);
  assertEquals(await done, []);
});

Deno.test("schedule lets at most `spinners` spin, and does not let them hold up the others", async () => {
  const { begun, running, end, done } = rig([
    task("a", 1, true),
    task("b", 1, true),
    task("light"),
  ]);
  assertEquals(begun, ["a", "light"]);
  await end("light");
  assertEquals([...running.keys()], ["a"]);
  await end("a");
  assertEquals([...running.keys()], ["b"]);
  await end("b");
  await done;
});

Deno.test("schedule lets as many spin as there may be", async () => {
  const tasks = ["a", "b", "c"].map((name) => task(name, 1, true));
  const { begun, running, end, done } = rig(tasks, { spinners: 2 });
  assertEquals(begun, ["a", "b"]);
  await end("b");
  assertEquals([...running.keys()], ["a", "c"]);
  await end("a");
  await end("c");
  await done;
});

Deno.test("schedule runs at most `jobs` at once", async () => {
  const { begun, end, done } = rig(["a", "b", "c"].map((name) => task(name)), { jobs: 2 });
  assertEquals(begun, ["a", "b"]);
  await end("a");
  assertEquals(begun, ["a", "b", "c"]);
  await end("b");
  await end("c");
  await done;
});

Deno.test("schedule lets at most `starts` be in their start", async () => {
  const { begun, running, end, settle, done } = rig(["a", "b", "c"].map((name) => task(name)), {
    starts: 1,
  });
  assertEquals(begun, ["a"]);
  running.get("a")?.started();
  running.get("a")?.started(); // said twice is once
  await settle();
  assertEquals(begun, ["a", "b"]);
  await end("b"); // one that ends without ever saying so has ended its start too
  assertEquals(begun, ["a", "b", "c"]);
  await end("a");
  await end("c");
  await done;
});

Deno.test("schedule begins nothing once there is enough, and returns what was left", async () => {
  let enough = false;
  const { end, done } = rig(["a", "b", "c"].map((name) => task(name)), {
    jobs: 1,
    enough: () => enough,
  });
  enough = true;
  await end("a");
  assertEquals((await done).map(({ name }) => name), ["b", "c"]);
});

Deno.test("schedule waits for the others before it passes on what one threw", async () => {
  const { running, end, settle, done } = rig(["a", "b", "c"].map((name) => task(name)), {
    jobs: 2,
  });
  let over = false;
  const failed = assertRejects(() => done, Error, "a broke").then(() => over = true);
  running.get("a")?.fail();
  await settle();
  assert(!over);
  assertEquals([...running.keys()], ["b"]);
  await end("b");
  await failed;
});

Deno.test("schedule of nothing is over at once", async () => {
  assertEquals(await rig([]).done, []);
});
