/**
 * A worker that takes a Web Lock, says so, and then blocks without end while it holds the lock.
 *
 * @module
 */

/** This file is a worker's; the types of a program's main are in force here. */
declare const self: { postMessage(message: unknown): void };

const { locks } = navigator as typeof navigator & {
  // Deno 2.9 has Web Locks at run time, its type library does not list them.
  readonly locks: { request(name: string, granted: () => unknown): Promise<unknown> };
};

/** The function at the top of this worker's stack, which the doctor looks for. */
function standStill(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

void locks.request("unwedge-doctor", () => {
  self.postMessage("held");
  standStill();
});
