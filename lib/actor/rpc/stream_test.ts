import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { CancelScope } from "../cancel_scope.ts";
import { checkpoint } from "../checkpoint.ts";
import {
  BrokenResourceError,
  Cancelled,
  ClosedResourceError,
  EndOfChannel,
  UsageError,
} from "../errors.ts";
import { openNursery } from "../nursery.ts";
import {
  takeSnapshot,
  testInRun,
  waitAllTasksBlocked,
} from "../../../tests/support/runtime_testing.ts";
import { type Frame, ProtocolError, type WireValue } from "../wire/frame.ts";
import { Stream, type StreamPost } from "./stream.ts";
import { WINDOW as WINDOWS, windowOf } from "./stream_window.ts";

const WINDOW = WINDOWS.messages;
const PEER = { path: "root/peer", state: "alive" } as const;

/** A stream, and what it has posted. */
function lone(): { readonly stream: Stream; readonly posted: Frame[] } {
  const posted: Frame[] = [];
  const take = (frame: Frame) => void posted.push(frame);
  return { stream: new Stream(1, "mine", { ...PEER }, { send: take, tell: take }), posted };
}

/** Two streams joined without a channel: what one posts, the other has at once. */
function joined(
  window = WINDOWS,
): { readonly a: Stream; readonly b: Stream; readonly frames: Frame[] } {
  const frames: Frame[] = [];
  const sides: { a?: Stream; b?: Stream } = {};
  const to = (side: "a" | "b"): StreamPost => {
    const take = (frame: Frame) => {
      frames.push(frame);
      deliver(sides[side], frame);
    };
    return { send: take, tell: take };
  };
  const a = sides.a = new Stream(1, "mine", { ...PEER }, to("b"), window);
  const b = sides.b = new Stream(1, "yours", { ...PEER }, to("a"), window);
  return { a, b, frames };
}

function deliver(stream: Stream | undefined, frame: Frame): void {
  if (frame.kind === "yield") stream?.onYield(frame.value, frame.bytes);
  if (frame.kind === "credit") stream?.onCredit(frame.count);
  if (frame.kind === "stop") stream?.onStop(frame.reads);
}

function countOf(frames: readonly Frame[], kind: Frame["kind"]): number {
  return frames.filter((frame) => frame.kind === kind).length;
}

function waitsOf(task: string): (string | undefined)[] {
  const found = takeSnapshot().tasks.find(({ name }) => name === task);
  return found?.parkedOn.map(({ kind, resource }) => `${kind} ${resource}`) ?? [];
}

async function fill(stream: Stream): Promise<void> {
  for (let i = 0; i < WINDOW; i++) await stream.send(i);
}

testInRun("send and receive carry values in order, more than a window of them", async () => {
  const { a, b } = joined();
  const got: WireValue[] = [];
  await openNursery((nursery) => {
    nursery.spawn(async () => {
      for (let i = 0; i < 5 * WINDOW; i++) await a.send(i);
      a.stop();
    });
    nursery.spawn(async () => {
      for await (const value of b.iterate(b.iterate)) got.push(value);
    });
  });
  assertEquals(got, Array.from({ length: 5 * WINDOW }, (_, i) => i));
});

testInRun("send parks when the window is full, and goes on when half of it was read", async () => {
  const { a, b, frames } = joined();
  let sent = 0;
  await openNursery(async (nursery) => {
    nursery.spawn(async () => {
      for (; sent < 2 * WINDOW; sent++) await a.send(sent);
    }, "writer");
    await waitAllTasksBlocked();
    assertEquals(sent, WINDOW);
    assertEquals(countOf(frames, "yield"), WINDOW);
    assertEquals(waitsOf("writer"), [
      "send stream of call 1 with root/peer (window of 256 full)",
    ]);
    for (let i = 0; i < WINDOW / 2 - 1; i++) await b.receive();
    await waitAllTasksBlocked();
    assertEquals(sent, WINDOW);
    await b.receive();
    await waitAllTasksBlocked();
    assertEquals(sent, WINDOW + WINDOW / 2);
    for (let i = 0; i < WINDOW; i++) await b.receive();
  });
  assertEquals(sent, 2 * WINDOW);
});

