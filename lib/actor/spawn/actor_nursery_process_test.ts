import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { CancelScope } from "../cancel_scope.ts";
import { ClosedResourceError, UsageError } from "../errors.ts";
import { Event } from "../event.ts";
import { openNursery } from "../nursery.ts";
import { all } from "../combinators.ts";
import { run } from "../run.ts";
import { runActors } from "./run_actors.ts";
import { sleep, sleepForever } from "../sleep.ts";
import { RemoteActorError } from "../wire/remote_error.ts";
import { openActorNursery } from "./actor_nursery.ts";
import type { ActorEnd } from "./child.ts";
import { actorTest, Flag, test, untilParkedIn, ZOO } from "../../../tests/support/spawn_testing.ts";

actorTest("openActorNursery() returns what its body returned", {}, async () => {
  assertEquals(await openActorNursery(() => "value"), "value");
});

actorTest(
  "openActorNursery() whose body fails ends its children and throws the error",
  {},
  async (test) => {
    const cancelled = new Flag();
    await assertRejects(
      () =>
        openActorNursery(async (actors) => {
          const portal = await actors.startActor("child", {
            module: ZOO,
            shared: { cancelled: cancelled.memory },
          });
          await openNursery(async (calls) => {
            calls.spawn(() => portal.run("waitForCancel"));
            await portal.run("echo", 1);
            throw new RangeError("the body has failed");
          });
        }),
      RangeError,
      "the body has failed",
    );
    await cancelled.raised();
    assertEquals(test.records.rungs("root/child"), [
      "soft-kill asked",
      "soft-kill acked",
      "soft-kill effect ended",
    ]);
  },
);

actorTest(
  "openActorNursery() that is told to waits for children that were not told to end",
  {},
  async ({ records }) => {
    await openNursery(async (outer) => {
      outer.spawn(() =>
        openActorNursery(async (actors) => {
          await actors.startActor("child", { module: ZOO });
        }, { atEnd: "wait" })
      );
      await untilParkedIn("event", "end of root/child");
      assertEquals(records.dead(), []);
      outer.cancelScope.cancel("enough");
    });
    assertEquals(records.dead(), ["root/child"]);
  },
);

actorTest(
  "openActorNursery() ends what serves when its body has ended, and waits for answers that are due",
  {},
  async ({ records }) => {
    const answers: unknown[] = [];
    await openActorNursery(async (actors) => {
      await actors.startActor("serves", { module: ZOO });
      const portal = await actors.runInActor("answers", { module: ZOO }, "echoLater", 7);
      portal.result().then((value) => answers.push(value));
    });
    assertEquals(answers, [7]);
    assertEquals(records.dead(), ["root/answers", "root/serves"]);
  },
);

test("48 healthy actors that end together are all asked, and none is ended by force", async ({ records }) => {
  const ends: ActorEnd[] = [];
  const options = {
    module: new URL("../../../fixtures/children/tidy.ts", import.meta.url),
    onEnd: (end: ActorEnd) => void ends.push(end),
  };
  await runActors(() =>
    openActorNursery(async (actors) => {
      await all(Array.from({ length: 48 }, (_, n) => async () => {
        const portal = await actors.startActor(`tidy-${n}`, options);
        await portal.run("begin", 20);
      }));
      actors.cancel();
    }), { handleSigint: false });
  assertEquals(ends, new Array(48).fill({ kind: "ended", by: "soft-kill" }));
  assertEquals(records.remedies(), []);
});

actorTest("cancel() ends the children and leaves the body alone", {}, async ({ records }) => {
  const value = await openActorNursery(async (actors) => {
    await actors.startActor("child", { module: ZOO });
    actors.cancel();
    await openNursery((both) => {
      const gone = new Event("seen");
      both.spawn(async () => {
        await gone.wait();
        assertEquals(actors.cancelScope.cancelCalled, false);
      });
      records.first(({ kind }) => kind === "actor-dead").then(() => gone.set());
    });
    return "still here";
  });
  assertEquals(value, "still here");
});

