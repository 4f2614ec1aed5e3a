/** Workers that stand ready for actors: the tests fail when one is left behind. */

import { assertEquals, assertRejects } from "@std/assert";
import { actorPath } from "../identity.ts";
import { UsageError } from "../errors.ts";
import { CancelScope } from "../cancel_scope.ts";
import { hold } from "../park.ts";
import { sleepForever } from "../sleep.ts";
import { moduleOf, test, ZOO } from "../../../tests/support/spawn_testing.ts";
import { openActorNursery } from "./actor_nursery.ts";
import { runActors } from "./run_actors.ts";
import { currentRuntime } from "./runtime.ts";
import { SPARE_NAME } from "./spares.ts";

const BOUNDS = { softKillMs: 10_000, hardKillMs: 10_000, handleSigint: false };

/** Says what a dump of the isolate would. */
const SELF = moduleOf(`
  const snapshot = () => JSON.parse(globalThis[Symbol.for("unwedge.snapshot")]());
  export const actor = () => snapshot().actor;
  export const tasks = () => snapshot().tasks.map(({ name }) => name).sort();
`);

function ready(): Promise<void> {
  return hold(currentRuntime().wiring.spares?.filled() ?? Promise.resolve(), "spares");
}

test("an actor in a spare is what one in a new worker is, and the spare is replaced", async ({ records }) => {
  await runActors(() =>
    openActorNursery(async (actors) => {
      const told: unknown[] = [];
      // The last one is cold.
      for (const name of ["one", "two", "cold"]) {
        if (name !== "cold") await ready();
        const portal = await actors.startActor(name, { module: SELF });
        told.push([await portal.run("actor"), await portal.run("tasks")]);
      }
      // More than there are spares.
      const many = await Promise.all(
        ["three", "four"].map((name) => actors.startActor(name, { module: ZOO })),
      );
      assertEquals(await Promise.all(many.map((portal) => portal.run("echo", 1))), [1, 1]);
      const tasks = (name: string) => [
        `loop of root/${name}<->root`,
        `root/${name}`,
        "tasks",
        "wait for the end",
      ];
      assertEquals(told, ["one", "two", "cold"].map((name) => [`root/${name}`, tasks(name)]));
      actors.cancel();
    }), { ...BOUNDS, spare: 1 });
  assertEquals(actorPath(), "root");
  const workers = records.all.flatMap((body) => body.kind === "actor-spawned" ? [body.worker] : []);
  assertEquals(workers.slice(0, 2), [SPARE_NAME, SPARE_NAME]);
  assertEquals(records.dead().length, 5);
});

test("spares are ended with their run: before they are ready, when it fails, when it is cancelled", async () => {
  await runActors(() => {}, { ...BOUNDS, spare: 2 });
  await assertRejects(() =>
    runActors(async () => {
      await ready();
      throw new RangeError("main");
    }, { ...BOUNDS, spare: 1 }), RangeError);
  await runActors(async () => {
    const scope = new CancelScope();
    await scope.run(() =>
      openActorNursery(async (actors) => {
        await actors.startActor("child", { module: ZOO });
        scope.cancel();
        await sleepForever();
      })
    );
  }, { ...BOUNDS, spare: 1 });
});

test("spare must be a whole number", async () => {
  for (const spare of [-1, 0.5, NaN]) {
    await assertRejects(() => runActors(() => {}, { ...BOUNDS, spare }), UsageError, "spare");
  }
});