testInRun("send gives credit to tasks in the order in which they came", async () => {
  const { stream, posted } = lone();
  await fill(stream);
  const order: string[] = [];
  await openNursery(async (nursery) => {
    for (const name of ["first", "second", "third"]) {
      nursery.spawn(async () => {
        await stream.send(name);
        order.push(name);
      });
      await waitAllTasksBlocked();
    }
    stream.onCredit(1);
    // The credit is the first task's, also when another one comes before it has run.
    nursery.spawn(async () => {
      await stream.send("late");
      order.push("late");
    });
    await waitAllTasksBlocked();
    assertEquals(order, ["first"]);
    stream.onCredit(2);
    await waitAllTasksBlocked();
    assertEquals(order, ["first", "second", "third"]);
    stream.onCredit(1);
  });
  assertEquals(order, ["first", "second", "third", "late"]);
  assertEquals(countOf(posted, "yield"), WINDOW + 4);
});

testInRun("receive gives values to tasks in the order in which they came", async () => {
  const { stream } = lone();
  const got: string[] = [];
  await openNursery(async (nursery) => {
    for (const name of ["first", "second"]) {
      nursery.spawn(async () => void got.push(`${name} ${await stream.receive()}`));
      await waitAllTasksBlocked();
    }
    stream.onYield(1, 8);
    stream.onYield(2, 8);
    stream.onYield(3, 8);
  });
  assertEquals(got, ["first 1", "second 2"]);
  assertEquals(await stream.receive(), 3);
});

testInRun("a cancelled send or receive leaves its place to others, and loses nothing", async () => {
  const { stream, posted } = lone();
  await fill(stream);
  const [sending, receiving] = [new CancelScope(), new CancelScope()];
  await openNursery(async (nursery) => {
    nursery.spawn(() => sending.run(() => stream.send("never")));
    nursery.spawn(() => receiving.run(() => stream.receive()));
    await waitAllTasksBlocked();
    nursery.spawn(() => stream.send("then"));
    const value = nursery.start<WireValue>(async (started) => started(await stream.receive()));
    await waitAllTasksBlocked();
    sending.cancel();
    receiving.cancel();
    stream.onCredit(1);
    stream.onYield("for the second", 8);
    assertEquals(await value, "for the second");
  });
  assertEquals(posted.at(-1), { kind: "yield", call: 1, side: "mine", value: "then", bytes: 4 });
  assert(!posted.some((frame) => frame.kind === "yield" && frame.value === "never"));
});

testInRun("send and receive are checkpoints when they need not wait", async () => {
  const { stream } = lone();
  stream.onYield(1, 8);
  const scope = new CancelScope();
  scope.cancel();
  await scope.run(async () => {
    await assertRejects(() => stream.send(1), Cancelled);
    await assertRejects(() => stream.receive(), Cancelled);
  });
  assertEquals(await stream.receive(), 1);
});

testInRun("send and receive let other tasks run, however fast the values come", async () => {
  const { a, b } = joined();
  let turns = 0;
  let flowing = true;
  await openNursery((nursery) => {
    nursery.spawn(async () => {
      for (let i = 0; i < 50_000; i++) {
        await a.send(i);
        await b.receive();
      }
      flowing = false;
    });
    nursery.spawn(async () => {
      for (; flowing; turns++) await checkpoint();
    });
  });
  assert(turns > 2, `${turns} turns of the loop`);
});

testInRun("send that cannot be posted gives its credit back", async () => {
  const failing = { on: true };
  const posted: Frame[] = [];
  const stream = new Stream(1, "mine", { ...PEER }, {
    send(frame) {
      if (failing.on) throw new TypeError("cannot cross");
      posted.push(frame);
    },
    tell() {},
  });
  for (let i = 0; i < 2 * WINDOW; i++) await assertRejects(() => stream.send(i), TypeError);
  failing.on = false;
  await fill(stream);
  assertEquals(posted.length, WINDOW);
});

