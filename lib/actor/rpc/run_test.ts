/** `Portal.run` and what serves it, over a real MessageChannel. */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  fail,
} from "@std/assert";
import { CancelScope, moveOnAfter } from "../cancel_scope.ts";
import {
  BrokenResourceError,
  Cancelled,
  ClosedResourceError,
  KeyboardInterrupt,
  TooSlowError,
  UsageError,
} from "../errors.ts";
import { Event } from "../event.ts";
import { openNursery } from "../nursery.ts";
import { interruptTask } from "../run.ts";
import { sleep, sleepForever } from "../sleep.ts";
import { checkpointIfCancelled } from "../checkpoint.ts";
import { currentContext, currentTask } from "../context.ts";
import {
  takeSnapshot,
  test,
  testInRun,
  waitAllTasksBlocked,
} from "../../../tests/support/runtime_testing.ts";
import { ProtocolError, WIRE_VERSION, type WireValue } from "../wire/frame.ts";
import { transfer } from "../wire/clone.ts";
import { RemoteActorError } from "../wire/remote_error.ts";
import { Channel } from "../wire/channel.ts";
import type { ServedContext } from "./context.ts";
import { type Functions, Link } from "./link.ts";
import { Portal } from "./portal.ts";
import { servedTasks } from "./served.ts";
import { converse, puppetry, REASON, waiter } from "../../../tests/support/rpc_testing.ts";

/** What a call is rejected with. */
async function failureOf(call: Promise<unknown>): Promise<RemoteActorError> {
  return await assertRejects(() => call, RemoteActorError);
}

testInRun("run calls the function with its arguments and returns its answer", async () => {
  await converse({
    add: (a: number, b: number) => a + b,
    later: async (value: WireValue) => {
      await waitAllTasksBlocked();
      return value;
    },
    nothing: () => {},
  }, async ({ portal }) => {
    assertEquals(await portal.run("add", 1, 2), 3);
    assertEquals(await portal.run("nothing"), undefined);
    const value = { list: [1, null, "x"], bytes: new Uint8Array([1]), at: new Date(5) };
    assertEquals(await portal.run("later", value), value);
  });
});

testInRun("run carries whatever structuredClone does, as it does", async () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  const shared = new SharedArrayBuffer(4);
  const values = [
    -0,
    NaN,
    undefined,
    10n ** 30n,
    [1, , 3],
    { a: undefined, "__proto__x": 1 },
    new Map([[{ key: 1 }, new Set([1, "2"])]]),
    new Date(NaN),
    /x+/gi,
    new Float64Array([1.5, -0]),
    new BigInt64Array([1n]),
    new DataView(new ArrayBuffer(3), 1),
    cyclic,
    "y".repeat(20 * 2 ** 20),
  ];
  await converse({
    echo: (value: WireValue) => value,
    sum: (a = 1, b = 2) => a + b,
    touch: (memory: SharedArrayBuffer) => void new Int32Array(memory).fill(7),
    length: (buffer: ArrayBuffer) => buffer.byteLength,
  }, async ({ portal }) => {
    for (const value of values) {
      for (const around of [value, { value }]) {
        assertEquals(await portal.run("echo", around), around);
      }
    }
    const [, hole] = [await portal.run("echo", [1, , 3])].flat();
    assertEquals(hole, 3);
    const failure = new RangeError("far", { cause: new TypeError("further") });
    const back = await portal.run("echo", failure);
    assertInstanceOf(back, RangeError);
    assertInstanceOf(back.cause, TypeError);
    assertEquals(await portal.run("sum", undefined, 5), 6);
    await portal.run("touch", shared);
    assertEquals(new Int32Array(shared)[0], 7);
    const buffer = new ArrayBuffer(100);
    assertEquals(await portal.run("length", transfer(buffer, [buffer])), 100);
    assertEquals(buffer.byteLength, 0);
  });
});

