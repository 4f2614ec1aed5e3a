import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { run } from "../run.ts";
import type { PeerRef } from "../park.ts";
import { openActorNursery } from "./actor_nursery.ts";
import { heldBelow, LifeWatch, newGate, newLifeLock, pathOfLock } from "./life.ts";
import { currentRuntime } from "./runtime.ts";
import {
  actorTest,
  BareWorker,
  Flag,
  livingActors,
  nextTurn,
  test,
  ZOO,
} from "../../../tests/support/spawn_testing.ts";

interface LockRequests {
  request(name: string, options: object, granted: () => unknown): Promise<unknown>;
}

const { locks } = navigator as typeof navigator & { readonly locks: LockRequests };

test("newLifeLock() names by descent, never twice, and pathOfLock() reads the path", () => {
  const root = newLifeLock(null, "root");
  const child = newLifeLock(root, "child");
  const again = newLifeLock(root, "child");
  const grandchild = newLifeLock(child, "a:b");
  assertNotEquals(child, again);
  assertNotEquals(root, newLifeLock(null, "root"));
  assertEquals(pathOfLock(root), "root");
  assertEquals(pathOfLock(child), "root/child");
  assertEquals(pathOfLock(grandchild), "root/child/a:b");
});

test("LifeWatch keeps a worker that was terminated while it booted from going on", async () => {
  const lifeLock = newLifeLock(newLifeLock(null, "root"), "booting");
  const gate = newGate();
  const peer: PeerRef = { path: "root/booting", state: "alive" };
  const booting = new BareWorker(lifeLock, "idle", gate);
  const watch = new LifeWatch(lifeLock, peer, gate);
  const gone = new Promise<void>((resolve) => watch.onGone(resolve));
  // What terminate() of a supervisor does, less the termination: it may take its time.
  watch.begin();
  await gone;
  assertEquals(peer.state, "dead");
  booting.go();
  assertEquals(await booting.held, false);
  watch.stop();
  booting.worker.terminate();
});

test("holdLifeLock() lets a worker go on below a living supervisor, and not below a dead one", async () => {
  const supervisor = newLifeLock(newLifeLock(null, "root"), "boss");
  const release = Promise.withResolvers<void>();
  const watching = Promise.withResolvers<void>();
  const holding = locks.request(supervisor, { mode: "exclusive" }, () => release.promise);
  for (const alive of [true, false]) {
    if (!alive) {
      release.resolve();
      await holding;
      // One who watches the dead supervisor is not the supervisor.
      void locks.request(supervisor, { mode: "shared" }, () => watching.promise);
    }
    const lifeLock = newLifeLock(supervisor, "child");
    const child = new BareWorker(lifeLock, "idle");
    child.go();
    assertEquals(await child.held, alive);
    child.worker.terminate();
  }
  watching.resolve();
});

test("LifeWatch waits for a worker that has passed its gate, however early it began", async () => {
  const lifeLock = newLifeLock(newLifeLock(null, "root"), "booting");
  const gate = newGate();
  const booted = new BareWorker(lifeLock, "idle", gate);
  booted.go();
  assertEquals(await booted.held, true);
  const watch = new LifeWatch(lifeLock, { path: "root/booting", state: "alive" }, gate);
  let granted = false;
  const gone = new Promise<void>((resolve) =>
    watch.onGone(() => {
      granted = true;
      resolve();
    })
  );
  watch.begin();
  // A free lock is granted within a turn; this one is not free.
  for (let turn = 0; turn < 10; turn++) await nextTurn();
  assertEquals(granted, false);
  booted.worker.terminate();
  await gone;
});

test("LifeWatch.stop() withdraws the request", async () => {
  const lifeLock = newLifeLock(newLifeLock(null, "root"), "held");
  const release = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const holding = locks.request(lifeLock, { mode: "exclusive" }, () => {
    held.resolve();
    return release.promise;
  });
  await held.promise;
  const watch = new LifeWatch(lifeLock, { path: "root/held", state: "alive" }, null);
  let granted = false;
  watch.onGone(() => granted = true);
  watch.begin();
  watch.stop();
  release.resolve();
  await holding;
  for (let turn = 0; turn < 5; turn++) await nextTurn();
  assertEquals(granted, false);
});

test("heldBelow() lists what lives below one actor and nothing beside it", async () => {
  const root = newLifeLock(null, "root");
  const child = newLifeLock(root, "child");
  const grandchild = newLifeLock(child, "grandchild");
  const like = `${child}0/other:1`;
  const release = Promise.withResolvers<void>();
  const holding = [child, grandchild, like].map((name) =>
    locks.request(name, { mode: "exclusive" }, () => release.promise)
  );
  await run(async () => {
    assertEquals(await heldBelow(child), [grandchild]);
    assertEquals((await heldBelow(root)).sort(), [child, grandchild, like].sort());
    assertEquals(await heldBelow(grandchild), []);
  }, { handleSigint: false });
  release.resolve();
  await Promise.all(holding);
});

actorTest(
  "the life lock of a stuck worker is not granted after terminate(), and is once it is reaped",
  { softKillMs: 60, hardKillMs: 60, remedies: ["channel-abort"] },
  async ({ records }) => {
    const stuck = new Flag();
    await openActorNursery(async (actors) => {
      await actors.runInActor("child", { module: ZOO, shared: { stuck: stuck.memory } }, "spin");
      await stuck.raised();
      actors.cancel();
    });
    assertEquals(records.dead(), []);
    const [lifeLock = ""] = await livingActors();
    assertEquals(pathOfLock(lifeLock), "root/child");
    assert(lifeLock.startsWith(currentRuntime().wiring.lifeLock));
  },
);
