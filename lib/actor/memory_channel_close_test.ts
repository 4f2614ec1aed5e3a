import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BrokenResourceError, ClosedResourceError, EndOfChannel } from "./errors.ts";
import { openMemoryChannel, type SendChannel } from "./memory_channel.ts";
import { openNursery } from "./nursery.ts";
import { testInRun, waitAllTasksBlocked } from "../../tests/support/runtime_testing.ts";

/** Has a send wait, closes one end under it, and expects it to fail with that. */
async function assertSendFails(
  [sender]: readonly [SendChannel<string>, unknown],
  closed: { close(): void },
  type: typeof ClosedResourceError | typeof BrokenResourceError,
): Promise<void> {
  await openNursery(async (nursery) => {
    nursery.spawn(() => assertRejects<Error>(() => sender.send("nope"), type));
    await waitAllTasksBlocked();
    closed.close();
  });
}

testInRun("SendChannel.close lets what is buffered out and then ends the channel", async () => {
  const [sender, receiver] = openMemoryChannel<string>(2);
  sender.sendNowait("last");
  sender.close();
  sender.close();
  await assertRejects(() => sender.send("too late"), ClosedResourceError);
  assertThrows(() => sender.sendNowait("too late"), ClosedResourceError);
  assertThrows(() => sender.clone(), ClosedResourceError);
  assertEquals(receiver.receiveNowait(), "last");
  await assertRejects(() => receiver.receive(), EndOfChannel);
  assertThrows(() => receiver.receiveNowait(), EndOfChannel);
});

testInRun("SendChannel.close fails a send that waits on the same end", async () => {
  const ends = openMemoryChannel<string>(0);
  const [sender, receiver] = ends;
  await assertSendFails(ends, sender, ClosedResourceError);
  assertThrows(() => receiver.receiveNowait(), EndOfChannel);
});

testInRun("SendChannel.close ends a receive that waits", async () => {
  const [sender, receiver] = openMemoryChannel<string>(0);
  await openNursery(async (nursery) => {
    nursery.spawn(() => assertRejects(() => receiver.receive(), EndOfChannel));
    await waitAllTasksBlocked();
    sender.close();
  });
});

testInRun("SendChannel.close leaves the sends of other ends alone", async () => {
  const [first, receiver] = openMemoryChannel<string>(0);
  const second = first.clone();
  await openNursery(async (nursery) => {
    nursery.spawn(() => assertRejects(() => first.send("nope"), ClosedResourceError));
    nursery.spawn(() => second.send("ok"));
    await waitAllTasksBlocked();
    first.close();
    assertEquals(await receiver.receive(), "ok");
  });
});

testInRun("SendChannel.close of one of many does not end a receive that waits", async () => {
  const [first, receiver] = openMemoryChannel<string>(0);
  const second = first.clone();
  await openNursery(async (nursery) => {
    nursery.spawn(async () => assertEquals(await receiver.receive(), "ok"));
    await waitAllTasksBlocked();
    first.close();
    await second.send("ok");
  });
});

testInRun(
  "ReceiveChannel.close fails a receive that waits on the same end, and from then on",
  async () => {
    const [, receiver] = openMemoryChannel<string>(0);
    await openNursery(async (nursery) => {
      nursery.spawn(() => assertRejects(() => receiver.receive(), ClosedResourceError));
      await waitAllTasksBlocked();
      receiver.close();
      receiver.close();
    });
    assertThrows(() => receiver.receiveNowait(), ClosedResourceError);
    await assertRejects(() => receiver.receive(), ClosedResourceError);
    assertThrows(() => receiver.clone(), ClosedResourceError);
  },
);

testInRun("ReceiveChannel.close breaks a send that waits, and from then on", async () => {
  const ends = openMemoryChannel<string>(0);
  const [sender, receiver] = ends;
  await assertSendFails(ends, receiver, BrokenResourceError);
  assertThrows(() => sender.sendNowait("nope"), BrokenResourceError);
  await assertRejects(() => sender.send("nope"), BrokenResourceError);
});

testInRun("ReceiveChannel.close leaves the receives of other ends alone", async () => {
  const [sender, first] = openMemoryChannel<string>(0);
  const second = first.clone();
  await openNursery(async (nursery) => {
    nursery.spawn(() => assertRejects(() => first.receive(), ClosedResourceError));
    nursery.spawn(async () => assertEquals(await second.receive(), "ok"));
    await waitAllTasksBlocked();
    first.close();
    await sender.send("ok");
  });
});

testInRun("ReceiveChannel.close of all clones breaks the channel, of some does not", () => {
  const [sender, first] = openMemoryChannel<number>(10);
  const second = first.clone();
  const third = first.clone();
  sender.sendNowait(1);
  first.close();
  {
    using _ = second;
  }
  assertThrows(() => first.clone(), ClosedResourceError);
  assertThrows(() => second.clone(), ClosedResourceError);
  sender.sendNowait(2);
  third.close();
  assertThrows(() => sender.sendNowait(3), BrokenResourceError);
  assertEquals(sender.statistics().buffered, 0);
});