testInRun(
  "a function that returns no promise has a task and a scope of its own, and leaves nothing behind",
  async () => {
    const seen: unknown[] = [];
    const left: unknown[] = [];
    const thenable = { then: (resolve: (value: number) => void) => resolve(7) };
    await converse({
      look() {
        const task = currentTask();
        seen.push(task);
        return takeSnapshot().tasks.filter(({ id }) => id === task.id)
          .map(({ name, servesCall }) => [name, servesCall]);
      },
      forget: () => void sleepForever().catch((error: unknown) => left.push(error)),
      cancelSelf: () => {
        currentContext().scope.cancel("by itself");
        checkpointIfCancelled();
      },
      thenable: () => thenable,
    }, async ({ portal }) => {
      assertEquals(await portal.run("look"), [["look", 1]]);
      assertEquals(await portal.run("look"), [["look", 2]]);
      assert(seen[0] !== seen[1] && seen[0] !== currentTask());
      await portal.run("forget");
      assertInstanceOf(left[0], Cancelled);
      assertEquals((await failureOf(portal.run("cancelSelf"))).reason?.detail, "by itself");
      assertEquals(await portal.run("thenable"), 7);
      assertEquals(servedTasks.size, 0);
    });
  },
);

testInRun("run keeps many calls at once apart, both ways", async () => {
  const echo = async (value: WireValue) => {
    await waitAllTasksBlocked();
    return value;
  };
  await converse({ echo }, async ({ portal, farPortal }) => {
    const calls = Array.from(
      { length: 100 },
      (_, i) => (i % 2 === 0 ? portal : farPortal).run("echo", i),
    );
    assertEquals(await Promise.all(calls), calls.map((_, i) => i));
  }, { back: { echo } });
});

testInRun(
  "run refuses a function that is not there, and everything that objects inherit",
  async () => {
    const functions: Functions = { add: (a: number, b: number) => a + b, notYet: undefined };
    await converse(functions, async ({ portal }) => {
      const names = [
        "subtract",
        "notYet",
        "constructor",
        "toString",
        "__proto__",
        "hasOwnProperty",
        "",
      ];
      for (const name of names) {
        const error = await failureOf(portal.run(name, "return 1"));
        assertEquals(error.remoteType, "TypeError", name);
        assertStringIncludes(error.remoteMessage, `there is no function "${name}"`);
      }
      assertEquals(await portal.run("add", 1, 1), 2);
    });
  },
);

testInRun(
  "run rejects with what the function threw: type, message, stack, cause, parts, actor",
  async () => {
    await converse({
      fail() {
        throw new AggregateError(
          [new TypeError("a"), new AggregateError([new RangeError("b")])],
          "two",
          {
            cause: new TooSlowError("slow"),
          },
        );
      },
      throwText() {
        throw "text";
      },
      throwBare() {
        throw Object.create(null);
      },
    }, async ({ portal }) => {
      const error = await failureOf(portal.run("fail"));
      assertEquals([error.remoteType, error.remoteMessage], ["AggregateError", "two"]);
      assertEquals(error.actorPath, "root");
      assertStringIncludes(error.remoteStack, "run_test.ts");
      assertInstanceOf(error.cause, RemoteActorError);
      assertEquals(error.cause.remoteType, "TooSlowError");
      assertEquals(error.errors[1]?.errors[0]?.remoteType, "RangeError");
      assertEquals((await failureOf(portal.run("throwText"))).remoteMessage, "text");
      assertStringIncludes((await failureOf(portal.run("throwBare"))).remoteMessage, "no text");
    });
  },
);

testInRun(
  "run rejects with an error when the answer cannot cross, and the link goes on",
  async () => {
    await converse({
      late: () => [Promise.resolve(1)],
      deep: () => {
        let value: WireValue = () => 1;
        for (let i = 0; i < 20; i++) value = { next: [value] };
        return value;
      },
      fine: () => 1,
    }, async ({ portal }) => {
      for (
        const [fn, why] of [
          ["late", "value[0] cannot cross"],
          ["deep", ".next[0] cannot cross to another actor: a function"],
        ] as const
      ) {
        const error = await failureOf(portal.run(fn));
        assertStringIncludes(error.remoteMessage, `what "${fn}" returned cannot cross`);
        assertStringIncludes(error.remoteMessage, why);
        assertInstanceOf(error.cause, RemoteActorError);
      }
      assertEquals(await portal.run("fine"), 1);
    });
  },
);

testInRun("run rejects at once when an argument cannot cross, and the link goes on", async () => {
  await converse({ fine: () => 1 }, async ({ portal }) => {
    await assertRejects(
      () => portal.run("fine", 1, { at: Symbol("x") }),
      TypeError,
      "args[1].at cannot cross",
    );
    assertEquals(await portal.run("fine"), 1);
  });
});

