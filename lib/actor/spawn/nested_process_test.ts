import { assert, assertEquals, assertRejects } from "@std/assert";
import { growIn } from "../../../fixtures/children/boss.ts";
import { BrokenResourceError } from "../errors.ts";
import { openNursery } from "../nursery.ts";
import { sleepForever } from "../sleep.ts";
import type { Portal } from "../rpc/portal.ts";
import { RemoteActorError } from "../wire/remote_error.ts";
import { type ActorNursery, openActorNursery } from "./actor_nursery.ts";
import {
  actorTest,
  Flag,
  workersGone,
  workerThreads,
} from "../../../tests/support/spawn_testing.ts";

const BOSS = import.meta.resolve("../../../fixtures/children/boss.ts");

/** Only the soft kill of what is stuck shall run out, on a busy machine too. */
const REAPING = { softKillMs: 200, hardKillMs: 5_000 };

/** Starts a boss whose own child is in `fn`, and runs `then` while the boss is in `how`. */
async function withBoss(
  actors: ActorNursery,
  how: string,
  fn: string,
  then: (boss: Portal) => unknown,
): Promise<void> {
  const stuck = new Flag();
  const boss = await actors.startActor("boss", { module: BOSS, shared: { stuck: stuck.memory } });
  await boss.openContext(how, [fn], async () => {
    await then(boss);
    await sleepForever();
  });
}

/** Cancels a boss that is in `how` and cannot answer any more. */
async function cancelBoss(how: string, fn: string): Promise<void> {
  await assertRejects(
    () => openActorNursery((actors) => withBoss(actors, how, fn, (boss) => boss.cancelActor())),
    BrokenResourceError,
  );
}

actorTest("an actor that supervises actors ends them when it is cancelled", {}, async (test) => {
  await openActorNursery((actors) =>
    withBoss(actors, "supervise", "", () => actors.cancelScope.cancel("enough"))
  );
  assertEquals(test.records.rungs("root/boss").at(-1), "soft-kill effect ended");
  await workersGone();
});

actorTest("a reap in a nested supervisor goes through the root", REAPING, async (test) => {
  await openActorNursery((actors) =>
    withBoss(actors, "supervise", "block", () => actors.cancelScope.cancel("enough"))
  );
  // The boss was asked, took the time of its own ladder, and was not killed over it.
  assertEquals(test.records.rungs("root/boss"), [
    "soft-kill asked",
    "soft-kill acked",
    "soft-kill effect ended",
  ]);
  await workersGone();
});

actorTest("a reap in a nested supervisor works while the supervisor goes on", REAPING, async () => {
  await openActorNursery((actors) =>
    withBoss(actors, "endTheirs", "spin", async () => {
      while (workerThreads().length > 1) await new Promise((resolve) => setTimeout(resolve, 1));
      actors.cancelScope.cancel("enough");
    })
  );
});

for (const how of ["superviseAndDie", "superviseAndBlock"]) {
  actorTest(
    `${
      how === "superviseAndDie" ? "a dead" : "a stuck"
    } supervisor's stuck child is found and reaped`,
    REAPING,
    async (test) => {
      await assertRejects(
        () =>
          openActorNursery((actors) =>
            withBoss(actors, how, "block", (boss) => boss.cancelActor())
          ),
        BrokenResourceError,
      );
      assertEquals(test.records.rungs("root/boss/worker"), ["reap asked", "reap effect ended"]);
      assertEquals(test.records.dead(), ["root/boss", "root/boss/worker"]);
    },
  );

  actorTest(
    `${how === "superviseAndDie" ? "a dead" : "a stuck"} supervisor's healthy child goes with it`,
    REAPING,
    async () => {
      await cancelBoss(how, "");
      await workersGone();
    },
  );
}

actorTest(
  "a dead supervisor's stuck child is written down as abandoned when it cannot be reaped",
  { softKillMs: 100, hardKillMs: 100, remedies: ["death-watch"] },
  async (test) => {
    await cancelBoss("superviseAndDie", "block");
    assertEquals(test.records.rungs("root/boss/worker"), [
      "abandon asked",
      "abandon effect abandoned",
    ]);
    assertEquals(workerThreads().length, 1);
  },
);

actorTest(
  "a stuck supervisor's child is written down as abandoned with it, without a wait for it",
  { softKillMs: 100, hardKillMs: 100, remedies: ["channel-abort"] },
  async (test) => {
    await cancelBoss("superviseAndBlock", "block");
    assertEquals(test.records.rungs("root/boss").at(-1), "abandon effect abandoned");
    assertEquals(test.records.rungs("root/boss/worker"), [
      "abandon asked",
      "abandon effect abandoned",
    ]);
    assertEquals(workerThreads().length, 2);
  },
);

/** Cancels a supervisor of one whose end takes `ms` milliseconds; whether it came to that end. */
async function endedAsItWanted(fn: "slowCleanup" | "slowHook", ms: number): Promise<boolean> {
  const cleaned = new Flag();
  await openActorNursery(async (actors) => {
    const shared = { cleaned: cleaned.memory };
    const boss = await actors.startActor("boss", { module: BOSS, shared });
    await boss.openContext("superviseSlow", [fn, ms], async () => {
      actors.cancelScope.cancel("enough");
      await sleepForever();
    });
  });
  return cleaned.up;
}

actorTest(
  "a slow cleanup below a supervisor is not cut short",
  { softKillMs: 2_400, hardKillMs: 10_000 },
  async (test) => {
    // Less than the bound of its own supervisor, which has the same one as ours for it.
    assert(await endedAsItWanted("slowCleanup", 2_000), "the cleanup was cut short");
    assertEquals(test.records.rungs("root/boss").at(-1), "soft-kill effect ended");
  },
);

actorTest("a supervisor does not cut the exit hooks of its children short", {}, async () => {
  assert(await endedAsItWanted("slowHook", 100), "the exit hook was cut short");
});

actorTest("a tree of depth 3 is torn down, to the last thread", {}, async (test) => {
  await openActorNursery((actors) =>
    growIn(actors, 3, 2, () => {
      assertEquals(workerThreads().length, 14);
      actors.cancelScope.cancel("enough");
    })
  );
  for (const child of ["root/b0", "root/b1"]) {
    assertEquals(test.records.rungs(child).at(-1), "soft-kill effect ended");
  }
  await workersGone();
});

actorTest(
  "an error of a grandchild comes up through its supervisor, with the path of its actor",
  {},
  async () => {
    const error = await assertRejects(
      () =>
        openActorNursery(async (actors) => {
          const stuck = new Flag();
          const boss = await actors.startActor("boss", {
            module: BOSS,
            shared: { stuck: stuck.memory },
          });
          await openNursery((calls) => {
            calls.spawn(() => boss.run("relay", "fail", "from below"));
          });
        }),
      RemoteActorError,
      "from below",
    );
    assertEquals(error.actorPath, "root/boss/worker");
  },
);
