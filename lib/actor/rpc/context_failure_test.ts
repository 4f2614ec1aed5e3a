/** How a context ends when it does not end well: failures, cancels, and peers that are lost or break the rules. */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { CancelScope } from "../cancel_scope.ts";
import {
  BrokenResourceError,
  Cancelled,
  ClosedResourceError,
  KeyboardInterrupt,
} from "../errors.ts";
import { Event } from "../event.ts";
import { openNursery } from "../nursery.ts";
import { interruptTask } from "../run.ts";
import { sleepForever } from "../sleep.ts";
import { currentTask } from "../context.ts";
import {
  takeSnapshot,
  testInRun,
  waitAllTasksBlocked,
} from "../../../tests/support/runtime_testing.ts";
import type { WireValue } from "../wire/frame.ts";
import { RemoteActorError } from "../wire/remote_error.ts";
import type { ServedContext } from "./context.ts";
import type { CallerContext } from "./context.ts";
import { WINDOW } from "./stream_window.ts";
import { converse, puppetry, waiter } from "../../../tests/support/rpc_testing.ts";

const WIRE = {
  type: "E",
  message: "m",
  stack: "",
  actor: "root/puppet",
  cause: null,
  errors: [],
  reason: null,
  code: null,
};

testInRun("openContext fails when the function fails after its reader has left", async () => {
  await converse({
    async produce(context: ServedContext) {
      context.started();
      try {
        for (;;) await context.send(1);
      } catch {
        throw new TypeError("could not clean up");
      }
    },
  }, async ({ portal }) => {
    const error = await assertRejects(
      () => portal.openContext("produce", [], () => {}),
      RemoteActorError,
    );
    assertEquals(error.remoteMessage, "could not clean up");
  });
});

testInRun(
  "a function that fails wakes the body in receive, after the values it had sent",
  async () => {
    await converse({
      async failing(context: ServedContext) {
        context.started();
        await context.send(1);
        await context.send(2);
        throw new RangeError("the third is missing");
      },
    }, async ({ portal }) => {
      const got: WireValue[] = [];
      const error = await assertRejects(() =>
        portal.openContext("failing", [], async (context) => {
          for await (const value of context) got.push(value);
        }), RemoteActorError);
      assertEquals(error.remoteMessage, "the third is missing");
      assertEquals(got, [1, 2]);
    });
  },
);

testInRun("a function that fails cancels a body that waits for something else", async () => {
  const seen: unknown[] = [];
  await converse({
    failing(context: ServedContext) {
      context.started();
      throw new RangeError("no");
    },
  }, async ({ portal }) => {
    const error = await assertRejects(() =>
      portal.openContext("failing", [], async () => {
        try {
          await sleepForever();
        } catch (error) {
          seen.push(error);
          throw error;
        }
      }), RemoteActorError);
    assertEquals(error.remoteType, "RangeError");
    const [cancelled] = seen;
    assertInstanceOf(cancelled, Cancelled);
    assertStringIncludes(cancelled.reason.detail ?? "", "RangeError in actor root: no");
  });
});

testInRun("a function that fails wakes all who wait for its result", async () => {
  await puppetry({}, async ({ portal, say, hear }) => {
    await openNursery(async (nursery) => {
      nursery.spawn(async () => {
        await hear();
        say({ kind: "started", call: 1, value: null });
      });
      await assertRejects(() =>
        portal.openContext("f", [], async (context) => {
          await openNursery(async (waiters) => {
            for (let i = 0; i < 3; i++) {
              waiters.spawn(() =>
                assertRejects(() => context.result(), RemoteActorError, "E in actor root/puppet: m")
              );
            }
            await waitAllTasksBlocked();
            say({ kind: "error", call: 1, error: WIRE });
          });
        }), RemoteActorError);
    });
  });
});

