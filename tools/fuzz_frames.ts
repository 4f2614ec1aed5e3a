/**
 * Throws bad messages at the decoder and prints what became of them, and of memory:
 * `deno run -A tools/fuzz_frames.ts --count 100000 --seed 1`. Exits 1 on the first message that is answered by
 * anything but frames or a ProtocolError, and prints that message.
 *
 * @module
 */

import v8 from "node:v8";
import vm from "node:vm";
import { flagsOrExit } from "./flags.ts";
import { fuzzDecoder } from "../tests/support/fuzz_frames.ts";

const WARM_UP = 10_000;

const given = flagsOrExit("Usage: deno run -A tools/fuzz_frames.ts [flags]", {
  count: { kind: "count", default: 100_000, about: "how many messages" },
  seed: {
    kind: "count",
    default: null,
    min: 0,
    about: "what they are made from (default: chance)",
  },
});
const { count } = given;
const seed = given.seed ?? Math.floor(Math.random() * 2 ** 32);

v8.setFlagsFromString("--expose-gc");
const collectGarbage: unknown = vm.runInNewContext("gc");

fuzzDecoder(WARM_UP, seed ^ 1);
const before = heap();
const began = performance.now();
const { accepted, refused } = fuzzDecoder(count, seed);
const seconds = (performance.now() - began) / 1_000;
const after = heap();
console.log(
  `${count} messages, seed ${seed}: ${accepted} decoded to frames, ${refused} refused with ProtocolError, ` +
    `nothing else; ${seconds.toFixed(1)} s; heap in use ${kib(before)} before, ${kib(after)} after`,
);

function heap(): number {
  if (typeof collectGarbage === "function") collectGarbage();
  return Deno.memoryUsage().heapUsed;
}

function kib(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB`;
}
