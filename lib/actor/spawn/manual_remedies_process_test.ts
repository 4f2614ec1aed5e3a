import { REMEDIES } from "../../protocol/remedies.ts";
import { assert, assertEquals } from "@std/assert";
import type { Control, ControlReply } from "../../protocol/control.ts";
import { controlText } from "../control.ts";
import { SharedMutex } from "../shared_mutex.ts";
import { openActorNursery } from "./actor_nursery.ts";
import { runActors } from "./run_actors.ts";
import {
  actorTest,
  startStuck,
  test,
  untilParkedIn,
  ZOO,
} from "../../../tests/support/spawn_testing.ts";

/** They run out on purpose. */
const BOUNDS = { softKillMs: 400, hardKillMs: 60, joinMs: 60, handleSigint: false, remedies: [] };

const ALL = REMEDIES.map(({ name }) => name).filter((name) => name !== "sentinel");

function ask(control: Control): ControlReply {
  return JSON.parse(controlText(JSON.stringify(control)));
}

function byHand(remedy: string): ControlReply {
  return ask({ do: "remedy", remedy });
}

/** A root that hangs because of a child that is stuck and was given up. */
function hangOnStuck(): Promise<void> {
  return runActors(() =>
    openActorNursery(async (actors) => {
      await startStuck(actors);
      actors.cancel();
    }), BOUNDS);
}

for (
  const [remedy, did] of [
    ["channel-abort", "broke this end of its channel"],
    ["cancel-peer-tasks", "cancelled the tasks bound to its channel"],
    ["bounded-join", "gave up joining its message loop and cancelled it"],
  ] as const
) {
  test(`${remedy} by hand lets a root join that hangs on a child it has given up`, async ({ records }) => {
    const running = hangOnStuck();
    await records.first((body) =>
      body.kind === "rung" && body.rung === "abandon" && body.step === "effect"
    );
    await untilParkedIn("recv", "channel root<->root/child");
    await untilParkedIn("event", "loop of");
    // Those of other hangs find nothing here.
    for (const other of ["boot-race", "death-watch", "reap"]) {
      assertEquals(byHand(other).kind, "nothing-to-do", other);
    }
    assertEquals(records.remedies(), []);
    assertEquals(byHand(remedy).kind, "applied");
    assertEquals(records.remedies(), [`${remedy}: ${did}`]);
    const record = records.all.find(({ kind }) => kind === "remedy");
    assert(record?.kind === "remedy" && record.by === "operator");
    await running;
    // There is nothing left for it.
    assertEquals(byHand(remedy).kind, "nothing-to-do");
  });
}

test("death-watch by hand hears of who is said to be dead", async ({ records }) => {
  const running = hangOnStuck();
  await records.first((body) =>
    body.kind === "rung" && body.rung === "abandon" && body.step === "effect"
  );
  await untilParkedIn("recv", "channel root<->root/child");
  const reply = ask({ do: "remedy", remedy: "death-watch", dead: ["root/child"] });
  assertEquals(reply, { kind: "applied", did: ["end-of-file on the channel to root/child"] });
  assertEquals(records.dead(), ["root/child"]);
  await running;
});

actorTest(
  "no remedy by hand does anything to children that live and answer",
  BOUNDS,
  async ({ records }) => {
    await openActorNursery(async (actors) => {
      const portal = await actors.startActor("child", { module: ZOO });
      for (const remedy of ALL) assertEquals(byHand(remedy).kind, "nothing-to-do", remedy);
      assertEquals(byHand("sentinel-of-somebody-else").kind, "failed");
      assertEquals(ask({ do: "abort-channel", channel: "root<->nobody" }).kind, "nothing-to-do");
      assertEquals([await portal.run("echo", 5), records.remedies()], [5, []]);
      actors.cancel();
    });
  },
);

actorTest(
  "reap by hand frees the locks of an actor that is said to be dead, and no other",
  BOUNDS,
  async () => {
    const lock = new SharedMutex("of the living");
    lock.acquireBlocking();
    const reply = ask({ do: "remedy", remedy: "reap", dead: ["root/nobody"] });
    assertEquals([reply.kind, lock.holder], ["nothing-to-do", "root"]);
    lock.release();
    await Promise.resolve();
  },
);