testInRun(
  "a body that fails cancels the function, waits for its end, and its error comes out",
  async () => {
    const { serve, ended } = waiter();
    await converse({ serve }, async ({ portal }) => {
      const mistake = new TypeError("mistake");
      const error = await assertRejects(() =>
        portal.openContext("serve", [], () => {
          throw mistake;
        })
      );
      assertStrictEquals(error, mistake);
      const [heard] = ended;
      assertInstanceOf(heard, Cancelled);
      assertEquals(heard.reason.source, "sibling-failure");
      assertStringIncludes(heard.reason.detail ?? "", "TypeError: mistake");
    });
  },
);

testInRun("a cancelled context cancels the function for the same reason", async () => {
  const { serve, ended } = waiter();
  await converse({ serve }, async ({ portal }) => {
    const scope = new CancelScope({ name: "around" });
    const outcome = await scope.run(() =>
      portal.openContext("serve", [], async () => {
        scope.cancel("enough");
        await sleepForever();
      })
    );
    assertEquals(outcome.kind, "cancelled");
    const [heard] = ended;
    assertInstanceOf(heard, Cancelled);
    assertEquals([heard.reason.scope, heard.reason.detail], ["around", "enough"]);
  });
});

testInRun(
  "a context is cancelled while it waits for started, and the function hears of it",
  async () => {
    await puppetry({}, async ({ portal, say, hear }) => {
      const scope = new CancelScope();
      await openNursery(async (nursery) => {
        nursery.spawn(() => scope.run(() => portal.openContext("f", [], () => {})));
        assertEquals((await hear()).kind, "start");
        scope.cancel();
        assertEquals((await hear()).kind, "cancel");
        say({ kind: "return", call: 1, value: null });
      });
      assertEquals(scope.cancelledCaught, true);
    });
  },
);

testInRun(
  "a function that ignores its cancel is given a bounded time, and is forgotten then",
  async () => {
    await puppetry({}, async ({ portal, say, hear, link }) => {
      let leaked: CallerContext | null = null;
      await openNursery(async (nursery) => {
        nursery.spawn(() =>
          assertRejects(() =>
            portal.openContext("f", [], (context) => {
              leaked = context;
              throw new TypeError("mistake");
            }), TypeError)
        );
        assertEquals((await hear()).kind, "start");
        say({ kind: "start-ack", call: 1 }, { kind: "started", call: 1, value: null });
        assertEquals((await hear()).kind, "cancel");
        const left = await hear();
        assertEquals(left, { kind: "stop", call: 1, side: "yours", reads: false });
      });
      // Far too late, and beyond every window: no code is there to be hurt.
      for (let i = 0; i < 2 * WINDOW.messages; i++) {
        say({ kind: "yield", call: 1, side: "yours", value: i, bytes: 8 });
      }
      say({ kind: "credit", call: 1, side: "yours", count: 9 });
      say({ kind: "return", call: 1, value: null });
      await openNursery(async (nursery) => {
        nursery.spawn(async () => assertEquals(await portal.run("g"), 1));
        await hear();
        say({ kind: "return", call: 2, value: 1 });
      });
      assertEquals(link.channel.state, "open");
      assert(leaked !== null);
      const late: CallerContext = leaked;
      await assertRejects(() => late.receive(), ClosedResourceError);
      await assertRejects(() => late.send(1), ClosedResourceError);
    }, { boundMs: 1 });
  },
);

testInRun("an interrupt while a context is being cancelled is not swallowed", async () => {
  await puppetry({}, async ({ portal, say, hear }) => {
    const self = currentTask();
    await openNursery(async (nursery) => {
      nursery.spawn(async () => {
        await hear();
        say({ kind: "started", call: 1, value: null });
        assertEquals((await hear()).kind, "cancel");
        interruptTask(self);
      });
      await assertRejects(() =>
        portal.openContext("f", [], () => {
          throw new TypeError("mistake");
        }), KeyboardInterrupt);
    });
  });
});

