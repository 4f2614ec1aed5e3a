/** What a link makes of the frames of its peer, those that break the protocol too, over a real MessageChannel. */

import { assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import type { CancelReason } from "../../protocol/terms.ts";
import { openNursery } from "../nursery.ts";
import { sleepForever } from "../sleep.ts";
import { testInRun } from "../../../tests/support/runtime_testing.ts";
import { ProtocolError, WIRE_VERSION } from "../wire/frame.ts";
import { WINDOW } from "./stream_window.ts";
import type { RemoteActorError } from "../wire/remote_error.ts";
import { puppetry, REASON } from "../../../tests/support/rpc_testing.ts";

testInRun("late and unknown frames of every kind are ignored", async () => {
  const wire = {
    type: "E",
    message: "",
    stack: "",
    actor: "a",
    cause: null,
    errors: [],
    reason: null,
    code: null,
  };
  await puppetry({ quick: () => 1 }, async ({ say, hear, link }) => {
    for (const call of [3, Number.MAX_SAFE_INTEGER]) {
      say(
        { kind: "return", call, value: 1 },
        { kind: "error", call, error: wire },
        { kind: "started", call, value: 1 },
        { kind: "start-ack", call },
        { kind: "yield", call, side: "mine", value: 1, bytes: 8 },
        { kind: "yield", call, side: "yours", value: 1, bytes: 8 },
        { kind: "credit", call, side: "yours", count: 9 },
        { kind: "stop", call, side: "mine", reads: false },
        { kind: "cancel-ack", call },
        { kind: "handshake", version: WIRE_VERSION, path: "root/puppet" },
      );
    }
    say({ kind: "start", call: 1, fn: "quick", args: [], window: null });
    assertEquals(await hear(), { kind: "return", call: 1, value: 1 });
    assertEquals(link.channel.state, "open");
  });
});

testInRun("an answer for a call of the wrong shape does no harm", async () => {
  await puppetry({}, async ({ portal, say, hear }) => {
    await openNursery(async (nursery) => {
      nursery.spawn(async () => assertEquals(await portal.run("f"), "answer"));
      await hear();
      say(
        { kind: "started", call: 1, value: 1 },
        { kind: "yield", call: 1, side: "yours", value: 1, bytes: 8 },
        { kind: "credit", call: 1, side: "yours", count: 1 },
        { kind: "stop", call: 1, side: "yours", reads: false },
        { kind: "return", call: 1, value: "answer" },
        { kind: "return", call: 1, value: "second answer" },
      );
    });
  });
});

testInRun("a peer that breaks the protocol loses the link, and only the link", async () => {
  const start = { kind: "start", fn: "wait", args: [], window: null } as const;
  const breaches: [string, Parameters<Parameters<Parameters<typeof puppetry>[1]>[0]["say"]>][] = [
    ["a second call 7", [{ ...start, call: 7 }, { ...start, call: 7 }]],
    ["a call with the number 0", [{ ...start, call: 0 }]],
    ["in the name of root/other", [{
      kind: "handshake",
      version: WIRE_VERSION,
      path: "root/other",
    }]],
    [
      "credit for 1 values",
      [{ ...start, call: 1, window: WINDOW }, {
        kind: "credit",
        call: 1,
        side: "mine",
        count: 1,
      }],
    ],
    [
      "after its stop",
      [
        { ...start, call: 1, window: WINDOW },
        { kind: "stop", call: 1, side: "mine", reads: true },
        { kind: "yield", call: 1, side: "mine", value: 1, bytes: 8 },
      ],
    ],
    [
      "more than 256 values",
      [
        { ...start, call: 1, window: WINDOW },
        ...Array.from(
          { length: 257 },
          () => ({ kind: "yield", call: 1, side: "mine", value: 1, bytes: 8 }) as const,
        ),
      ],
    ],
  ];
  for (const [what, frames] of breaches) {
    await puppetry({ wait: () => sleepForever() }, async ({ link, say, portal }) => {
      say(...frames);
      await link.done.wait();
      assertEquals(link.channel.state, "broken", what);
      const error = link.channel.over;
      assertInstanceOf(error, ProtocolError, what);
      assertStringIncludes(error.message, what);
      await assertRejects(() => portal.run("f"));
    });
  }
});

testInRun("a call that comes before this side serves breaks the link", async () => {
  const { Link } = await import("./link.ts");
  const { Channel } = await import("../wire/channel.ts");
  const { port1, port2 } = new MessageChannel();
  const link = new Link(new Channel(port1, { path: "root/early", state: "alive" }), {});
  port2.postMessage({ kind: "start", call: 1, fn: "f", args: [], window: null });
  await link.processMessages();
  assertInstanceOf(link.channel.over, ProtocolError);
  assertStringIncludes(link.channel.over.message, "a call before the handshake");
  port2.close();
});

testInRun("an actor cancel and its acknowledgement go to the owner, a call's do not", async () => {
  const told: string[] = [];
  const owner = {
    onActorCancel: ({ scope }: CancelReason) => void told.push(`cancel by ${scope}`),
    onActorCancelAck: () => void told.push("ack"),
    onHandshake: (path: string) => void told.push(`handshake of ${path}`),
    onBootError: (error: RemoteActorError) => void told.push(`boot: ${error.remoteMessage}`),
    onDone: () => void told.push("done"),
  };
  const wire = {
    type: "E",
    message: "no",
    stack: "",
    actor: "a",
    cause: null,
    errors: [],
    reason: null,
    code: null,
  };
  await puppetry({}, async ({ link, say }) => {
    say(
      { kind: "handshake", version: WIRE_VERSION, path: "root/puppet" },
      { kind: "cancel", call: 1, reason: REASON },
      { kind: "cancel", call: null, reason: REASON },
      { kind: "cancel-ack", call: 1 },
      { kind: "cancel-ack", call: null },
      { kind: "error", call: 0, error: wire },
      { kind: "bye" },
    );
    await link.done.wait();
  }, { owner });
  assertEquals(told, ["handshake of root/puppet", "cancel by s", "ack", "boot: no", "done"]);
});
