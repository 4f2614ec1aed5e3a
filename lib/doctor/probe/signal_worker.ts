/**
 * A worker that owns SIGINT: it says on stdout when one comes, and wakes a main isolate that waits for it.
 *
 * @module
 */

/** This file is a worker's; the types of a program's main are in force here. */
declare const self: { postMessage(message: unknown): void };

addEventListener("message", (event) => {
  const { data } = event as MessageEvent<Int32Array<SharedArrayBuffer>>;
  Deno.addSignalListener("SIGINT", () => {
    Deno.stdout.writeSync(new TextEncoder().encode("sigint-in-worker\n"));
    Atomics.store(data, 0, 1);
    Atomics.notify(data, 0);
  });
  self.postMessage("listening");
});