testInRun(
  "a function that returns before it said started fails the call, not the link",
  async () => {
    await converse({
      silent: () => 1,
      fine: () => 2,
      late: async (context: ServedContext) => {
        await assertRejects(() => context.send(1), Error, "call started() before sending");
        context.started();
        let twice: unknown = null;
        try {
          context.started();
        } catch (error) {
          twice = error;
        }
        return String(twice);
      },
    }, async ({ portal }) => {
      const error = await assertRejects(
        () => portal.openContext("silent", [], () => {}),
        RemoteActorError,
      );
      assertEquals(error.remoteMessage, '"silent" returned without calling started()');
      const said = await portal.openContext("late", [], (context) => context.result());
      assertStringIncludes(String(said), "started() was called twice");
      assertEquals(await portal.run("fine"), 2);
    });
  },
);

testInRun("a peer that returns before it said started fails the call, not the link", async () => {
  await puppetry({}, async ({ portal, say, hear, link }) => {
    await openNursery(async (nursery) => {
      nursery.spawn(() =>
        assertRejects(() => portal.openContext("f", [], () => {}), Error, "before it said started")
      );
      await hear();
      say({ kind: "return", call: 1, value: null });
    });
    assertEquals(link.channel.state, "open");
  });
});

testInRun("a started value that cannot cross fails the call, not the link", async () => {
  await converse({
    odd(context: ServedContext) {
      context.started({ then: () => {} });
    },
    fine: () => 1,
  }, async ({ portal }) => {
    const error = await assertRejects(
      () => portal.openContext("odd", [], () => {}),
      RemoteActorError,
    );
    assertStringIncludes(
      error.remoteMessage,
      "value.then cannot cross to another actor: a function",
    );
    assertEquals(await portal.run("fine"), 1);
  });
});

testInRun(
  "openContext fails with the link: while it waits to start, in the body, and at the end",
  async () => {
    const lost = () => new BrokenResourceError("lost");
    await puppetry({}, async ({ portal, link, hear }) => {
      await openNursery(async (nursery) => {
        nursery.spawn(() =>
          assertRejects(() => portal.openContext("f", [], () => {}), BrokenResourceError, "lost")
        );
        await hear();
        link.channel.abort(lost());
      });
      await assertRejects(
        () => portal.openContext("f", [], () => {}),
        BrokenResourceError,
        "lost",
      );
    });
    const bodies: [string, (context: CallerContext) => unknown][] = [
      ["recv", (context) => context.receive()],
      ["rpc", (context) => context.result()],
      ["sleep", () => sleepForever()],
      ["send", async (context) => {
        for (let i = 0; i < 2 * WINDOW.messages; i++) await context.send(i);
      }],
      ["rpc", () => {}],
    ];
    for (const [wait, body] of bodies) {
      const began = new Event();
      await puppetry({}, async ({ portal, link, hear, say }) => {
        await openNursery(async (nursery) => {
          nursery.spawn(
            () =>
              assertRejects(
                () =>
                  portal.openContext("f", [], (context) => {
                    began.set();
                    return body(context);
                  }),
                BrokenResourceError,
                "lost",
              ),
            "opener",
          );
          await hear();
          say({ kind: "started", call: 1, value: null });
          await began.wait();
          await waitAllTasksBlocked();
          const opener = takeSnapshot().tasks.find(({ name }) => name === "opener");
          assertEquals(opener?.parkedOn.map(({ kind }) => kind), [wait]);
          link.channel.abort(lost());
        });
      });
    }
  },
);

testInRun(
  "a function keeps what was sent before its caller was lost, and is then told",
  async () => {
    const got: unknown[] = [];
    const running = new Event();
    await puppetry({
      async read(context: ServedContext) {
        context.started();
        got.push(await context.receive());
        running.set();
        try {
          for await (const value of context) got.push(value);
        } catch (error) {
          got.push(error);
        }
      },
    }, async ({ link, say }) => {
      say(
        { kind: "start", call: 1, fn: "read", args: [], window: WINDOW },
        { kind: "yield", call: 1, side: "mine", value: 1, bytes: 8 },
      );
      await running.wait();
      say({ kind: "yield", call: 1, side: "mine", value: 2, bytes: 8 }, { kind: "bye" });
      await link.done.wait();
      await waitAllTasksBlocked();
      assertEquals(got.slice(0, 2), [1, 2]);
      assertInstanceOf(got[2], ClosedResourceError);
    });
  },
);
