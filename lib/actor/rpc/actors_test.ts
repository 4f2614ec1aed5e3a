/** Portals to real actors, in workers of their own. */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { CancelScope } from "../cancel_scope.ts";
import { BrokenResourceError, ClosedResourceError } from "../errors.ts";
import { openNursery } from "../nursery.ts";
import { type ActorNursery, openActorNursery } from "../spawn/actor_nursery.ts";
import { runActors } from "../spawn/run_actors.ts";
import type { WireValue } from "../wire/frame.ts";
import { RemoteActorError } from "../wire/remote_error.ts";
import type { Portal } from "./portal.ts";

const module = import.meta.resolve("../../../fixtures/children/zoo.ts");

/** Registers a test with one actor, which is ended afterwards. */
function testWithActor(
  name: string,
  body: (portal: Portal, actors: ActorNursery) => Promise<void>,
): void {
  Deno.test(name, { timeout: 60_000 }, () =>
    runActors(() =>
      openActorNursery(async (actors) => {
        await body(await actors.startActor("child", { module }), actors);
        actors.cancel("the test is over");
      }), { softKillMs: 10_000, hardKillMs: 10_000, handleSigint: false }));
}

testWithActor("run calls a function of another isolate", async (portal) => {
  const value = { text: "ü", bytes: new Uint8Array([0, 255]), at: new Date(7), list: [null, 1.5] };
  assertEquals(await portal.run("echo", value), value);
});

testWithActor("run finds exports and nothing else", async (portal) => {
  for (const name of ["constructor", "__proto__", "toString", "default", "then", "add"]) {
    const error = await assertRejects(() => portal.run(name), RemoteActorError);
    assertEquals(error.remoteMessage, `there is no function "${name}" to call in root/child`);
  }
});

testWithActor(
  "run brings an error over with its actor, type, stack, cause and parts",
  async (portal) => {
    const error = await assertRejects(() => portal.run("failWithAll"), RemoteActorError);
    assertEquals([error.actorPath, error.remoteType], ["root/child", "AggregateError"]);
    assertEquals(error.remoteMessage, "it failed");
    assertStringIncludes(error.remoteStack, "zoo.ts:37");
    assertInstanceOf(error.cause, RemoteActorError);
    assertEquals([error.cause.remoteType, error.cause.actorPath], ["RangeError", "root/child"]);
    assertEquals(error.errors.map((part) => part.remoteMessage), ["part"]);
  },
);

testWithActor("run brings an error up through two actors as what it was", async (portal) => {
  const error = await assertRejects(() => portal.run("failBelow"), RemoteActorError);
  assertEquals([error.actorPath, error.remoteType], ["root/child/leaf", "AggregateError"]);
  assertStringIncludes(error.remoteStack, "zoo.ts:37");
  assertInstanceOf(error.cause, RemoteActorError);
  assertEquals(error.cause.actorPath, "root/child/leaf");
});

testWithActor(
  "run says so when the answer cannot cross, and the actor lives on",
  async (portal) => {
    const error = await assertRejects(() => portal.run("unsendable"), RemoteActorError);
    assertStringIncludes(error.remoteMessage, "value[0] cannot cross to another actor: a function");
    assertEquals(await portal.run("echo", 1), 1);
  },
);

testWithActor("a cancelled run cancels the function in the other isolate", async (portal) => {
  const scope = new CancelScope({ name: "impatient" });
  await openNursery(async (nursery) => {
    nursery.spawn(() => scope.run(() => portal.run("waitForReason")));
    // Answered after the call before it has begun.
    await portal.run("echo", 1);
    scope.cancel("enough");
  });
  const heard = await portal.run("cancelsHeard");
  assert(Array.isArray(heard));
  assertEquals(heard.map(({ scope, detail, byActor }) => [scope, detail, byActor]), [
    ["impatient", "enough", "root"],
  ]);
});

testWithActor("openContext streams both ways, in order", async (portal) => {
  const count = 5_000;
  await portal.openContext("echoAll", [], async (context) => {
    await openNursery((nursery) => {
      nursery.spawn(async () => {
        for (let i = 0; i < count; i++) await context.send(i);
        context.stop();
      });
      nursery.spawn(async () => {
        let next = 0;
        for await (const value of context) assertEquals(value, next++);
        assertEquals(next, count);
      });
    });
    assertEquals(await context.result(), count);
  });
});

testWithActor(
  "openContext ends a function that would send without end, in flat memory",
  async (portal) => {
    const before = Deno.memoryUsage().heapUsed;
    const last = await portal.openContext("countUp", [], async (context) => {
      let read: WireValue = null;
      for (let i = 0; i < 20_000; i++) read = await context.receive();
      return read;
    });
    assertEquals(last, 19_999);
    assertLess(Deno.memoryUsage().heapUsed - before, 50e6);
    assertEquals(await portal.run("echo", 1), 1);
  },
);

testWithActor(
  "openContext reads what an actor sent before it died, and says that it is lost",
  async (portal) => {
    const got: WireValue[] = [];
    await assertRejects(() =>
      portal.openContext("countAndDie", [100], async (context) => {
        for await (const value of context) got.push(value);
      }), BrokenResourceError);
    assertEquals(got, Array.from({ length: 100 }, (_, i) => i));
  },
);

testWithActor("a portal to an actor that has ended refuses every call", async (portal) => {
  await portal.cancelActor();
  for (
    const call of [() => portal.run("echo", 1), () => portal.openContext("echoAll", [], () => {})]
  ) {
    const error = await call().catch((error: unknown) => error);
    assert(
      error instanceof BrokenResourceError || error instanceof ClosedResourceError,
      `${error}`,
    );
  }
});

testWithActor("calls that race with the end of their actor all come back", async (portal) => {
  const outcomes: unknown[] = [];
  await openNursery(async (nursery) => {
    let ended = false;
    for (let i = 0; i < 20; i++) {
      nursery.spawn(async () => {
        while (!ended) outcomes.push(await portal.run("echo", i).catch((error: unknown) => error));
      });
    }
    await portal.run("echo", "begun");
    await portal.cancelActor();
    ended = true;
  });
  for (const outcome of outcomes) {
    assert(
      typeof outcome === "number" || outcome instanceof RemoteActorError ||
        outcome instanceof BrokenResourceError || outcome instanceof ClosedResourceError,
      String(outcome),
    );
  }
  assert(outcomes.some((outcome) => typeof outcome === "number"));
});
