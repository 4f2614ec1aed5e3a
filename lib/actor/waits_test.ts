import { assertEquals, assertMatch } from "@std/assert";
import { CancelScope } from "./cancel_scope.ts";
import { Event } from "./event.ts";
import { hold } from "./hold.ts";
import { Lock } from "./lock.ts";
import { openNursery } from "./nursery.ts";
import { run } from "./run.ts";
import { sleep, sleepForever } from "./sleep.ts";
import { takeWaits } from "./waits.ts";
import type { Waits } from "../protocol/waits.ts";

/** What is written of this isolate while `body` waits in a task of its own. */
async function whileWaiting(body: () => Promise<unknown>): Promise<Waits> {
  let seen: Waits | null = null;
  await run(async () => {
    await openNursery(async (nursery) => {
      nursery.spawn(body, "waiter");
      // A turn of the platform, and not of the runtime, so that nothing of the looking is in what is seen.
      await hold(new Promise((resolve) => setTimeout(resolve)), "until it waits");
      await new Promise<void>((resolve) =>
        queueMicrotask(() => {
          seen = takeWaits(0);
          resolve();
        })
      );
      nursery.cancelScope.cancel();
    });
  }, { handleSigint: false });
  if (seen === null) throw new Error("nothing was seen");
  return seen;
}

/** The one who looks awaits a promise of its own; everything else is what `body` does. */
async function sourcesOf(body: () => Promise<unknown>): Promise<string[]> {
  const { sources } = await whileWaiting(body);
  return sources.filter((source) => !/task #\d+ main awaits something unlabelled/.test(source));
}

Deno.test("takeWaits() sees no source in waits that only others can end", async () => {
  const event = new Event("never");
  assertEquals(await sourcesOf(() => event.wait()), []);
  assertEquals(await sourcesOf(() => sleepForever()), []);
});

Deno.test("takeWaits() sees an alarm of a sleep, and one of a scope", async () => {
  assertMatch((await sourcesOf(() => sleep(60_000)))[0] ?? "", /^1 timer, the next in \d+ ms$/);
  const bound = () =>
    new CancelScope({ deadline: performance.now() + 60_000 }).run(() => sleepForever());
  assertMatch((await sourcesOf(bound))[0] ?? "", /^1 timer/);
});

Deno.test("takeWaits() sees a held promise, also one that its task does not wait for", async () => {
  const never = Promise.withResolvers<void>().promise;
  assertEquals((await sourcesOf(() => hold(never, "never")))[0], "1 wait for a foreign promise");
  const stray = () => {
    hold(never, "never").catch(() => {});
    return Promise.resolve();
  };
  assertEquals(await sourcesOf(stray), ["1 wait for a foreign promise"]);
});

Deno.test("takeWaits() sees a task that awaits something unlabelled", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const sources = await sourcesOf(async () => {
    setTimeout(resolve, 20);
    await promise;
  });
  assertMatch(sources[0] ?? "", /^task #\d+ waiter awaits something unlabelled$/);
});

Deno.test("takeWaits() sees a source in an isolate without tasks: it boots, or ends", () => {
  assertEquals(takeWaits(0).sources, ["no task runs in it: it boots or ends"]);
});

Deno.test("takeWaits() lists nobody while there is a source", async () => {
  assertEquals((await whileWaiting(() => sleep(60_000))).tasks, []);
});

Deno.test("takeWaits() tells whom a lock and a join wait for", async () => {
  const lock = new Lock("books");
  let seen: Waits | null = null;
  const seeing = setTimeout(() => {
    seen = takeWaits(7);
    scope?.cancel();
  }, 20);
  let scope: CancelScope | null = null;
  await run(() =>
    openNursery((nursery) => {
      scope = nursery.cancelScope;
      nursery.spawn(() => lock.with(() => sleepForever()), "owner");
      nursery.spawn(() => lock.with(() => {}), "waiter");
    }), { handleSigint: false, name: "top" });
  clearTimeout(seeing);
  const { tasks = [], quietSinceMs, sources } = seen ?? {} as Partial<Waits>;
  assertEquals(sources, []);
  assertEquals(quietSinceMs, 7);
  const idOf = (name: string) => tasks.find((task) => task.name === name)?.id ?? -1;
  const onOf = (name: string) => tasks.find((task) => task.name === name)?.waits[0]?.onTasks;
  assertEquals(onOf("waiter"), [idOf("owner")]);
  assertEquals(onOf("top"), [idOf("owner"), idOf("waiter")]);
});
