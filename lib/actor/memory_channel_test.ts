import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CancelScope } from "./cancel_scope.ts";
import { checkpoint } from "./checkpoint.ts";
import { Cancelled, EndOfChannel, UsageError, WouldBlock } from "./errors.ts";
import { openMemoryChannel } from "./memory_channel.ts";
import { openNursery } from "./nursery.ts";
import { testInRun, toTheEnd, waitAllTasksBlocked } from "../../tests/support/runtime_testing.ts";

testInRun("openMemoryChannel takes an integer of at least 0 or Infinity", () => {
  for (const maxBuffer of [-1, 1.5, NaN, -Infinity]) {
    assertThrows(() => openMemoryChannel(maxBuffer), UsageError, `got ${maxBuffer}`);
  }
});

testInRun(
  "SendChannel.send and ReceiveChannel.receive pass values in order through a buffer",
  async () => {
    const [sender, receiver] = openMemoryChannel<number>(2);
    sender.sendNowait(1);
    await sender.send(2);
    assertThrows(() => sender.sendNowait(3), WouldBlock, "full");
    assertEquals(await receiver.receive(), 1);
    assertEquals(receiver.receiveNowait(), 2);
    assertThrows(() => receiver.receiveNowait(), WouldBlock, "empty");
  },
);

testInRun("SendChannel.send passes undefined like any other value", async () => {
  const [sender, receiver] = openMemoryChannel<undefined>(1);
  await sender.send(undefined);
  assertEquals(receiver.statistics().buffered, 1);
  assertEquals(await receiver.receive(), undefined);
  assertThrows(() => receiver.receiveNowait(), WouldBlock);
});

testInRun("SendChannel.send without a buffer waits until a task receives", async () => {
  const [sender, receiver] = openMemoryChannel<number>(0);
  assertThrows(() => receiver.receiveNowait(), WouldBlock);
  assertThrows(() => sender.sendNowait(1), WouldBlock);
  let sent = false;
  await openNursery(async (nursery) => {
    nursery.spawn(() => sender.send(1).then(() => sent = true));
    await waitAllTasksBlocked();
    assertEquals(sent, false);
    assertEquals(await receiver.receive(), 1);
  });
  assertEquals(sent, true);
  assertThrows(() => receiver.receiveNowait(), WouldBlock);
});

