/** A worker of `dump_target.ts`: ten parked tasks, and a loop that turns, waits forever or burns. @module */

/// <reference lib="deno.worker" />
import { openNursery } from "../../lib/actor/nursery.ts";
import { run } from "../../lib/actor/run.ts";
import { sleepForever } from "../../lib/actor/sleep.ts";

/** What the worker does once it has said that it is ready. */
export type Kind = "parked" | "stuck" | "spinning";

self.onmessage = ({ data }: MessageEvent<Kind>) => {
  void run(() =>
    openNursery((nursery) => {
      for (let i = 0; i < 10; i++) nursery.spawn(() => sleepForever());
    })
  );
  self.postMessage("ready");
  if (data === "parked") return;
  // The tasks above are parked first, and the message is out.
  setTimeout(data === "stuck" ? waitForEver : spin, 0);
};

/** The seed's bad child: slices of one second, and never a checkpoint between them. */
function waitForEver(): void {
  const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
  for (;;) Atomics.wait(nobodyWakes, 0, 0, 1_000);
}

function spin(): void {
  for (;;);
}
