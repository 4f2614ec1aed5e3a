import { assertEquals, assertMatch } from "@std/assert";
import { test, testInRun } from "../../tests/support/runtime_testing.ts";
import { dumpTasks, snapshot } from "./dump_tasks.ts";
import { Event } from "./event.ts";
import { openNursery } from "./nursery.ts";
import { sleep } from "./sleep.ts";

testInRun(
  "dumpTasks shows each task below its parent, with what it waits for and where",
  async () => {
    const event = new Event("the door");
    await openNursery(async (nursery) => {
      nursery.spawn(
        () => openNursery((inner) => void inner.spawn(() => event.wait(), "guest")),
        "host",
      );
      await sleep(0);
      const [main = "", host = "", guest = ""] = dumpTasks().split("\n");
      assertMatch(main, /^#\d+ main: runs, or awaits a promise$/);
      assertMatch(host, /^ {2}#\d+ host: join nursery "nursery" \(1 running\), \d+ ms, at /);
      assertMatch(
        guest,
        /^ {4}#\d+ guest: event event "the door", \d+ ms, at .*dump_tasks_test.ts:/,
      );
      assertEquals(snapshot().tasks.map(({ name }) => name).sort(), ["guest", "host", "main"]);
      event.set();
    });
  },
);

test("dumpTasks is empty outside run()", () => {
  assertEquals(dumpTasks(), "");
});
