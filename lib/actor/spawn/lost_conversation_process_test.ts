import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BrokenResourceError, UsageError } from "../errors.ts";
import { openActorNursery } from "./actor_nursery.ts";
import type { ActorEnd } from "./child.ts";
import { hangUp } from "./self.ts";
import { actorTest, parkedIn } from "../../../tests/support/spawn_testing.ts";

const STILLBORN = import.meta.resolve("../../../fixtures/children/stillborn.ts");
const HANGS_UP = import.meta.resolve("../../../fixtures/children/hangs_up.ts");

for (const remedy of ["boot-race", "death-watch"]) {
  actorTest(
    `startActor() of an actor that dies while it is loaded fails, and leaves no loop, with ${remedy}`,
    { remedies: [remedy] },
    async (test) => {
      await openActorNursery(async (actors) => {
        await assertRejects(
          () => actors.startActor("child", { module: STILLBORN }),
          BrokenResourceError,
          "root/child",
        );
      });
      // The run could not be joined if the loop of that channel went on.
      assertEquals(test.records.remediesUsed(), [remedy]);
      assertEquals(test.records.dead(), ["root/child"]);
    },
  );
}

actorTest(
  "hangUp() is not noticed by the parent, not even when the child is dead",
  // The join needs a bound, for nothing else ends the loop.
  { remedies: ["bounded-join"], softKillMs: 100, joinMs: 10 },
  async () => {
    const seen: unknown[] = [];
    await openActorNursery(async (actors) => {
      const onEnd = (end: ActorEnd) => {
        seen.push(end);
        for (const { resource, peerState } of parkedIn("recv")) seen.push(resource, peerState);
      };
      await actors.runInActor("child", { module: HANGS_UP, onEnd }, "hangUpAndWait");
      actors.cancel();
    });
    assertEquals(seen, [
      { kind: "ended", by: "hard-kill" },
      "channel root<->root/child (open)",
      "dead",
    ]);
  },
);

actorTest("hangUp() is refused in the root, which has no parent", {}, () => {
  assertThrows(() => hangUp(), UsageError, "no parent");
});
