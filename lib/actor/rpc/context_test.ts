/** `Portal.openContext` and what serves it, over a real MessageChannel. */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { BrokenResourceError, ClosedResourceError, EndOfChannel } from "../errors.ts";
import { openNursery } from "../nursery.ts";
import {
  takeSnapshot,
  testInRun,
  waitAllTasksBlocked,
} from "../../../tests/support/runtime_testing.ts";
import type { WireValue } from "../wire/frame.ts";
import type { ServedContext } from "./context.ts";
import { WINDOW } from "./stream_window.ts";
import { converse, puppetry } from "../../../tests/support/rpc_testing.ts";

testInRun(
  "openContext hands over the started value, values both ways, and the result",
  async () => {
    await converse({
      async double(context: ServedContext, from: number) {
        context.started(`from ${from}`);
        let sum = 0;
        for await (const value of context) {
          sum += Number(value);
          await context.send(2 * Number(value));
        }
        return sum;
      },
    }, async ({ portal }) => {
      const answer = await portal.openContext("double", [3], async (context, first) => {
        assertEquals(first, "from 3");
        const doubled: WireValue[] = [];
        for (let i = 3; i < 6; i++) {
          await context.send(i);
          doubled.push(await context.receive());
        }
        context.stop();
        assertEquals(await context.result(), 12);
        await assertRejects(() => context.receive(), EndOfChannel);
        return doubled;
      });
      assertEquals(answer, [6, 8, 10]);
    });
  },
);

testInRun("openContext carries many windows of values in order, both ways at once", async () => {
  const count = 4 * WINDOW.messages;
  await converse({
    async echo(context: ServedContext) {
      context.started();
      for await (const value of context) await context.send(value);
    },
  }, async ({ portal }) => {
    await portal.openContext("echo", [], async (context) => {
      await openNursery((nursery) => {
        nursery.spawn(async () => {
          for (let i = 0; i < count; i++) await context.send(i);
          context.stop();
        });
        nursery.spawn(async () => {
          const got: WireValue[] = [];
          for await (const value of context) got.push(value);
          assertEquals(got, Array.from({ length: count }, (_, i) => i));
        });
      });
    });
  });
});

testInRun("openContext holds the writer back while it is not read", async () => {
  let sent = 0;
  await converse({
    async produce(context: ServedContext) {
      context.started();
      for (; sent < 3 * WINDOW.messages; sent++) await context.send(sent);
    },
  }, async ({ portal }) => {
    await portal.openContext("produce", [], async (context) => {
      const parked = () =>
        takeSnapshot().tasks.flatMap(({ parkedOn }) => parkedOn).filter(({ kind }) =>
          kind === "send"
        );
      while (parked().length === 0) await waitAllTasksBlocked();
      assertEquals(sent, WINDOW.messages);
      assertStringIncludes(parked()[0]?.resource ?? "", "window of 256 full");
      assertEquals(parked()[0]?.site?.file, import.meta.url);
      let read = 0;
      for await (const value of context) assertEquals(value, read++);
      assertEquals(read, 3 * WINDOW.messages);
    });
  });
});

testInRun(
  "openContext whose body has read enough ends a function that would send without end",
  async () => {
    let failure: unknown = null;
    let cleanedUp = false;
    await converse({
      async produce(context: ServedContext) {
        context.started();
        try {
          for (let i = 0;; i++) await context.send(i);
        } catch (error) {
          failure = error;
          throw error;
        } finally {
          cleanedUp = true;
        }
      },
    }, async ({ portal }) => {
      const third = await portal.openContext("produce", [], async (context) => {
        for await (const value of context) {
          if (value === 2) return value;
        }
        return null;
      });
      assertEquals([third, cleanedUp], [2, true]);
      assertInstanceOf(failure, BrokenResourceError);
    });
  },
);

testInRun(
  "a body that sends to a function that has returned is told, and does not wait",
  async () => {
    await converse({
      async readOne(context: ServedContext) {
        context.started();
        return await context.receive();
      },
    }, async ({ portal }) => {
      await portal.openContext("readOne", [], async (context) => {
        const error = await assertRejects(async () => {
          for (let i = 0; i < 2 * WINDOW.messages; i++) await context.send(i);
        }, BrokenResourceError);
        assertStringIncludes(error.message, "has ended");
        assertEquals(await context.result(), 0);
      });
    });
  },
);

testInRun("stop from either side ends the other's reading only", async () => {
  await converse({
    async meet(context: ServedContext) {
      context.started();
      context.stop();
      await assertRejects(() => context.send(1), ClosedResourceError);
      const got: WireValue[] = [];
      for await (const value of context) got.push(value);
      return got;
    },
  }, async ({ portal }) => {
    await portal.openContext("meet", [], async (context) => {
      await assertRejects(() => context.receive(), EndOfChannel);
      await context.send("still heard");
      context.stop();
      await assertRejects(() => context.send("not any more"), ClosedResourceError);
      assertEquals(await context.result(), ["still heard"]);
    });
  });
});

testInRun("a context of a function that has ended cannot be used any more", async () => {
  let leaked: ServedContext | null = null;
  await converse({
    keep(context: ServedContext) {
      context.started();
      leaked = context;
    },
  }, async ({ portal }) => {
    await portal.openContext("keep", [], () => {});
    assert(leaked !== null);
    const late: ServedContext = leaked;
    await assertRejects(() => late.send(1), ClosedResourceError, "over on this side");
    await assertRejects(() => late.receive(), ClosedResourceError);
    late.stop();
  });
});

testInRun("openContext names the line of its caller while it waits", async () => {
  await puppetry({}, async ({ portal, say, hear }) => {
    await openNursery(async (nursery) => {
      nursery.spawn(() => portal.openContext("f", [], () => {}), "opener");
      await hear();
      const site = () =>
        takeSnapshot().tasks.find(({ name }) => name === "opener")?.parkedOn[0]?.site?.file;
      assertEquals(site(), import.meta.url);
      say({ kind: "started", call: 1, value: null });
      assertEquals((await hear()).kind, "stop");
      assertEquals(site(), import.meta.url);
      say({ kind: "return", call: 1, value: null });
    });
  });
});