testInRun("stop lets the other side read to the end, and send on", async () => {
  const { a, b } = joined();
  await a.send(1);
  a.stop();
  a.stop();
  await assertRejects(() => a.send(2), ClosedResourceError, "has stopped");
  await b.send("answer");
  assertEquals(await b.receive(), 1);
  await assertRejects(() => b.receive(), EndOfChannel);
  await assertRejects(() => b.receive(), EndOfChannel);
  assertEquals(await a.receive(), "answer");
});

testInRun("stop wakes this side's own parked sender", async () => {
  const { stream } = lone();
  await fill(stream);
  await openNursery(async (nursery) => {
    nursery.spawn(() => assertRejects(() => stream.send(1), ClosedResourceError));
    await waitAllTasksBlocked();
    stream.stop();
  });
});

testInRun("leave wakes the other side's parked sender, which is not read any more", async () => {
  const { a, b, frames } = joined();
  await openNursery(async (nursery) => {
    nursery.spawn(async () => {
      await fill(a);
      const error = await assertRejects(() => a.send(1), BrokenResourceError, "reads no more");
      assertEquals(a.isReaderGone(error), true);
      assertEquals(a.isReaderGone(new BrokenResourceError("another")), false);
    });
    await waitAllTasksBlocked();
    b.leave();
  });
  b.leave();
  assertEquals(countOf(frames, "stop"), 1);
  await assertRejects(() => a.receive(), EndOfChannel);
  await assertRejects(() => b.receive(), ClosedResourceError);
  await assertRejects(() => b.send(1), ClosedResourceError);
});

testInRun("leave after stop tells that it is not read any more either", async () => {
  const { a, b, frames } = joined();
  b.stop();
  await a.send(1);
  b.leave();
  await assertRejects(() => a.send(2), BrokenResourceError);
  assertEquals(
    frames.filter(({ kind }) => kind === "stop").map((frame) =>
      frame.kind === "stop" && frame.reads
    ),
    [true, false],
  );
});

testInRun("leave and stop say nothing to a side that has ended", () => {
  for (const end of [(s: Stream) => s.onStop(false), (s: Stream) => s.onDown(new Error("x"))]) {
    const { stream, posted } = lone();
    end(stream);
    stream.stop();
    stream.leave();
    assertEquals(posted, []);
  }
});

testInRun("leave closes this side also when the other has stopped", async () => {
  const { stream } = lone();
  stream.onStop(true);
  stream.leave();
  await assertRejects(() => stream.receive(), ClosedResourceError);
});

testInRun("leave drops what is unread and what comes late", async () => {
  const { stream, posted } = lone();
  stream.onYield(1, 8);
  stream.leave();
  for (let i = 0; i < 2 * WINDOW; i++) stream.onYield(i, 8);
  await assertRejects(() => stream.receive(), ClosedResourceError, "over on this side");
  assertEquals(countOf(posted, "credit"), 0);
});

testInRun("onStop without reads fails the parked sender and ends the parked receiver", async () => {
  const { stream } = lone();
  await fill(stream);
  await openNursery(async (nursery) => {
    nursery.spawn(() => assertRejects(() => stream.send(1), BrokenResourceError, "has ended"));
    nursery.spawn(() => assertRejects(() => stream.receive(), EndOfChannel));
    await waitAllTasksBlocked();
    stream.onStop(false);
  });
});

testInRun("onDown fails all that are parked, with the cause itself", async () => {
  const { stream } = lone();
  await fill(stream);
  const lost = new BrokenResourceError("the peer is lost");
  const failures: unknown[] = [];
  await openNursery(async (nursery) => {
    for (let i = 0; i < 2; i++) {
      nursery.spawn(() => stream.send(1).catch((error: unknown) => failures.push(error)));
      nursery.spawn(() => stream.receive().catch((error: unknown) => failures.push(error)));
    }
    await waitAllTasksBlocked();
    stream.onDown(lost);
  });
  assertEquals(failures.length, 4);
  for (const failure of failures) assertStrictEquals(failure, lost);
  await assertRejects(() => stream.send(1), BrokenResourceError, "is lost");
  await assertRejects(() => stream.receive(), BrokenResourceError, "is lost");
});

