/** Throws bad messages at the decoder of frames, of seeds that no test has, and looks at memory. @module */

import v8 from "node:v8";
import vm from "node:vm";
import { fuzzCheck } from "../../tests/support/fuzz_frames.ts";
import type { Row } from "./row.ts";

/** Ends with an error at the first message that is answered by anything but frames or a ProtocolError; it names it. */
export function soakDecoder(messages: number): Row {
  const seed = Math.floor(Math.random() * 2 ** 32);
  fuzzCheck(10_000, seed ^ 1);
  const before = heapKib();
  const { accepted, refused } = fuzzCheck(messages, seed);
  const said = `seed ${seed}: ${accepted} decoded to frames, ${refused} refused; ` +
    `heap in use ${before} KiB before, ${heapKib()} KiB after`;
  return { name: `${messages} bad messages`, said, wrong: [] };
}

function heapKib(): number {
  v8.setFlagsFromString("--expose-gc");
  const collectGarbage: unknown = vm.runInNewContext("gc");
  if (typeof collectGarbage === "function") collectGarbage();
  return Math.round(Deno.memoryUsage().heapUsed / 1_024);
}
