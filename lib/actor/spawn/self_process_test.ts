import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { UsageError } from "../errors.ts";
import { sleepForever } from "../sleep.ts";
import { RemoteActorError } from "../wire/remote_error.ts";
import type { WireValue } from "../wire/frame.ts";
import { openActorNursery } from "./actor_nursery.ts";
import { parentPortal, sharedMemory } from "./self.ts";
import { actorTest, Flag, ZOO } from "../../../tests/support/spawn_testing.ts";

actorTest("sharedMemory() is the parent's memory, by name", {}, async () => {
  const cancelled = new Flag();
  await openActorNursery(async (actors) => {
    const shared = { cancelled: cancelled.memory };
    await actors.runInActor("child", { module: ZOO, shared }, "waitForCancel");
    actors.cancel();
  });
  assertEquals(cancelled.up, true);
});

actorTest("sharedMemory() that was not shared throws UsageError", {}, () => {
  assertThrows(() => sharedMemory("nothing"), UsageError, 'no memory by the name "nothing"');
});

actorTest("parentPortal() calls what the parent exposes, and nothing else", {}, async () => {
  await openActorNursery(async (actors) => {
    const portal = await actors.startActor("child", {
      module: ZOO,
      expose: { double: (n: number) => 2 * n, wait: () => sleepForever() },
    });
    assertEquals(await portal.run("askParent", "double", 21), 42);
    const error = await assertRejects(
      () => portal.run("askParent", "toString", null),
      RemoteActorError,
      "toString",
    );
    assertEquals(error.actorPath, "root");
    // One that is still being served when the child ends does not keep it.
    const asking = assertRejects(() => portal.run("askParent", "wait", null));
    actors.cancel();
    await asking;
  });
});

actorTest("parentPortal() in the root throws UsageError", {}, () => {
  assertThrows(() => parentPortal(), UsageError, "the root actor has no parent");
});

actorTest("parentPortal() cannot cancel the parent", {}, async () => {
  await openActorNursery(async (actors) => {
    const portal = await actors.startActor("child", { module: ZOO });
    const error: WireValue = await portal.run("cancelParent");
    assertEquals(error, "UsageError: an actor cannot cancel its parent");
    actors.cancel();
  });
});

actorTest("onExit() hooks run last to first, all of them, and each is waited for", {}, async () => {
  const memory = new SharedArrayBuffer(12);
  await openActorNursery(async (actors) => {
    const portal = await actors.startActor("child", { module: ZOO, shared: { order: memory } });
    await portal.openContext("hooks", [], () => actors.cancelScope.cancel("enough"));
  });
  assertEquals([...new Int32Array(memory)], [3, 2, 1]);
});