actorTest(
  "cancel() of the scope around the nursery ends body and children",
  {},
  async ({ records }) => {
    const reached: string[] = [];
    const outcome = await openNursery((outer) =>
      openActorNursery(async (actors) => {
        await actors.startActor("child", { module: ZOO });
        outer.cancelScope.cancel("enough");
        reached.push("before");
        await sleepForever();
        reached.push("after");
      })
    );
    assertEquals(outcome, undefined);
    assertEquals(reached, ["before"]);
    assertEquals(records.rungs("root/child").at(-1), "soft-kill effect ended");
  },
);

actorTest("cancelScope cancels body and children of the nursery", {}, async ({ records }) => {
  const value = await openActorNursery(async (actors) => {
    await actors.startActor("child", { module: ZOO });
    actors.cancelScope.cancel("enough");
    await sleepForever();
  });
  assertEquals(value, undefined);
  assertEquals(records.dead(), ["root/child"]);
});

actorTest("a child is told why it ends: who has cancelled, and where", {}, async ({ records }) => {
  await openActorNursery(async (actors) => {
    await actors.startActor("child", { module: ZOO });
    actors.cancel("the work is done");
  }, { name: "of the test" });
  const cancel = records.all.find((body) => body.kind === "teardown-requested");
  assertEquals(cancel, { kind: "teardown-requested", why: "explicit: the work is done" });
});

actorTest("cancelActor() ends one child and leaves its sibling", {}, async ({ records }) => {
  await openActorNursery(async (actors) => {
    const one = await actors.startActor("one", { module: ZOO });
    const two = await actors.startActor("two", { module: ZOO });
    await one.cancelActor("no longer needed");
    assertEquals(records.dead(), ["root/one"]);
    assertEquals(one.peer.state, "dead");
    await assertRejects(() => one.run("echo", 1), ClosedResourceError);
    // Once more does no harm.
    await one.cancelActor();
    assertEquals(await two.run("echo", 2), 2);
    await two.cancelActor();
  });
  assertEquals(records.dead(), ["root/one", "root/two"]);
});

actorTest("cancelActor() fails a call that is under way", {}, async () => {
  await openActorNursery(async (actors) => {
    const portal = await actors.startActor("child", { module: ZOO });
    await openNursery((both) => {
      both.spawn(async () => {
        await assertRejects(() => portal.run("waitForCancel"), RemoteActorError, "cancelActor");
      });
      both.spawn(() => portal.cancelActor());
    });
  });
});

actorTest("onEnd is told how an actor has ended, and its error fails the nursery", {}, async () => {
  const ends: ActorEnd[] = [];
  await openActorNursery(async (actors) => {
    const onEnd = (end: ActorEnd) => ends.push(end);
    await actors.runInActor("answers", { module: ZOO, onEnd }, "echo", 1);
  });
  assertEquals(ends, [{ kind: "ended", by: "soft-kill" }]);
  await assertRejects(
    () =>
      openActorNursery(async (actors) => {
        const onEnd = () => {
          throw new RangeError("onEnd has failed");
        };
        await actors.runInActor("answers", { module: ZOO, onEnd }, "echo", 1);
      }),
    RangeError,
    "onEnd has failed",
  );
});

actorTest(
  "startActor() by a task that outlives the body gives an actor that a cancel reaches",
  {},
  async ({ records }) => {
    await openNursery(async (outer) => {
      const bodyIsOver = new Event("body is over");
      outer.spawn(() =>
        openActorNursery(async (actors) => {
          await actors.startActor("early", { module: ZOO });
          outer.spawn(async () => {
            await bodyIsOver.wait();
            await actors.startActor("late", { module: ZOO });
            outer.cancelScope.cancel("enough");
          });
        })
      );
      await records.first((body) => body.kind === "teardown-requested");
      bodyIsOver.set();
    });
    assertEquals(records.dead(), ["root/early", "root/late"]);
  },
);

actorTest(
  "openActorNursery() nests: the inner one's children end with the inner one",
  {},
  async ({ records }) => {
    await openActorNursery(async (outer) => {
      const portal = await outer.startActor("outer", { module: ZOO });
      await openActorNursery(async (inner) => {
        await inner.startActor("inner", { module: ZOO });
        inner.cancel();
      });
      assertEquals(records.dead(), ["root/inner"]);
      assertEquals(await portal.run("echo", 1), 1);
      outer.cancel();
    });
  },
);

