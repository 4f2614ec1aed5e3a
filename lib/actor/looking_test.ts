/** That a look at an isolate runs no code of the program. */

import { assert, assertEquals } from "@std/assert";
import { CancelScope } from "./cancel_scope.ts";
import { Event, Notifier } from "./event.ts";
import { Lock } from "./lock.ts";
import { openMemoryChannel } from "./memory_channel.ts";
import { openNursery } from "./nursery.ts";
import { hold } from "./park.ts";
import { SharedMutex } from "./shared_mutex.ts";
import { snapshotText } from "./snapshot.ts";
import { takeWaits } from "./waits.ts";
import { testInRun, waitAllTasksBlocked } from "../../tests/support/runtime_testing.ts";

/** What the runtime's types forbid, and a program without types can pass as a name. */
class Hostile {
  static ran = 0;

  toString(): string {
    return `name ${++Hostile.ran}`;
  }
}

testInRun("names, reasons and labels are read when they are given, and by no look", async () => {
  const name = new Hostile();
  const make = <T>(of: new (...args: never[]) => T): T => Reflect.construct(of, [name]);
  const lock = make(Lock);
  const waits: readonly (() => Promise<unknown>)[] = [
    () => make(Event).wait(),
    () => make(Notifier).wait(),
    () => lock.with(() => make(Event).wait()),
    () => lock.acquire(),
    () => Reflect.apply(openMemoryChannel, null, [0, name])[0].send(1),
    () => Reflect.apply(hold, null, [new Promise(() => {}), name]),
    () => Reflect.construct(CancelScope, [{ name }]).run(() => make(Event).wait()),
    () => Reflect.apply(openNursery, null, [() => make(Event).wait(), { name }]),
  ];
  make(SharedMutex);
  await openNursery(async (nursery) => {
    for (const wait of waits) {
      Reflect.apply(nursery.spawn, nursery, [wait, name]);
    }
    await waitAllTasksBlocked();
    const { ran } = Hostile;
    assert(ran > waits.length);
    for (let look = 0; look < 2; look++) {
      takeWaits(0);
      assertEquals(snapshotText().includes("name 1"), true);
    }
    assertEquals(Hostile.ran, ran);
    Reflect.apply(nursery.cancelScope.cancel, nursery.cancelScope, [name]);
    assertEquals(nursery.cancelScope.reason?.detail, `name ${ran + 1}`);
  });
});

testInRun("an error whose texts cannot be read fails its nursery like any other", async () => {
  const broken = Object.defineProperty(new Error("no"), "message", {
    get() {
      throw new Error("never to be read");
    },
  });
  let caught: unknown = null;
  try {
    await openNursery((nursery) => {
      nursery.spawn(() => Promise.reject(broken));
      nursery.spawn(() => new Event().wait());
    });
  } catch (error) {
    caught = error;
  }
  assertEquals(caught === broken, true);
});
