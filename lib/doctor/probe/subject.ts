/**
 * The process that the doctor examines. It is started like a subject, and has a worker that never stops blocking and
 * one that owns SIGINT. It writes what happens to it on stdout, one word a line, and obeys `block` on stdin.
 *
 * Invariant: it ends soon even when the doctor is killed: at the end of stdin, or after {@linkcode LONGEST_MS}.
 *
 * @module
 */

/** Longer than the doctor's examination takes on the slowest machine. */
const LONGEST_MS = 60_000;
/** Bound of main's blocking wait, during which main cannot notice that the doctor has gone. */
const BLOCK_MS = 10_000;

const { locks } = navigator as typeof navigator & {
  // Deno 2.9 has Web Locks at run time, its type library does not list them.
  readonly locks: { request(name: string, granted: () => unknown): Promise<unknown> };
};

const encoder = new TextEncoder();
function say(word: string): void {
  Deno.stdout.writeSync(encoder.encode(`${word}\n`));
}

function firstMessage(worker: Worker): Promise<void> {
  return new Promise((resolve) => worker.onmessage = () => resolve());
}

setTimeout(() => Deno.exit(3), LONGEST_MS);

const stuck = new Worker(import.meta.resolve("./stuck_worker.ts"), {
  type: "module",
  name: "unwedge-doctor-stuck",
});
await firstMessage(stuck);
void locks.request("unwedge-doctor", () => say("lock-granted"));

const bell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
const signals = new Worker(import.meta.resolve("./signal_worker.ts"), { type: "module" });
signals.postMessage(bell);
await firstMessage(signals);
say("ready");

for await (const line of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  if (!line.includes("block")) continue;
  say("blocking");
  say(Atomics.wait(bell, 0, 0, BLOCK_MS) === "timed-out" ? "not-freed" : "freed");
}
Deno.exit(0);
