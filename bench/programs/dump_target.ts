/**
 * A process to take dumps of: `dump_target.ts STUCK SPINNING PARKED` starts that many workers of each kind, prints
 * `READY`, and stays until stdin ends. Main is parked in a nursery of its own and answers like any isolate.
 *
 * @module
 */

import { openNursery } from "../../lib/actor/nursery.ts";
import { run } from "../../lib/actor/run.ts";
import { sleepForever } from "../../lib/actor/sleep.ts";
import type { Kind } from "./dump_target_worker.ts";

const [stuck = 0, spinning = 0, parked = 0] = Deno.args.map(Number);
const kinds: Kind[] = [
  ...Array<Kind>(parked).fill("parked"),
  ...Array<Kind>(stuck).fill("stuck"),
  ...Array<Kind>(spinning).fill("spinning"),
];
for (const kind of kinds) await start(kind);

void run(() =>
  openNursery((nursery) => {
    for (let i = 0; i < 10; i++) nursery.spawn(() => sleepForever());
  })
);
console.log("READY");
for await (const _ of Deno.stdin.readable);
Deno.exit(0);

function start(kind: Kind): Promise<unknown> {
  const worker = new Worker(import.meta.resolve("./dump_target_worker.ts"), { type: "module" });
  const ready = new Promise((resolve) => worker.onmessage = resolve);
  worker.postMessage(kind);
  return ready;
}
