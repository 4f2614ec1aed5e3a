import { assertEquals, assertRejects } from "@std/assert";
import { BrokenResourceError } from "../errors.ts";
import { openNursery } from "../nursery.ts";
import type { WireValue } from "../wire/frame.ts";
import { openActorNursery } from "./actor_nursery.ts";
import { actorTest, untilParkedIn, ZOO } from "../../../tests/support/spawn_testing.ts";

for (const count of [0, 5, 600]) {
  actorTest(
    `death-watch breaks a stream after the ${count} values that the dead child had sent were read`,
    { remedies: ["death-watch"] },
    async (test) => {
      const read: WireValue[] = [];
      await openActorNursery(async (actors) => {
        const portal = await actors.startActor("child", { module: ZOO });
        await assertRejects(
          () =>
            portal.openContext("countAndDie", [count], async (context) => {
              for (;;) read.push(await context.receive());
            }),
          BrokenResourceError,
          "root/child is dead",
        );
      });
      assertEquals(read, Array.from({ length: count }, (_, n) => n));
      assertEquals(test.records.remediesUsed(), ["death-watch"]);
    },
  );
}

actorTest(
  "death-watch delivers all that came before the death to a reader that is slower than the death",
  { remedies: ["death-watch"] },
  async ({ records }) => {
    const read: WireValue[] = [];
    await openActorNursery(async (actors) => {
      const portal = await actors.startActor("child", { module: ZOO });
      await assertRejects(
        () =>
          portal.openContext("countAndDie", [200], async (context) => {
            await records.first(({ kind }) => kind === "actor-dead");
            for (;;) read.push(await context.receive());
          }),
        BrokenResourceError,
      );
    });
    assertEquals(read.length, 200);
  },
);

actorTest(
  "a stream whose child has died stays parked in recv without death-watch",
  { remedies: ["bounded-join"], joinMs: 50, softKillMs: 500 },
  async ({ records }) => {
    await openNursery(async (outer) => {
      outer.spawn(() =>
        openActorNursery(async (actors) => {
          const portal = await actors.startActor("child", { module: ZOO });
          await portal.openContext("countAndDie", [1], async (context) => {
            await context.receive();
            await context.receive();
          });
        })
      );
      await records.first(({ kind }) => kind === "actor-dead");
      const wait = await untilParkedIn("recv", "stream of call");
      assertEquals([wait.peer, wait.peerState], ["root/child", "dead"]);
      await untilParkedIn("recv", "channel root<->root/child");
      assertEquals(records.remedies(), []);
      outer.cancelScope.cancel("nothing will come");
    });
  },
);

actorTest(
  "death-watch ends a nursery whose child has died, as if it had said goodbye",
  { remedies: ["death-watch"] },
  async (test) => {
    await openActorNursery(async (actors) => {
      const portal = await actors.startActor("child", { module: ZOO });
      await assertRejects(() => portal.run("die"), BrokenResourceError);
    });
    assertEquals(test.records.rungs("root/child"), []);
    assertEquals(test.records.dead(), ["root/child"]);
  },
);

actorTest("runInActor() of an actor that dies fails with BrokenResourceError", {}, async () => {
  await assertRejects(
    () => openActorNursery((actors) => actors.runInActor("child", { module: ZOO }, "die")),
    BrokenResourceError,
    "root/child is dead",
  );
});