testInRun("SendChannel.sendNowait never blocks on a buffer without a bound", async () => {
  const [sender, receiver] = openMemoryChannel<number>(Infinity);
  for (let i = 0; i < 10; i++) sender.sendNowait(i);
  sender.close();
  const got: number[] = [];
  for await (const value of receiver) got.push(value);
  assertEquals(got, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

testInRun("SendChannel.sendNowait to a task that waits makes the value its own", async () => {
  const [sender, receiver] = openMemoryChannel<number>(1);
  sender.sendNowait(1);
  assertEquals(receiver.receiveNowait(), 1);
  let result: number | null = null;
  await openNursery(async (nursery) => {
    nursery.spawn(async () => {
      result = await receiver.receive();
    });
    await waitAllTasksBlocked();
    sender.sendNowait(2);
    assertThrows(() => receiver.receiveNowait(), WouldBlock);
  });
  assertEquals(result, 2);
});

testInRun("ReceiveChannel.receiveNowait makes the room theirs who waits to send", async () => {
  const [sender, receiver] = openMemoryChannel<number>(1);
  sender.sendNowait(1);
  await openNursery(async (nursery) => {
    nursery.spawn(() => sender.send(2));
    await waitAllTasksBlocked();
    nursery.spawn(() => sender.send(3));
    await waitAllTasksBlocked();
    assertEquals(receiver.receiveNowait(), 1);
    assertThrows(() => sender.sendNowait(4), WouldBlock);
    // Room for one is room for one.
    assertEquals([sender.statistics().buffered, sender.statistics().waitingSenders], [1, 1]);
    assertEquals(await receiver.receive(), 2);
    assertEquals(await receiver.receive(), 3);
  });
});

testInRun("ReceiveChannel.receive that is cancelled loses no value", async () => {
  const [sender, receiver] = openMemoryChannel<string>(1);
  const scope = new CancelScope();
  await openNursery(async (nursery) => {
    nursery.spawn(() => scope.run(() => receiver.receive()));
    await waitAllTasksBlocked();
    scope.cancel();
    await sender.send("kept");
  });
  assertEquals(await receiver.receive(), "kept");
});

testInRun(
  "ReceiveChannel.receive that was handed a value keeps it when the cancel comes right after",
  async () => {
    const [sender, receiver] = openMemoryChannel<string>(0);
    const got: string[] = [];
    await new CancelScope().run((scope) =>
      openNursery(async (nursery) => {
        nursery.spawn(async () => {
          got.push(await receiver.receive());
        });
        await waitAllTasksBlocked();
        sender.sendNowait("handed over");
        scope.cancel();
      })
    );
    assertEquals(got, ["handed over"]);
  },
);

testInRun("SendChannel.send that is cancelled sends nothing", async () => {
  const [sender, receiver] = openMemoryChannel<string>(0);
  const scope = new CancelScope();
  await openNursery(async (nursery) => {
    nursery.spawn(() => scope.run(() => sender.send("taken back")));
    await waitAllTasksBlocked();
    scope.cancel();
    assertThrows(() => receiver.receiveNowait(), WouldBlock);
  });
});

testInRun(
  "SendChannel.send and ReceiveChannel.receive are checkpoints also when they need not wait",
  async () => {
    const [sender, receiver] = openMemoryChannel<number>(2);
    sender.sendNowait(1);
    await toTheEnd(new CancelScope(), async (scope) => {
      scope.cancel();
      await assertRejects(() => sender.send(2), Cancelled);
      await assertRejects(() => receiver.receive(), Cancelled);
    });
    assertEquals(receiver.statistics().buffered, 1);
  },
);

testInRun(
  "SendChannel.send and ReceiveChannel.receive in a loop let the event loop turn",
  async () => {
    const [sender, receiver] = openMemoryChannel<number>(1);
    let turned = false;
    setTimeout(() => turned = true, 0);
    while (!turned) {
      await sender.send(1);
      await receiver.receive();
    }
  },
);

testInRun(
  "ReceiveChannel iterates over what many senders send, until all of them have closed",
  async () => {
    const [sender, receiver] = openMemoryChannel<number>(0);
    const got: number[] = [];
    await openNursery(async (nursery) => {
      for (let i = 0; i < 10; i++) {
        const mine = sender.clone();
        nursery.spawn(async () => {
          using end = mine;
          for (let j = 0; j < 3; j++) await end.send(3 * i + j);
        });
      }
      sender.close();
      for await (const value of receiver) got.push(value);
    });
    assertEquals(got.toSorted((a, b) => a - b), Array.from({ length: 30 }, (_, i) => i));
  },
);

testInRun("ReceiveChannel.receive gives each value to one of many, in turn", async () => {
  const [sender, receiver] = openMemoryChannel<number>(1);
  const got = new Map<number, number[]>();
  await openNursery(async (nursery) => {
    for (let i = 0; i < 5; i++) {
      got.set(i, []);
      nursery.spawn(async () => {
        for await (const value of receiver) {
          got.get(i)?.push(value);
          await checkpoint();
        }
      });
    }
    await waitAllTasksBlocked();
    for (let value = 0; value < 10; value++) await sender.send(value);
    sender.close();
  });
  assertEquals([...got.values()].every((values) => values.length > 0), true);
  assertEquals([...got.values()].flat().toSorted((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

testInRun("ReceiveChannel iterated and left early is still open", async () => {
  const [sender, receiver] = openMemoryChannel<number>(2);
  sender.sendNowait(1);
  sender.sendNowait(2);
  for await (const value of receiver) {
    assertEquals(value, 1);
    break;
  }
  assertEquals(await receiver.receive(), 2);
});

testInRun(
  "ReceiveChannel iterated lets the EndOfChannel of another channel in its body out",
  async () => {
    const [sender, receiver] = openMemoryChannel<number>(1);
    const [otherSender, other] = openMemoryChannel<number>(1);
    sender.sendNowait(1);
    otherSender.close();
    await assertRejects(async () => {
      for await (const _ of receiver) await other.receive();
    }, EndOfChannel);
  },
);

testInRun(
  "ReceiveChannel.statistics and SendChannel.statistics tell the same numbers",
  async () => {
    const [sender, receiver] = openMemoryChannel<number>(2);
    const none = {
      buffered: 0,
      peakBuffered: 0,
      maxBuffer: 2,
      openSenders: 1,
      openReceivers: 1,
      waitingSenders: 0,
      waitingReceivers: 0,
    };
    assertEquals([sender.statistics(), receiver.statistics()], [none, none]);

    sender.sendNowait(1);
    const second = sender.clone();
    const otherReceiver = receiver.clone();
    assertEquals(sender.statistics(), {
      ...none,
      buffered: 1,
      peakBuffered: 1,
      openSenders: 2,
      openReceivers: 2,
    });
    sender.close();
    otherReceiver.close();
    await openNursery(async (nursery) => {
      second.sendNowait(2);
      nursery.spawn(() => second.send(3));
      nursery.spawn(() => second.send(4));
      await waitAllTasksBlocked();
      assertEquals(second.statistics(), {
        ...none,
        buffered: 2,
        peakBuffered: 2,
        waitingSenders: 2,
      });
      nursery.cancelScope.cancel();
    });
    assertEquals([receiver.receiveNowait(), receiver.receiveNowait()], [1, 2]);
    assertEquals(second.statistics(), { ...none, peakBuffered: 2 });
    await openNursery(async (nursery) => {
      nursery.spawn(() => receiver.receive());
      await waitAllTasksBlocked();
      assertEquals(second.statistics().waitingReceivers, 1);
      nursery.cancelScope.cancel();
    });
    assertEquals(second.statistics().waitingReceivers, 0);
  },
);

testInRun("openMemoryChannel drains 100,000 buffered values in no time to speak of", () => {
  const [sender, receiver] = openMemoryChannel<number>(Infinity);
  for (let i = 0; i < 100_000; i++) sender.sendNowait(i);
  for (let i = 0; i < 100_000; i++) assertEquals(receiver.receiveNowait() === i, true);
});

testInRun(
  "openMemoryChannel names the channel, what is in it and who is left, in the reason of a wait",
  async () => {
    const [sender, receiver] = openMemoryChannel<number>(1, "orders");
    const seen: unknown[] = [];
    await openNursery(async (nursery) => {
      const reader = nursery.spawn(() => receiver.receive());
      await waitAllTasksBlocked();
      const reading = reader.parks[0]?.reason;
      seen.push(reading?.kind, typeof reading?.resource === "function" && reading.resource());
      sender.sendNowait(1);
      sender.sendNowait(2);
      const writer = nursery.spawn(() => sender.send(3));
      await waitAllTasksBlocked();
      const writing = writer.parks[0]?.reason;
      seen.push(writing?.kind, typeof writing?.resource === "function" && writing.resource());
      nursery.cancelScope.cancel();
    });
    assertEquals(seen, [
      "recv",
      "orders, empty, 1 senders",
      "send",
      "orders, 1/1 full, 1 receivers",
    ]);
  },
);