testInRun(
  "receive reads what came before a failure, also where the failure has cancelled the scope",
  async () => {
    const { stream } = lone();
    const scope = new CancelScope();
    stream.onYield(1, 8);
    stream.onYield(2, 8);
    stream.onDown(new BrokenResourceError("lost"));
    scope.cancel();
    const got: WireValue[] = [];
    await assertRejects(
      () =>
        scope.run(async () => {
          for await (const value of stream.iterate(stream.iterate)) got.push(value);
        }),
      BrokenResourceError,
      "lost",
    );
    assertEquals(got, [1, 2]);
  },
);

testInRun(
  "receive that yields its turn while the failure comes still reads what came before",
  async () => {
    // Some receive of so many gives the loop a turn; the failure comes in one of those turns.
    for (let round = 0; round < 20; round++) {
      const { stream } = lone();
      const scope = new CancelScope();
      const got: WireValue[] = [];
      await assertRejects(
        () =>
          scope.run(async () => {
            for (let i = 0; i < WINDOW - 2; i++) stream.onYield(i, 8);
            setImmediate(() => {
              stream.onYield("last", 8);
              stream.onDown(new BrokenResourceError("lost"));
              scope.cancel();
            });
            for await (const value of stream.iterate(stream.iterate)) {
              got.push(value);
              const busyUntil = performance.now() + 0.2;
              while (performance.now() < busyUntil);
            }
          }),
        BrokenResourceError,
        "lost",
      );
      assertEquals(got.length, WINDOW - 1);
      assertEquals(got.at(-1), "last");
    }
  },
);

testInRun("receive after an orderly stop says end, also when the peer is lost later", async () => {
  const { stream } = lone();
  stream.onStop(true);
  stream.onDown(new BrokenResourceError("lost"));
  await assertRejects(() => stream.receive(), EndOfChannel);
  await assertRejects(() => stream.send(1), BrokenResourceError, "lost");
});

testInRun("onYield refuses a peer that goes beyond the window", async () => {
  const { stream, posted } = lone();
  for (let i = 0; i < WINDOW; i++) stream.onYield(i, 8);
  const error = assertThrows(
    () => stream.onYield(-1, 8),
    ProtocolError,
    "more than 256 values unread",
  );
  assertEquals(error.peer, "root/peer");
  // Read, but not credited yet: the peer cannot know, so it is beyond the window still.
  for (let i = 0; i < WINDOW / 2 - 1; i++) await stream.receive();
  assertThrows(() => stream.onYield(-1, 8), ProtocolError);
  await stream.receive();
  assertEquals(countOf(posted, "credit"), 1);
  for (let i = 0; i < WINDOW / 2; i++) stream.onYield(i, 8);
  assertThrows(() => stream.onYield(-1, 8), ProtocolError);
});

testInRun("onYield counts values that a parked receiver takes at once", async () => {
  const { stream, posted } = lone();
  await openNursery(async (nursery) => {
    for (let i = 0; i < WINDOW; i++) nursery.spawn(() => stream.receive());
    await waitAllTasksBlocked();
    for (let i = 0; i < WINDOW; i++) stream.onYield(i, 8);
  });
  assertEquals(
    posted,
    new Array(2).fill({ kind: "credit", call: 1, side: "mine", count: WINDOW / 2 }),
  );
});

testInRun("onYield refuses a value after the peer's stop", () => {
  const { stream } = lone();
  stream.onStop(true);
  assertThrows(() => stream.onYield(1, 8), ProtocolError, "after its stop");
});

testInRun("onCredit refuses credit for values that were never sent", async () => {
  const { stream } = lone();
  assertThrows(() => stream.onCredit(1), ProtocolError, "of which 0 are unread");
  await stream.send(1);
  assertThrows(() => stream.onCredit(2), ProtocolError);
  assertThrows(() => stream.onCredit(Number.MAX_SAFE_INTEGER), ProtocolError);
  stream.onCredit(1);
  assertThrows(() => stream.onCredit(1), ProtocolError);
  // The window is what it was: a credit too many would have widened it.
  await fill(stream);
  await openNursery(async (nursery) => {
    nursery.spawn(() => stream.send("beyond"), "writer");
    await waitAllTasksBlocked();
    assertEquals(waitsOf("writer").length, 1);
    nursery.cancelScope.cancel();
  });
});