actorTest("teardown is requested once, by the outermost nursery", {}, async ({ records }) => {
  await openActorNursery(async () => {
    await openActorNursery((inner) => inner.cancel("inner"));
    assertEquals(records.all.filter(({ kind }) => kind === "teardown-requested"), []);
  });
  const [first] = records.all.filter(({ kind }) => kind === "teardown-requested");
  assertEquals(first, { kind: "teardown-requested", why: "the body has ended" });
});

actorTest(
  "a cancel of the program's outermost nursery requests teardown, until the program goes on",
  {},
  async ({ records }) => {
    const teardowns = () =>
      records.all.map(({ kind }) => kind).filter((kind) => kind.startsWith("teardown"));
    await openNursery(async () => {
      await openNursery((inner) => inner.cancelScope.cancel("inner"));
      assertEquals(teardowns(), []);
    });
    await openNursery((outer) => outer.cancelScope.cancel("outer"));
    assertEquals(teardowns(), ["teardown-requested"]);
    await sleep(1);
    assertEquals(teardowns(), ["teardown-requested", "teardown-over"]);
    await openActorNursery(() => {});
    assertEquals(teardowns().slice(2), ["teardown-requested"]);
  },
);

test("openActorNursery() outside runActors() throws UsageError", async () => {
  const error = await assertRejects(
    () => run(() => openActorNursery(() => {}), { handleSigint: false }),
    UsageError,
    "use runActors() instead of run()",
  );
  assertInstanceOf(error, UsageError);
});

actorTest(
  "an actor that has ended is forgotten: its loop, its name and its place in dumps",
  {},
  async () => {
    for (let round = 0; round < 3; round++) {
      await openActorNursery(async (actors) => {
        const portal = await actors.startActor("child", { module: ZOO });
        assertEquals(portal.peer.path, "root/child");
        actors.cancel();
      });
    }
  },
);

actorTest("runInActor() gives the answer of its call, or how it failed", {}, async () => {
  await openActorNursery(async (actors) => {
    const portal = await actors.runInActor("adds", { module: ZOO }, "echo", { a: 1 });
    assertEquals(await portal.result(), { a: 1 });
  });
  let failure: unknown = null;
  const error = await assertRejects(() =>
    openActorNursery(async (actors) => {
      const portal = await actors.runInActor("fails", { module: ZOO }, "fail", "no");
      failure = await portal.result().catch((error: unknown) => error);
    }), RemoteActorError);
  assertStrictEquals(failure, error);
});

for (const how of ["run", "openContext", "runInActor"] as const) {
  actorTest(`an error of the cleanup of a cancelled ${how} comes out`, {}, async () => {
    const error = await assertRejects(() =>
      openActorNursery(async (actors) => {
        const begun = new Event();
        const options = { module: ZOO, expose: { begun: () => begun.set() } };
        if (how === "runInActor") {
          await actors.runInActor("child", options, "failCleanup");
          await begun.wait();
          actors.cancelScope.cancel();
          return;
        }
        const portal = await actors.startActor("child", options);
        const scope = new CancelScope();
        await openNursery((nursery) => {
          nursery.spawn(() =>
            scope.run(() =>
              how === "run"
                ? portal.run("failCleanup")
                : portal.openContext("failCleanup", [], () => sleepForever())
            )
          );
          nursery.spawn(async () => {
            await begun.wait();
            scope.cancel();
          });
        });
      }), RemoteActorError);
    assertEquals(error.remoteMessage, "cleanup went wrong");
  });
}

test("an actor that is cut in its cleanup is told with its line, by its own bound", async () => {
  const program = new URL("../../../fixtures/programs/cut_cleanup.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", program],
  }).output();
  const text = new TextDecoder();
  assertEquals([code, text.decode(stdout)], [0, "hard-kill\n"]);
  assertMatch(
    text.decode(stderr),
    /root\/slow did not end within 400 ms \(softKillMs .* task "tidyUp" waits for sleep .*cut_cleanup\.ts:\d+/,
  );
});
