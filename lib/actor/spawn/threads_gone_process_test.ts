import { assertEquals } from "@std/assert";
import { openNursery } from "../nursery.ts";
import { moveOnAfter } from "../cancel_scope.ts";
import { openActorNursery } from "./actor_nursery.ts";
import { actorTest, moduleOf, untilParkedIn } from "../../../tests/support/spawn_testing.ts";
import { threadsGone } from "./self.ts";

/** Long enough to say goodbye on a busy machine; who is terminated before that does not get stuck. */
const FAST = { softKillMs: 800, hardKillMs: 20, remedies: [] };

/** Ends in order, and then blocks in its exit hook until it is let go. */
const STUCK = moduleOf(`
  import { onExit, sharedMemory } from ${JSON.stringify(import.meta.resolve("../../../mod.ts"))};
  const free = new Int32Array(sharedMemory("free"));
  onExit(() => { while (Atomics.load(free, 0) === 0) Atomics.wait(free, 0, 0, 1_000); });
`);

/** Leaves a child behind that was abandoned. Returns how to let it go. */
async function leaveOneStuck(): Promise<() => void> {
  const free = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  await openActorNursery(async (actors) => {
    await actors.startActor("stuck", { module: STUCK, shared: { free } });
    actors.cancel();
  });
  return () => {
    Atomics.store(new Int32Array(free), 0, 1);
    Atomics.notify(new Int32Array(free), 0);
  };
}

actorTest("threadsGone returns at once when nothing lives", FAST, async () => {
  await threadsGone();
});

actorTest("threadsGone waits for a child that was abandoned until it is dead", FAST, async () => {
  const letGo = await leaveOneStuck();
  await openNursery(async (tasks) => {
    let gone = false;
    tasks.spawn(async () => {
      await threadsGone();
      gone = true;
    });
    const wait = await untilParkedIn("thread", "root/stuck");
    assertEquals([wait.peer, wait.peerState, gone], ["root/stuck", "abandoned", false]);
    letGo();
  });
});

actorTest("threadsGone can be cancelled, and waits for nothing then", FAST, async () => {
  const letGo = await leaveOneStuck();
  assertEquals((await moveOnAfter(20, () => threadsGone())).kind, "cancelled");
  letGo();
  await threadsGone();
});
