/**
 * A worker that takes a Web Lock, says so, and blocks for ever with the lock in its hands.
 *
 * @module
 */

/** This file is a worker's; the types of a program's main are in force here. */
declare const self: { postMessage(message: unknown): void };

const { locks } = navigator as typeof navigator & {
  // Deno 2.9 has Web Locks at run time, its type library does not list them.
  readonly locks: { request(name: string, granted: () => unknown): Promise<unknown> };
};

/** What a stack of this worker must show. */
function standStill(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

void locks.request("unwedge-doctor", () => {
  self.postMessage("held");
  standStill();
});