testInRun("a cancelled run cancels the function, which hears by whom and why", async () => {
  const { serve: wait, running, ended } = waiter();
  await converse({ wait }, async ({ portal }) => {
    const scope = new CancelScope({ name: "impatient" });
    await openNursery(async (nursery) => {
      nursery.spawn(() => scope.run(() => portal.run("wait")));
      await running.wait();
      scope.cancel("no time");
    });
    assertEquals(scope.cancelledCaught, true);
    // The next call begins after the cancel was delivered.
    await failureOf(portal.run("nope"));
    const [error] = ended;
    assertInstanceOf(error, Cancelled);
    assertEquals(error.reason.source, "explicit");
    assertEquals([error.reason.scope, error.reason.detail], ["impatient", "no time"]);
  });
});

testInRun("a run that is interrupted cancels the function too", async () => {
  await puppetry({}, async ({ portal, hear }) => {
    const self = currentTask();
    await openNursery(async (nursery) => {
      nursery.spawn(async () => {
        await hear();
        interruptTask(self);
      });
      await assertRejects(() => portal.run("wait"), KeyboardInterrupt);
    });
    const cancel = await hear();
    assert(cancel.kind === "cancel");
    assertEquals([cancel.call, cancel.reason.source], [1, "keyboard-interrupt"]);
  });
});

testInRun("run in a cancelled scope does not begin the call", async () => {
  let called = 0;
  await converse({ count: () => ++called }, async ({ portal }) => {
    const scope = new CancelScope();
    scope.cancel();
    await scope.run(async () => {
      await assertRejects(() => portal.run("count"), Cancelled);
      await assertRejects(() => portal.openContext("count", [], () => {}), Cancelled);
    });
    assertEquals(await portal.run("count"), 1);
  });
});

testInRun("run is a wait of kind rpc on its peer, at the line of the caller", async () => {
  await puppetry({}, async ({ portal, say, hear }) => {
    await openNursery(async (nursery) => {
      nursery.spawn(() => portal.run("wait"), "caller");
      await hear();
      const [park] = takeSnapshot().tasks.find(({ name }) => name === "caller")?.parkedOn ?? [];
      assertEquals([park?.kind, park?.peer], ["rpc", "root/puppet"]);
      assertEquals(park?.site?.file, import.meta.url);
      say({ kind: "return", call: 1, value: null });
    });
  });
});

testInRun("run rejects when the peer goes: lost, aborted, goodbye, tasks cancelled", async () => {
  const ends = [
    ["eof", BrokenResourceError],
    ["abort", BrokenResourceError],
    ["bye", ClosedResourceError],
    ["cancel-peer-tasks", BrokenResourceError],
    ["malformed", ProtocolError],
  ] as const;
  for (const [end, type] of ends) {
    await puppetry({}, async ({ portal, link, say, hear }) => {
      await openNursery(async (nursery) => {
        nursery.spawn(async () => {
          const error = await portal.run("wait").catch((error: unknown) => error);
          assertInstanceOf(error, type);
        }, end);
        await hear();
        if (end === "eof") link.channel.eof("its lock was granted");
        if (end === "abort") link.channel.abort(new BrokenResourceError("given up"));
        if (end === "bye") say({ kind: "bye" });
        if (end === "cancel-peer-tasks") link.loopScope.cancel("it was abandoned");
        if (end === "malformed") {
          say({ kind: "handshake", version: WIRE_VERSION, path: "somebody else" });
        }
      });
      await link.done.wait();
      const later = await portal.run("wait").catch((error: unknown) => error);
      assertInstanceOf(later, Error);
    });
  }
});

testInRun("a function whose caller is lost is cancelled", async () => {
  const { serve: wait, running, ended } = waiter();
  await puppetry({ wait }, async ({ link, say }) => {
    say({ kind: "start", call: 1, fn: "wait", args: [], window: null });
    await running.wait();
    link.channel.eof("dead");
    await waitAllTasksBlocked();
    const [error] = ended;
    assertInstanceOf(error, Cancelled);
    assertEquals([error.reason.source, error.reason.detail], [
      "shutdown",
      "root/puppet, the caller, is gone",
    ]);
  });
});

