import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { SNAPSHOT_KEY, type TaskSnapshot } from "../protocol/snapshot.ts";
import { CancelScope } from "./cancel_scope.ts";
import { checkpoint } from "./checkpoint.ts";
import { currentTime } from "./clock.ts";
import { Event, peerEvent } from "./event.ts";
import { openMemoryChannel } from "./memory_channel.ts";
import { openNursery } from "./nursery.ts";
import { leave, park } from "./park.ts";
import { run } from "./run.ts";
import { sleep, sleepForever } from "./sleep.ts";
import { addSnapshotSources, snapshotText } from "./snapshot.ts";
import { currentTask } from "./context.ts";
import {
  takeSnapshot,
  test,
  testInRun,
  toTheEnd,
  waitAllTasksBlocked,
} from "../../tests/support/runtime_testing.ts";

function snapshotOf(name: string): TaskSnapshot {
  const found = takeSnapshot().tasks.find((task) => task.name === name);
  assert(found !== undefined, `no task "${name}"`);
  return found;
}

testInRun("takeSnapshot shows every task below its parent, with what it waits for", async () => {
  const event = peerEvent("never", { path: "root/child", state: "dead" });
  const before = performance.timeOrigin + currentTime();
  await openNursery(async (nursery) => {
    nursery.spawn(() =>
      openNursery((inner) => {
        inner.spawn(() => event.wait(), "leaf");
      }, { name: "inner" }), "middle");
    await waitAllTasksBlocked();
    const { schema, actor, nowMs, tasks } = takeSnapshot();
    assertEquals([schema, actor], ["unwedge/snapshot@1", "root"]);
    const [root, middle, leaf] = tasks;
    assertEquals(tasks.map((task) => task.name), ["main", "middle", "leaf"]);
    assertEquals([root?.parent, middle?.parent, leaf?.parent], [null, root?.id, middle?.id]);
    assertEquals([root?.state, middle?.state, leaf?.state], ["native", "parked", "parked"]);
    assertEquals(middle?.parkedOn[0]?.resource, 'nursery "inner" (1 running)');
    assertEquals(middle?.parkedOn[0]?.onTasks?.join(), String(leaf?.id));
    const wait = leaf?.parkedOn[0];
    assert(wait !== undefined && wait.sinceMs >= before && wait.sinceMs <= nowMs);
    assertEquals({ ...wait, sinceMs: 0, site: wait.site?.file }, {
      kind: "event",
      resource: 'event "never"',
      peer: "root/child",
      peerState: "dead",
      sinceMs: 0,
      shielded: false,
      site: import.meta.url,
    });
    assertEquals([leaf?.cancelled, leaf?.cancelHeldByShield], [null, null]);
    assertEquals(leaf?.createdAt?.file, import.meta.url);
    nursery.cancelScope.cancel();
  });
});

testInRun(
  "takeSnapshot shows the cancel that is in force, and the one that a shield holds back",
  async () => {
    const outer = new CancelScope({ name: "outer" });
    await toTheEnd(outer, () =>
      openNursery(async (nursery) => {
        const free = new Event();
        nursery.spawn(() =>
          park<void>({ kind: "event", resource: "x" }, park, (self) => {
            free.wait().catch(() => self.wake());
            return () => "stays";
          }), "stubborn");
        nursery.spawn(() => new CancelScope({ shield: true }).run(() => free.wait()), "shielded");
        await waitAllTasksBlocked();
        outer.cancel("enough");
        assertEquals(snapshotOf("stubborn").cancelled?.detail, "enough");
        assertEquals(snapshotOf("stubborn").cancelHeldByShield, null);
        assertEquals(snapshotOf("stubborn").parkedOn[0]?.shielded, false);
        assertEquals(snapshotOf("shielded").cancelled, null);
        assertEquals(snapshotOf("shielded").cancelHeldByShield?.detail, "enough");
        assertEquals(snapshotOf("shielded").parkedOn[0]?.shielded, true);
        free.set();
      }));
  },
);

testInRun(
  "takeSnapshot only looks: a deadline that has passed unnoticed stays unnoticed",
  async () => {
    const scope = new CancelScope({ deadline: currentTime() + 1 });
    await toTheEnd(scope, async () => {
      while (currentTime() < scope.deadline);
      await openNursery((nursery) => {
        nursery.spawn(() => {}, "child");
        assertEquals(snapshotOf("child").cancelled, null);
        assertEquals(snapshotOf("main").cancelled, null);
        assertEquals(scope.reason, null);
      });
    });
  },
);

testInRun(
  "takeSnapshot shows every wait of a task that waits for several things at once",
  async () => {
    await openNursery(async (nursery) => {
      nursery.spawn(() => Promise.all([sleepForever(), new Event("e").wait()]), "both");
      await waitAllTasksBlocked();
      assertEquals(snapshotOf("both").parkedOn.map((wait) => wait.kind), ["sleep", "event"]);
      nursery.cancelScope.cancel();
    });
  },
);

testInRun(
  "takeSnapshot tells a task that has not begun from one that awaits a foreign promise",
  async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await openNursery(async (nursery) => {
      nursery.spawn(() => promise, "foreign");
      assertEquals(snapshotOf("foreign").state, "starting");
      await sleep(0);
      assertEquals(snapshotOf("foreign").state, "native");
      resolve();
    });
  },
);

testInRun("takeSnapshot survives a resource that cannot say its name", async () => {
  await openNursery(async (nursery) => {
    const resource = () => {
      throw new Error("no name");
    };
    nursery.spawn(() => park({ kind: "event", resource }, park, () => leave), "nameless");
    await waitAllTasksBlocked();
    assertStringIncludes(snapshotOf("nameless").parkedOn[0]?.resource ?? "", "no name");
    nursery.cancelScope.cancel();
  });
});

