/** Parks 10,000 tasks, takes the first snapshot of this process and prints how many milliseconds it took. @module */

import { openNursery } from "../../lib/actor/nursery.ts";
import { run } from "../../lib/actor/run.ts";
import { sleep, sleepForever } from "../../lib/actor/sleep.ts";
import { snapshotText } from "../../lib/actor/snapshot.ts";
import type { IsolateSnapshot } from "../../lib/protocol/snapshot.ts";

const TASKS = 10_000;

await run(() =>
  openNursery(async (nursery) => {
    for (let i = 0; i < TASKS; i++) nursery.spawn(() => sleepForever());
    await sleep(0);
    const began = performance.now();
    const text = snapshotText();
    const ms = performance.now() - began;
    assertComplete(JSON.parse(text));
    console.log(ms);
    nursery.cancelScope.cancel();
  })
);

function assertComplete({ tasks }: IsolateSnapshot): void {
  const parked = tasks.filter((task) => task.parkedOn[0]?.kind === "sleep").length;
  if (parked !== TASKS) throw new Error(`the snapshot shows ${parked} of ${TASKS} parked tasks`);
  // A snapshot may leave positions unread to stay in time, but not all of them.
  if (!tasks.some((task) => task.parkedOn[0]?.site)) throw new Error("no position was read");
}
