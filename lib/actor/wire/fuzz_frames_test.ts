import { assertEquals, assertGreater, assertInstanceOf, assertLess } from "@std/assert";
import { run } from "../run.ts";
import { recv } from "../../../tests/support/rpc_testing.ts";
import { test } from "../../../tests/support/runtime_testing.ts";
import { Channel } from "./channel.ts";
import { framesIn } from "./check_frame.ts";
import { FrameFuzzer, fuzzCheck } from "../../../tests/support/fuzz_frames.ts";
import { ProtocolError } from "./frame.ts";

const MESSAGES = 100_000;
const THROUGH_CHANNELS = 500;

Deno.test(
  "framesIn answers 100,000 bad messages with frames or a ProtocolError, in flat memory",
  { timeout: 120_000 },
  () => {
    const seed = 20_261_128;
    fuzzCheck(MESSAGES / 10, seed + 1);
    const before = Deno.memoryUsage();
    const { accepted, refused } = fuzzCheck(MESSAGES, seed);
    const after = Deno.memoryUsage();
    assertEquals(accepted + refused, MESSAGES);
    // A fuzzer that never gets in tests the front door only.
    assertGreater(accepted, MESSAGES / 50);
    assertGreater(refused, MESSAGES / 2);
    assertLess(after.heapUsed - before.heapUsed, 40e6);
    assertLess(after.external - before.external, 10e6);
  },
);

test("a Channel breaks with ProtocolError on every message that is refused, and on no other", async () => {
  const fuzzer = new FrameFuzzer(7);
  await run(async () => {
    for (let i = 0; i < THROUGH_CHANNELS; i++) await throughChannel(fuzzer.next());
  }, { handleSigint: false });
});

/** Sends `message` into a channel and reads what comes out of it. */
async function throughChannel(message: unknown): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const channel = new Channel(port1, { path: "root/fuzzer", state: "alive" });
  port2.postMessage(message);
  try {
    for (const frame of framesIn(structuredClone(message), "root/fuzzer")) {
      // Not the values: to compare what shares its parts a billion times over takes as many looks.
      assertEquals((await recv(channel)).kind, frame.kind);
    }
    assertEquals(channel.state, "opening");
  } catch (refused) {
    assertInstanceOf(refused, ProtocolError);
    const error = await recv(channel).catch((error: unknown) => error);
    assertInstanceOf(error, ProtocolError);
    assertEquals([error.peer, error.message], ["root/fuzzer", refused.message]);
    assertEquals(channel.state, "broken");
  }
  channel.close("done");
  port2.close();
}
