/**
 * The root actor: what comes out of it, and what SIGINT, sent by the kernel to a real process, does to the whole tree
 * (`fixtures/programs/interrupt_actors.ts`).
 */

import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../errors.ts";
import { openActorNursery } from "./actor_nursery.ts";
import { runActors } from "./run_actors.ts";
import { signalled } from "../../../tests/support/signalled.ts";
import { test, ZOO } from "../../../tests/support/spawn_testing.ts";

const QUIET = { handleSigint: false };

/** What the program says once it was interrupted, and its exit code. */
async function interrupted(situation: string): Promise<{ lines: string[]; code: number }> {
  const { lines, code } = await signalled("interrupt_actors.ts", { args: [situation] });
  return { lines: lines.filter((line) => line !== "ready"), code };
}

/** The same lines with the first `count` sorted: an acknowledgement and a proof of death come by different ways. */
function unordered(lines: readonly string[], count: number): string[] {
  return [...lines.slice(0, count).toSorted(), ...lines.slice(count)];
}

for (
  const [situation, child, cancelled, does] of [
    ["child", "root/child", 1, "ends its children softly on SIGINT and throws KeyboardInterrupt"],
    ["tree", "root/boss", 0, "ends the whole tree on SIGINT"],
  ] as const
) {
  test(`runActors() ${does}`, async () => {
    const { lines, code } = await interrupted(situation);
    assertEquals(unordered(lines, 2), [
      `soft-kill of ${child}: acked`,
      `soft-kill of ${child}: ended`,
      "joined: interrupted",
      "run: KeyboardInterrupt",
      `cancelled: ${cancelled}`,
    ]);
    assertEquals(code, 0);
  });
}

test("runActors() that is parked on an abandoned child is unwedged by SIGINT", async () => {
  const { lines } = await interrupted("wedged");
  assertEquals(lines.slice(-3), [
    "joined: interrupted",
    "run: KeyboardInterrupt",
    "cancelled: 0",
  ]);
});

test("runActors() returns what its main task returned", async ({ records }) => {
  assertEquals(await runActors(() => 42, QUIET), 42);
  assertEquals(records.all.at(-1), { kind: "joined", outcome: "ok", error: null });
});

test("runActors() throws the error of its main task, and reports it at once", async ({ records }) => {
  const failing = () => {
    throw new RangeError("no good");
  };
  await assertRejects(() => runActors(failing, QUIET), RangeError, "no good");
  const kinds = records.all.map(({ kind }) => kind).filter((kind) => kind !== "cancel");
  assertEquals(kinds, ["error", "joined"]);
});

test("runActors() refuses a second one in the same isolate at the same time", async () => {
  await runActors(async () => {
    await assertRejects(() => runActors(() => {}, QUIET), UsageError);
  }, QUIET);
});

test("runActors() can be used again, and then has other children", async ({ records }) => {
  for (let round = 0; round < 2; round++) {
    await runActors(() =>
      openActorNursery(async (actors) => {
        const portal = await actors.startActor("child", { module: ZOO });
        assertEquals(await portal.run("echo", round), round);
        actors.cancel();
      }), QUIET);
  }
  assertEquals(records.dead(), ["root/child", "root/child"]);
});

test("runActors() refuses options that make no sense", async () => {
  for (
    const [options, why] of [
      [{ remedies: ["prayer"] }, 'there is no remedy "prayer"'],
      [{ softKillMs: -1 }, "softKillMs must be at least 0 ms, got -1"],
      [{ hardKillMs: NaN }, "hardKillMs must be at least 0 ms, got NaN"],
      [{ joinMs: -0.5 }, "joinMs must be at least 0 ms, got -0.5"],
    ] as const
  ) {
    await assertRejects(() => runActors(() => {}, { ...QUIET, ...options }), UsageError, why);
  }
});
