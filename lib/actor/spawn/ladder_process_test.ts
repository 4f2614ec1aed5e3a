import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BrokenResourceError, KeyboardInterrupt } from "../errors.ts";
import { interruptTask } from "../run.ts";
import { rootTasks } from "../task.ts";
import { openActorNursery } from "./actor_nursery.ts";
import type { ActorEnd } from "./child.ts";
import { runActors } from "./run_actors.ts";
import {
  actorTest,
  Flag,
  test,
  untilParkedIn,
  workerThreads,
  ZOO,
} from "../../../tests/support/spawn_testing.ts";

/** Short, for here they run out on purpose. */
const BOUNDS = { softKillMs: 100, hardKillMs: 100, joinMs: 100 };
/** Here only the soft kill shall run out, on a busy machine too. */
const REAPING = { softKillMs: 100, hardKillMs: 5_000 };

/** Has a child call `fn`, which gets stuck, and tears it down; answers what became of it. */
async function tearDownStuck(fn: string): Promise<ActorEnd | undefined> {
  const stuck = new Flag();
  const ends: ActorEnd[] = [];
  await openActorNursery(async (actors) => {
    await actors.runInActor("child", {
      module: ZOO,
      shared: { stuck: stuck.memory },
      onEnd: (end) => ends.push(end),
    }, fn);
    await stuck.raised();
    actors.cancel();
  });
  return ends[0];
}

const IN_VAIN = [
  "soft-kill asked",
  "soft-kill effect no-answer",
  "hard-kill asked",
  "hard-kill effect no-answer",
  "abandon asked",
  "abandon effect abandoned",
];

for (const fn of ["block", "spin", "storm"]) {
  actorTest(
    `tearDown() of a child stuck in ${fn}() without a remedy abandons it, and its loop stays parked`,
    { ...BOUNDS, remedies: ["bounded-join"] },
    async (test) => {
      assertEquals(await tearDownStuck(fn), { kind: "abandoned" });
      assertEquals(test.records.rungs("root/child"), IN_VAIN);
      assertEquals(test.records.remediesUsed(), ["bounded-join"]);
      assertEquals(workerThreads().length, 1);
    },
  );

  actorTest(
    `tearDown() of a child stuck in ${fn}() ends its thread with reap`,
    REAPING,
    async (test) => {
      assertEquals(await tearDownStuck(fn), { kind: "ended", by: "reap" });
      assertEquals(test.records.rungs("root/child"), [
        "soft-kill asked",
        "soft-kill effect no-answer",
        "hard-kill asked",
        "reap asked",
        "hard-kill effect no-answer",
        "reap effect ended",
      ]);
      assertEquals(test.records.dead(), ["root/child"]);
    },
  );
}

actorTest(
  "tearDown() reaps a child whose code has put something else in the place of close()",
  REAPING,
  async () => {
    assertEquals(await tearDownStuck("blockUnclosable"), { kind: "ended", by: "reap" });
  },
);

test(
  "tearDown() without a remedy leaves the nursery parked on an abandoned child until an interrupt",
  async ({ records }) => {
    const running = runActors(() => tearDownStuck("block"), {
      ...BOUNDS,
      remedies: [],
      handleSigint: false,
    });
    await records.first((body) =>
      body.kind === "rung" && body.rung === "abandon" && body.step === "effect"
    );
    const wait = await untilParkedIn("recv", "channel root<->root/child");
    assertEquals(wait.peerState, "abandoned");
    await untilParkedIn("join", '"actors"');
    for (const task of rootTasks) interruptTask(task);
    await assertRejects(() => running, KeyboardInterrupt);
    assertEquals(records.remedies(), []);
  },
);

actorTest(
  "tearDown() of a child that ends by itself after its answer says so",
  REAPING,
  async (test) => {
    const ends: ActorEnd[] = [];
    await openActorNursery(async (actors) => {
      const portal = await actors.startActor("child", {
        module: ZOO,
        onEnd: (end) => ends.push(end),
      });
      await assertRejects(() => portal.run("die"), BrokenResourceError);
    });
    assertEquals(ends, [{ kind: "ended", by: "itself" }]);
    assertEquals(test.records.rungs("root/child"), []);
  },
);

actorTest(
  "tearDown() of a child that swallows its cancel ends it by hard kill",
  { softKillMs: 1_000, hardKillMs: 10_000, remedies: ["bounded-join"] },
  async (test) => {
    const ends: ActorEnd[] = [];
    const module = import.meta.resolve("../../../fixtures/children/slow_goodbye.ts");
    await openActorNursery(async (actors) => {
      await actors.runInActor("child", { module, onEnd: (end) => ends.push(end) }, "work");
      actors.cancel();
    });
    assertEquals(ends, [{ kind: "ended", by: "hard-kill" }]);
    assertEquals(test.records.rungs("root/child"), [
      "soft-kill asked",
      "soft-kill acked",
      "soft-kill effect no-answer",
      "hard-kill asked",
      "hard-kill effect ended",
    ]);
  },
);

actorTest(
  "tearDown() sees a child that is stuck in an exit hook after its goodbye",
  REAPING,
  async (test) => {
    const stuck = new Flag();
    const ends: ActorEnd[] = [];
    await openActorNursery(async (actors) => {
      const portal = await actors.startActor("child", {
        module: ZOO,
        shared: { stuck: stuck.memory },
        onEnd: (end) => ends.push(end),
      });
      await portal.openContext("blockAtExit", [], () => actors.cancel()).catch(() => {});
    });
    assertEquals(ends, [{ kind: "ended", by: "reap" }]);
    assertStringIncludes(
      test.records.rungs("root/child").join(),
      "soft-kill effect said goodbye, but its thread stays",
    );
  },
);

actorTest("tearDown() of many stuck children overlaps their bounds", REAPING, async (test) => {
  const flags = Array.from({ length: 4 }, () => new Flag());
  await openActorNursery(async (actors) => {
    for (const [n, { memory }] of flags.entries()) {
      await actors.runInActor(`child-${n}`, { module: ZOO, shared: { stuck: memory } }, "block");
    }
    for (const flag of flags) await flag.raised();
    actors.cancel();
  });
  const rungs = test.records.all.filter(({ kind }) => kind === "rung")
    .map((body) => body.kind === "rung" ? `${body.rung} ${body.step}` : "");
  // Every one is asked before the first one's bound has run out.
  assertEquals(rungs.slice(0, 4), Array(4).fill("soft-kill asked"));
  assertEquals(test.records.dead().length, 4);
});
