import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { BrokenResourceError, Cancelled, UsageError } from "../errors.ts";
import { openNursery } from "../nursery.ts";
import { sleepForever } from "../sleep.ts";
import { RemoteActorError } from "../wire/remote_error.ts";
import { openActorNursery } from "./actor_nursery.ts";
import {
  actorTest,
  Flag,
  moduleOf,
  untilParkedIn,
  ZOO,
} from "../../../tests/support/spawn_testing.ts";

actorTest("startActor() answers with a portal to an actor that serves its module", {}, async () => {
  await openActorNursery(async (actors) => {
    const portal = await actors.startActor("child", { module: ZOO });
    assertEquals(portal.peer, { path: "root/child", state: "alive" });
    assertEquals(await portal.run("echo", { a: [1, "two"] }), { a: [1, "two"] });
    assertEquals(await portal.run("whoAmI"), "whoAmI");
    actors.cancel();
  });
});

actorTest(
  "startActor() reports spawn, handshake, soft kill and proof of death",
  {},
  async (test) => {
    await openActorNursery(async (actors) => {
      await actors.startActor("child", { module: ZOO });
      actors.cancel();
    });
    assertEquals(test.records.rungs("root/child"), [
      "soft-kill asked",
      "soft-kill acked",
      "soft-kill effect ended",
    ]);
    assertEquals(test.records.dead(), ["root/child"]);
    assertEquals(test.records.remedies(), []);
  },
);

actorTest("runInActor() ends the actor when its answer is in", {}, async (test) => {
  await openActorNursery(async (actors) => {
    await actors.runInActor("child", { module: ZOO }, "echo", 1);
  });
  assertEquals(test.records.dead(), ["root/child"]);
});

actorTest("runInActor() fails the nursery with the error of the function", {}, async (test) => {
  const error = await assertRejects(
    () =>
      openActorNursery(async (actors) => {
        await actors.startActor("sibling", { module: ZOO });
        await actors.runInActor("child", { module: ZOO }, "fail", "no good");
        await sleepForever();
      }),
    RemoteActorError,
    "no good",
  );
  assertEquals(error.actorPath, "root/child");
  assertEquals(error.remoteType, "RangeError");
  assertEquals(test.records.dead(), ["root/child", "root/sibling"]);
});

actorTest(
  "runInActor() whose body has ended fails the nursery, too, and ends a sibling that would go on",
  {},
  async (test) => {
    await assertRejects(
      () =>
        openActorNursery(async (actors) => {
          await actors.runInActor("sibling", { module: ZOO }, "waitForCancel");
          await actors.runInActor("child", { module: ZOO }, "fail", "no good");
        }),
      RemoteActorError,
      "no good",
    );
    assertEquals(test.records.dead(), ["root/child", "root/sibling"]);
  },
);

/** What starting that module fails with; it says so. */
function failureToStart(module: string, says: string): Promise<RemoteActorError> {
  return assertRejects(
    () => openActorNursery((actors) => actors.startActor("child", { module })),
    RemoteActorError,
    says,
  );
}

for (const boot of [[], ["boot-race"]]) {
  const how = boot.length === 0 ? "without" : "with";
  actorTest(
    `startActor() of a module that does not exist fails with a RemoteActorError, ${how} the boot race`,
    { remedies: boot },
    async (test) => {
      const module = import.meta.resolve("./there_is_no_such_file.ts");
      const error = await failureToStart(module, "there_is_no_such_file.ts");
      assertEquals(error.actorPath, "root/child");
      assertEquals(test.records.dead(), ["root/child"]);
      assertEquals(test.records.remedies(), []);
    },
  );
}

actorTest("startActor() of a module that throws fails with its error", {}, async (test) => {
  const module = moduleOf(`throw new RangeError("no configuration");`);
  const error = await failureToStart(module, "no configuration");
  assertEquals(error.remoteType, "RangeError");
  assertEquals(test.records.dead(), ["root/child"]);
});

for (const [how, source] of [["closes", "self.close()"], ["exits", "Deno.exit(3)"]] as const) {
  const module = moduleOf(`${source}; await new Promise(() => {});`);

  actorTest(
    `startActor() of an actor that ${how} while it is loaded fails at once with the boot race`,
    { remedies: ["boot-race"] },
    async (test) => {
      await assertRejects(
        () => openActorNursery((actors) => actors.startActor("child", { module })),
        BrokenResourceError,
        "no handshake from root/child: its isolate is gone",
      );
      assertEquals(test.records.remediesUsed(), ["boot-race"]);
      assertEquals(test.records.dead(), ["root/child"]);
    },
  );

  actorTest(
    `startActor() of an actor that ${how} while it is loaded waits without end without the boot race`,
    { remedies: ["bounded-join"] },
    async ({ records }) => {
      await openNursery(async (outer) => {
        outer.spawn(() => openActorNursery((actors) => actors.startActor("child", { module })));
        await records.first(({ kind }) => kind === "actor-dead");
        const wait = await untilParkedIn("handshake", "handshake of root/child");
        assertEquals(wait.peer, "root/child");
        assertEquals(wait.peerState, "dead");
        assertEquals(records.remedies(), []);
        outer.cancelScope.cancel("it never comes");
      });
    },
  );
}