testInRun("a cancel for a call that has ended, or never began, is ignored", async () => {
  await puppetry({ quick: () => 1 }, async ({ say, hear, link }) => {
    say({ kind: "cancel", call: 5, reason: REASON });
    say({ kind: "start", call: 1, fn: "quick", args: [], window: null });
    assertEquals(await hear(), { kind: "return", call: 1, value: 1 });
    say({ kind: "cancel", call: 1, reason: REASON });
    say({ kind: "start", call: 2, fn: "quick", args: [], window: null });
    assertEquals(await hear(), { kind: "return", call: 2, value: 1 });
    assertEquals(link.channel.state, "open");
  });
});

testInRun(
  "a cancel that comes in one message with its start is answered, and the function does not begin",
  async () => {
    let began = false;
    await puppetry({
      async wait() {
        began = true;
        await sleepForever();
      },
    }, async ({ say, hear }) => {
      say(
        { kind: "start", call: 1, fn: "wait", args: [], window: null },
        { kind: "cancel", call: 1, reason: REASON },
      );
      assertEquals(await hear(), { kind: "cancel-ack", call: 1 });
      const answer = await hear();
      assert(answer.kind === "error");
      assertEquals([answer.error.type, answer.error.reason], ["Cancelled", REASON]);
      assertEquals(began, false);
    });
  },
);

testInRun("calls that are queued when their channel breaks do not begin", async () => {
  const began: number[] = [];
  await puppetry({
    work(n: number) {
      began.push(n);
      if (n === 2) breaks();
    },
  }, async ({ say, link }) => {
    breaks = () => link.channel.abort(new BrokenResourceError("given up"));
    say(...[1, 2, 3, 4].map((call) => (
      { kind: "start", call, fn: "work", args: [call], window: null } as const
    )));
    await link.done.wait();
    await waitAllTasksBlocked();
    assertEquals(began, [1, 2]);
  });
});
let breaks = () => {};

testInRun("takeSnapshot tells whose call a task answers, also before it has begun", async () => {
  const seen: unknown[] = [];
  await puppetry({
    look: () => {
      const served = takeSnapshot().tasks.filter(({ serves }) => serves !== undefined);
      seen.push(...served.map(({ name, state, serves }) => [name, state, serves]));
    },
    next: () => {},
  }, async ({ say, hear }) => {
    say(
      { kind: "start", call: 1, fn: "look", args: [], window: null },
      { kind: "start", call: 2, fn: "next", args: [], window: null },
    );
    await hear();
    await hear();
    assertEquals(servedTasks.size, 0);
  });
  assertEquals(seen, [["look", "native", "root/puppet"], ["next", "starting", "root/puppet"]]);
});

testInRun(
  "a call that comes when the nursery is closed is answered, and the link goes on",
  async () => {
    await converse({}, async ({ far, portal }) => {
      await openNursery((over) => far.serve({ f: () => 1 }, over));
      for (let i = 0; i < 2; i++) {
        const error = await failureOf(portal.run("f"));
        assertEquals(error.remoteType, "ClosedResourceError");
        assertStringIncludes(error.remoteMessage, "takes no more calls");
      }
      assertEquals(far.channel.state, "open");
    });
  },
);

testInRun(
  "a cancel from further out than the call ends the function and is passed on",
  async () => {
    await puppetry({}, async ({ link, say, hear }) => {
      await openNursery(async (actor) => {
        await openNursery(async (calls) => {
          link.serve({ wait: () => sleepForever() }, calls);
          say({ kind: "start", call: 1, fn: "wait", args: [], window: null });
          await waitAllTasksBlocked();
          while (calls.running === 0) await waitAllTasksBlocked();
          actor.cancelScope.cancel("the actor ends");
        });
        fail("the cancel ended with the call and did not reach its own scope");
      });
      const answer = await hear();
      assert(answer.kind === "error");
      assertEquals(answer.error.reason?.detail, "the actor ends");
    });
  },
);

testInRun(
  "an error passes through two hops with its first actor, type, cause and parts",
  async () => {
    await converse({
      fail() {
        throw new AggregateError([new TypeError("part")], "deep", { cause: new RangeError("why") });
      },
    }, async (inner) => {
      await converse({ relay: () => inner.portal.run("fail") }, async (outer) => {
        const direct = await failureOf(inner.portal.run("fail"));
        const relayed = await failureOf(outer.portal.run("relay"));
        assertEquals(relayed.message, direct.message);
        assertEquals(relayed.remoteType, "AggregateError");
        assertEquals(relayed.errors[0]?.remoteMessage, "part");
        assertInstanceOf(relayed.cause, RemoteActorError);
        assertEquals(relayed.cause.remoteType, "RangeError");
      });
    });
  },
);