testInRun("for await names its own line in the dump, not one of the stream's", async () => {
  const { stream } = lone();
  await openNursery(async (nursery) => {
    nursery.spawn(async () => {
      for await (const _ of stream.iterate(stream.iterate));
    }, "reader");
    await waitAllTasksBlocked();
    const reader = takeSnapshot().tasks.find(({ name }) => name === "reader");
    const site = reader?.parkedOn[0]?.site;
    assertEquals(site?.file, import.meta.url);
    stream.onStop(true);
  });
});

testInRun("for await throws what is not an end", async () => {
  const { stream } = lone();
  const lost = new BrokenResourceError("lost");
  stream.onDown(lost);
  const error = await assertRejects(async () => {
    for await (const _ of stream.iterate(stream.iterate));
  });
  assertInstanceOf(error, BrokenResourceError);
  assertStrictEquals(error, lost);
});

testInRun("100,000 values keep no more than a window in memory", async () => {
  const { a, b } = joined();
  let most = 0;
  let sent = 0;
  let read = 0;
  await openNursery((nursery) => {
    nursery.spawn(async () => {
      for (; sent < 100_000; sent++) await a.send(sent);
      a.stop();
    });
    nursery.spawn(async () => {
      for await (const _ of b.iterate(b.iterate)) {
        most = Math.max(most, sent - read);
        read++;
      }
    });
  });
  assertEquals(read, 100_000);
  assert(most <= WINDOW + 1, `${most} values between writer and reader`);
});

testInRun("receive that fails again and again lets the loop turn", async () => {
  const { stream } = lone();
  stream.onDown(new BrokenResourceError("lost"));
  let turned = false;
  setImmediate(() => setImmediate(() => turned = true));
  while (!turned) await assertRejects(() => stream.receive(), BrokenResourceError);
});

testInRun("windowOf refuses a bound that is no whole number above 0", () => {
  assertEquals(windowOf({ bytes: 10 }), { messages: WINDOW, bytes: 10 });
  for (const bound of [0, -1, 1.5, NaN, Infinity]) {
    for (const name of ["messages", "bytes"]) {
      assertThrows(() => windowOf({ [name]: bound }), UsageError, `window.${name}`);
    }
  }
});

testInRun("send waits while as many bytes are unread as the window has, and says so", async () => {
  const megabyte = new Uint8Array(2 ** 20);
  const { a, b } = joined({ messages: 256, bytes: 4 * 2 ** 20 });
  let sent = 0;
  await openNursery(async (nursery) => {
    nursery.spawn(async () => {
      for (; sent < 40; sent++) await a.send(megabyte);
      a.stop();
    }, "writer");
    await waitAllTasksBlocked();
    assertEquals(sent, 4);
    assertStringIncludes(waitsOf("writer")[0] ?? "", "bytes unread, of 4194304 allowed");
    let read = 0;
    for await (const _ of b.iterate(b.iterate)) assert(sent - ++read <= 4, `${sent} of ${read}`);
    assertEquals(read, 40);
  });
});

testInRun(
  "values of any size pass through a window of any size, also from many writers",
  async () => {
    for (const bytes of [1, 7, 100, 1_000]) {
      for (const messages of [1, 2, 5]) {
        const { a, b } = joined({ messages, bytes });
        const total = 60;
        await openNursery(async (nursery) => {
          for (let writer = 0; writer < 3; writer++) {
            nursery.spawn(async () => {
              for (let i = 0; i < total / 3; i++) await a.send("x".repeat((i * 37) % 400));
            });
          }
          for (let read = 0; read < total; read++) await b.receive();
        });
      }
    }
  },
);

testInRun("a writer that leaves while it waits takes no room of the window along", async () => {
  const { a, b } = joined({ messages: 1, bytes: 1_000 });
  await a.send("first");
  for (let round = 0; round < 5; round++) {
    await openNursery(async (nursery) => {
      nursery.spawn(() => a.send("never"), "writer");
      await waitAllTasksBlocked();
      nursery.cancelScope.cancel();
    });
  }
  await openNursery(async (nursery) => {
    nursery.spawn(() => a.send("second"));
    assertEquals([await b.receive(), await b.receive()], ["first", "second"]);
  });
});
