import { assertEquals, assertRejects } from "@std/assert";
import { BrokenResourceError, KeyboardInterrupt } from "../errors.ts";
import { interruptTask } from "../run.ts";
import { rootTasks } from "../task.ts";
import { openActorNursery } from "./actor_nursery.ts";
import { runActors } from "./run_actors.ts";
import {
  Flag,
  type Records,
  startStuck,
  test,
  untilParkedIn,
  workersGone,
  workerThreads,
  ZOO,
} from "../../../tests/support/spawn_testing.ts";

/** They run out on purpose. */
const BOUNDS = { softKillMs: 60, hardKillMs: 60, joinMs: 60, handleSigint: false };

/** Tears down a child that is stuck, with some remedies; the error that its answer came to goes into `answers`. */
function tearDownStuck(remedies: string[], answers: string[]): Promise<void> {
  const hardKillMs = remedies.includes("reap") ? 5_000 : BOUNDS.hardKillMs;
  return runActors(() =>
    openActorNursery(async (actors) => {
      const { failed } = await startStuck(actors);
      void failed.then((name) => answers.push(name));
      actors.cancel();
    }), { ...BOUNDS, hardKillMs, remedies });
}

function abandoned(records: Records): Promise<unknown> {
  return records.first((body) => body.kind === "rung" && body.rung === "abandon");
}

for (
  const [remedies, did] of [
    [["channel-abort"], ["channel-abort: broke this end of its channel"]],
    [["cancel-peer-tasks"], ["cancel-peer-tasks: cancelled the tasks bound to its channel"]],
    [["bounded-join"], [
      "bounded-join: gave up joining its message loop after 60 ms and cancelled it",
    ]],
  ] as const
) {
  const [name] = remedies;
  test(`${name}, alone, lets the nursery join and leaves the thread`, async ({ records }) => {
    const answers: string[] = [];
    await tearDownStuck([...remedies], answers);
    assertEquals(records.remedies(), [...did]);
    assertEquals(answers, ["BrokenResourceError"]);
    assertEquals(records.dead(), []);
    assertEquals(workerThreads().length, 1);
  });
}

for (const remedies of [["boot-race"], ["death-watch"], []]) {
  const name = remedies[0] ?? "no remedy";
  test(`${name}, alone, does nothing for a child that is stuck`, async ({ records }) => {
    const answers: string[] = [];
    const running = tearDownStuck(remedies, answers);
    await abandoned(records);
    await untilParkedIn("recv", "channel root<->root/child");
    assertEquals(records.remedies(), []);
    assertEquals(answers, []);
    for (const task of rootTasks) interruptTask(task);
    await assertRejects(() => running, KeyboardInterrupt);
  });
}

test("reap, alone, ends the thread and leaves the nursery parked on the dead child", async ({ records }) => {
  const answers: string[] = [];
  const running = tearDownStuck(["reap"], answers);
  await records.first(({ kind }) => kind === "actor-dead");
  const wait = await untilParkedIn("recv", "channel root<->root/child");
  assertEquals(wait.peerState, "dead");
  assertEquals(records.remedies(), ["reap: evaluated self.close() in its inspector session"]);
  await workersGone();
  for (const task of rootTasks) interruptTask(task);
  await assertRejects(() => running, KeyboardInterrupt);
});

test("channel-abort and reap together end nursery and thread", async ({ records }) => {
  const answers: string[] = [];
  await tearDownStuck(["channel-abort", "reap"], answers);
  assertEquals(records.remediesUsed(), ["reap", "channel-abort"]);
  assertEquals(records.dead(), ["root/child"]);
});

test("runActors() that names no remedy has all of them that it may, and reap when asked", async ({ records }) => {
  const stuck = new Flag();
  await assertRejects(
    () =>
      runActors(() =>
        openActorNursery(async (actors) => {
          await actors.startActor("dying", { module: ZOO });
          const portal = await actors.startActor("child", {
            module: ZOO,
            shared: { stuck: stuck.memory },
          });
          actors.cancel();
          await portal.run("block");
        }), { softKillMs: 60, hardKillMs: 10_000, handleSigint: false, reap: true }),
    BrokenResourceError,
  );
  assertEquals(records.dead(), ["root/child", "root/dying"]);
});