testInRun("a cancel passes through two hops", async () => {
  const { serve: wait, running, ended } = waiter();
  await converse({ wait }, async (inner) => {
    await converse({ relay: () => inner.portal.run("wait") }, async (outer) => {
      const scope = new CancelScope({ name: "outermost" });
      await openNursery(async (nursery) => {
        nursery.spawn(() => scope.run(() => outer.portal.run("relay")));
        await running.wait();
        scope.cancel();
      });
      await failureOf(outer.portal.run("nope"));
      await failureOf(inner.portal.run("nope"));
      const [error] = ended;
      assertInstanceOf(error, Cancelled);
      assertEquals(error.reason.scope, "outermost");
    });
  });
});

testInRun("calls that are refused again and again let the loop turn", async () => {
  await puppetry({}, async ({ link, portal }) => {
    link.channel.abort(new BrokenResourceError("lost"));
    let turned = false;
    setImmediate(() => setImmediate(() => turned = true));
    while (!turned) await assertRejects(() => portal.run("f"), BrokenResourceError);
    turned = false;
    setImmediate(() => setImmediate(() => turned = true));
    while (!turned) {
      await assertRejects(() => portal.openContext("f", [], () => {}), BrokenResourceError);
    }
  });
});

/** How a scope around `call` is left that is cancelled once `event` is set. */
async function cancelledOnce(event: Event, call: () => Promise<unknown>) {
  const scope = new CancelScope();
  return await openNursery(async (nursery) => {
    nursery.spawn(async () => {
      await event.wait();
      scope.cancel();
    });
    return await scope.run(call);
  }) ?? fail("the nursery was cancelled");
}

testInRun(
  "a cancelled run waits for its function to end, and for no longer than its bound",
  async () => {
    const record: string[] = [];
    const running = new Event();
    const cleanUp = async () => {
      try {
        running.set();
        await sleepForever();
      } finally {
        await new CancelScope({ shield: true }).run(() => sleep(20));
        record.push("cleaned up");
      }
    };
    await converse({ cleanUp }, async ({ portal }) => {
      const { kind } = await cancelledOnce(running, () => portal.run("cleanUp"));
      assertEquals([kind, ...record], ["cancelled", "cleaned up"]);
    });
    await puppetry({}, async ({ portal }) => {
      const { kind } = await moveOnAfter(5, () => portal.run("deaf"));
      assertEquals(kind, "cancelled");
    }, { boundMs: 30 });
  },
);

testInRun("a cancelled run whose function returns all the same gives its value", async () => {
  const running = new Event();
  const stubborn = async () => {
    running.set();
    await sleepForever().catch(() => {});
    return 7;
  };
  await converse({ stubborn }, async ({ portal }) => {
    const outcome = await cancelledOnce(running, () => portal.run("stubborn"));
    assertEquals(outcome, { kind: "done", value: 7 });
  });
});

testInRun(
  "an error of a call tells the call here, and a function for contexts what it is for",
  async () => {
    await converse({
      fail: () => {
        throw new RangeError("no");
      },
      count: (context: ServedContext) => context.started(),
    }, async ({ portal }) => {
      const error = await assertRejects(() => portal.run("fail"), RemoteActorError);
      assertMatch(error.stack ?? "", /at call of "fail" \(file:.*run_test\.ts:\d+:\d+\)$/);
      const wrong = await assertRejects(() => portal.run("count"), RemoteActorError);
      assertStringIncludes(wrong.remoteMessage, "call it with openContext()");
    });
  },
);

test("run rejects outside a run, and throws nothing", async () => {
  const { port1, port2 } = new MessageChannel();
  const link = new Link(new Channel(port1, { path: "root/far", state: "alive" }), {});
  const portal = new Portal(link, 10, () => Promise.resolve());
  const call = portal.run("f");
  await assertRejects(() => call, UsageError, "only inside run()");
  link.channel.close("done");
  port2.close();
});