testInRun(
  "takeSnapshot reads a bounded number of positions, says null for the rest, and goes on later",
  async () => {
    await openNursery(async (nursery) => {
      for (let i = 0; i < 10_000; i++) nursery.spawn(() => sleepForever());
      await waitAllTasksBlocked();
      const read = () => takeSnapshot().tasks.filter((task) => task.parkedOn[0]?.site).length;
      const first = read();
      assert(first > 0 && first <= 4_000, `${first} positions read`);
      assert(read() > first);
      nursery.cancelScope.cancel();
    });
  },
);

testInRun(
  "takeSnapshot reads where a task waits for a peer before where 10,000 wait for none",
  async () => {
    const peer = { path: "root/child", state: "dead" as const };
    await openNursery(async (nursery) => {
      for (let i = 0; i < 10_000; i++) nursery.spawn(() => new Event().wait());
      nursery.spawn(() => peerEvent("answer", peer).wait(), "stuck");
      await waitAllTasksBlocked();
      assertEquals(snapshotOf("stuck").parkedOn[0]?.site?.file, import.meta.url);
      nursery.cancelScope.cancel();
    });
  },
);

testInRun("takeSnapshot walks a deep tree", async () => {
  const nest = async (depth: number): Promise<void> => {
    if (depth === 0) {
      await waitAllTasksBlocked();
      assertEquals(takeSnapshot().tasks.length, 3_001);
    } else await openNursery((nursery) => void nursery.spawn(() => nest(depth - 1)));
  };
  await nest(3_000);
});

testInRun("snapshotText is takeSnapshot as JSON, and where the dump looks for it", () => {
  const fromOutside: unknown = Reflect.get(globalThis, Symbol.for(SNAPSHOT_KEY));
  assert(typeof fromOutside === "function");
  const text: unknown = fromOutside();
  assert(typeof text === "string");
  assertEquals(JSON.parse(text).tasks[0].name, currentTask().name);
});

testInRun("snapshotText never throws: what went wrong is in the answer", () => {
  addSnapshotSources({
    channels: () => {
      throw new Error("channels are broken");
    },
  });
  try {
    assertEquals(JSON.parse(snapshotText()), { error: "Error: channels are broken" });
  } finally {
    addSnapshotSources({ channels: () => [] });
  }
});

test("takeSnapshot shows nothing when no run is under way", async () => {
  await run(() => {}, { handleSigint: false });
  assertEquals(takeSnapshot().tasks, []);
});

testInRun(
  "takeSnapshot counts the sleeps of a task that sleeps at one place again and again",
  async () => {
    await openNursery(async (nursery) => {
      nursery.spawn(async () => {
        for (;;) await sleep(1);
      }, "beats");
      nursery.spawn(async () => {
        await sleep(1);
        await sleep(1);
        await sleep(1_000_000);
      }, "waits");
      // Until both have slept that often; the bound of the test ends it otherwise.
      while ((snapshotOf("beats").sleepsInARow ?? 0) < 3) await checkpoint();
      while (!/\d{4} ms/.test(snapshotOf("waits").parkedOn[0]?.resource ?? "")) await checkpoint();
      assertEquals(snapshotOf("waits").sleepsInARow, 1);
      nursery.cancelScope.cancel();
    });
  },
);

testInRun(
  "takeSnapshot tells the next deadline that reaches a wait, and not one behind a shield",
  async () => {
    await openNursery(async (nursery) => {
      const far = currentTime() + 1_000_000;
      const end = new Event();
      const bounded = (shield: boolean) =>
        new CancelScope({ deadline: far }).run(() =>
          new CancelScope({ shield }).run(() => end.wait())
        );
      nursery.spawn(() => bounded(false), "bounded");
      nursery.spawn(() => bounded(true), "shielded");
      await waitAllTasksBlocked();
      const deadline = snapshotOf("bounded").parkedOn[0]?.deadlineMs ?? 0;
      assertEquals(Math.abs(deadline - performance.timeOrigin - far) < 1, true);
      assertEquals(snapshotOf("shielded").parkedOn[0]?.deadlineMs, undefined);
      end.set();
    });
  },
);

testInRun("takeSnapshot tells who has used the other end of a memory channel", async () => {
  const [sender, receiver] = openMemoryChannel<number>(1);
  const waitOf = (name: string) => snapshotOf(name).parkedOn[0];
  await openNursery(async (nursery) => {
    const reader = nursery.spawn(() => receiver.receive().then(() => sleepForever()), "reader");
    nursery.spawn(async () => {
      for (;;) await sender.send(1);
    }, "writer");
    await waitAllTasksBlocked();
    assertEquals(waitOf("writer")?.onTasks?.join(), String(reader.id));
    assertEquals(waitOf("writer")?.otherEnd, { ended: false, outside: false });
    const passer = nursery.spawn(() => receiver.receive(), "passer");
    await waitAllTasksBlocked();
    assertEquals(passer.state, "done");
    assertEquals(waitOf("writer")?.otherEnd, { ended: true, outside: false });
    nursery.cancelScope.cancel();
  });
});

test("takeSnapshot tells that code outside of tasks has used the other end of a memory channel", async () => {
  const [sender, receiver] = openMemoryChannel<number>(1);
  sender.sendNowait(1);
  assertEquals(receiver.receiveNowait(), 1);
  await run(() =>
    openNursery(async (nursery) => {
      nursery.spawn(() => receiver.receive(), "reader");
      await waitAllTasksBlocked();
      const wait = snapshotOf("reader").parkedOn[0];
      assertEquals([wait?.otherEnd?.outside, wait?.onTasks], [true, undefined]);
      nursery.cancelScope.cancel();
    }), { handleSigint: false });
});