actorTest(
  "startActor() of an actor whose module never loads ends with a cancel",
  {},
  async (test) => {
    const module = moduleOf("await new Promise(() => {});");
    await openNursery(async (outer) => {
      outer.spawn(() => openActorNursery((actors) => actors.startActor("child", { module })));
      await untilParkedIn("handshake", "root/child");
      outer.cancelScope.cancel("it never comes");
    });
    assertEquals(test.records.rungs("root/child").at(-1), "soft-kill effect ended");
  },
);

actorTest(
  "cancel() ends the start of an actor that is not ready, with the boot race",
  {},
  async () => {
    const module = moduleOf("await new Promise(() => {});");
    await assertRejects(
      () =>
        openActorNursery(async (actors) => {
          await openNursery(async (both) => {
            both.spawn(() => actors.startActor("child", { module }));
            await untilParkedIn("handshake", "root/child");
            actors.cancel("never mind");
          });
        }),
      BrokenResourceError,
      "no handshake from root/child: it is to end",
    );
  },
);

actorTest(
  "startActor() of an actor that spins while it is loaded can be cancelled, and is reaped",
  { softKillMs: 100, hardKillMs: 5_000 },
  async (test) => {
    const module = import.meta.resolve("../../../fixtures/children/spins_at_load.ts");
    const stuck = new Flag();
    const shared = { stuck: stuck.memory };
    await openNursery(async (outer) => {
      outer.spawn(() =>
        openActorNursery((actors) => actors.startActor("child", { module, shared }))
      );
      await stuck.raised();
      outer.cancelScope.cancel("it never comes");
    });
    assertEquals(test.records.rungs("root/child").at(-1), "reap effect ended");
    assertEquals(test.records.dead(), ["root/child"]);
  },
);

for (const fn of ["throwOutside", "rejectOutside"]) {
  actorTest(
    `an actor that dies in ${fn}() fails its nursery at once, and every call, with what it died of`,
    {},
    async (test) => {
      let call: unknown = null;
      const error = await assertRejects(() =>
        openActorNursery(async (actors) => {
          const portal = await actors.startActor("child", { module: ZOO });
          call = await portal.run(fn, "out of the blue").catch((error: unknown) => error);
          // The nursery has been told by now: this wait is cancelled.
          await sleepForever();
        }), RemoteActorError);
      assertEquals([error.remoteMessage, error.actorPath], ["out of the blue", "root/child"]);
      assertStringIncludes(error.remoteStack, "zoo.ts");
      assertInstanceOf(call, BrokenResourceError);
      assertStringIncludes(call.message, "out of the blue");
      assertStrictEquals(call.cause, error);
      assert(test.records.all.some((body) => body.kind === "error" && body.where === "root/child"));
    },
  );
}

actorTest("an idle actor that dies fails its nursery", {}, async () => {
  const error = await assertRejects(() =>
    openActorNursery(async (actors) => {
      const portal = await actors.startActor("child", { module: ZOO });
      await portal.run("throwSoon", "later");
      await sleepForever();
    }), RemoteActorError);
  assertEquals(error.remoteMessage, "later");
});

actorTest(
  "startActor() refuses what cannot be an actor's, and leaves nothing",
  {},
  async (test) => {
    await openActorNursery(async (actors) => {
      for (
        const [name, module, why] of [
          ["", ZOO, "one part of a path"],
          ["a/b", ZOO, "one part of a path"],
          ["child", "./child.ts", 'import.meta.resolve("./child.ts")'],
        ] as const
      ) {
        await assertRejects(() => actors.startActor(name, { module }), UsageError, why);
      }
      // deno-lint-ignore no-explicit-any -- wrong on purpose: a function cannot be cloned
      const shared: any = { callback: () => {} };
      await assertRejects(
        () => actors.startActor("child", { module: ZOO, shared }),
        UsageError,
        "cannot be shared",
      );
      // The name is free again.
      const portal = await actors.startActor("child", { module: ZOO });
      assertEquals(portal.peer.path, "root/child");
      actors.cancel();
    });
    assertEquals(test.records.dead(), ["root/child"]);
  },
);

actorTest(
  "startActor() gives actors of one name paths of their own while both live",
  {},
  async () => {
    await openActorNursery(async (actors) => {
      const first = await actors.startActor("child", { module: ZOO });
      const second = await actors.startActor("child", { module: ZOO });
      assertEquals([first.peer.path, second.peer.path], ["root/child", "root/child~2"]);
      await first.cancelActor();
      const third = await actors.startActor("child", { module: ZOO });
      assertEquals(third.peer.path, "root/child");
      assertEquals(await second.run("echo", 2), 2);
      assertEquals(await third.run("echo", 3), 3);
      actors.cancel();
    });
  },
);

actorTest(
  "startActor() in a cancelled scope throws Cancelled and starts nothing",
  {},
  async (test) => {
    await openActorNursery(async (actors) => {
      actors.cancelScope.cancel("enough");
      await assertRejects(() => actors.startActor("child", { module: ZOO }), Cancelled);
    });
    assertEquals(test.records.all.filter(({ kind }) => kind === "actor-spawned"), []);
  },
);
