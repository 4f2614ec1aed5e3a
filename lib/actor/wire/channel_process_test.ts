import {
  assertEquals,
  assertGreater,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { CancelScope } from "../cancel_scope.ts";
import { BrokenResourceError, ClosedResourceError, UsageError } from "../errors.ts";
import { Event } from "../event.ts";
import { setObserver } from "../identity.ts";
import { openNursery } from "../nursery.ts";
import type { PeerRef } from "../park.ts";
import { recv } from "../../../tests/support/rpc_testing.ts";
import {
  takeSnapshot,
  testInRun,
  waitAllTasksBlocked,
} from "../../../tests/support/runtime_testing.ts";
import { Channel } from "./channel.ts";
import { framesIn } from "./check_frame.ts";
import { type Frame, ProtocolError } from "./frame.ts";

const YIELD: Frame = { kind: "yield", call: 1, side: "mine", value: "x", bytes: 1 };

/** A channel, and the bare port at its other end. */
function channelAndPort(): { readonly channel: Channel; readonly port: MessagePort } {
  const { port1, port2 } = new MessageChannel();
  return { channel: new Channel(port1, { path: "root/peer", state: "alive" }), port: port2 };
}

/** Two channels that talk to each other. */
function channelPair(): [Channel, Channel] {
  const { port1, port2 } = new MessageChannel();
  return [
    new Channel(port1, { path: "root/b", state: "alive" }),
    new Channel(port2, { path: "root/a", state: "alive" }),
  ];
}

/** The messages that arrive at a bare port, one promise each, in order. */
function messagesOf(port: MessagePort): () => Promise<unknown> {
  const arrived: unknown[] = [];
  const wanted: ((message: unknown) => void)[] = [];
  port.onmessage = ({ data }) => {
    const take = wanted.shift();
    if (take === undefined) arrived.push(data);
    else take(data);
  };
  return () =>
    arrived.length > 0
      ? Promise.resolve(arrived.shift())
      : new Promise((take) => wanted.push(take));
}

/** Brings a new channel into a state. */
const INTO: Readonly<Record<Channel["state"], (channel: Channel) => void>> = {
  opening: () => {},
  open: (channel) => channel.opened(),
  closed: (channel) => channel.close("done"),
  broken: (channel) => channel.abort(new BrokenResourceError("lost")),
};
const STATES = ["opening", "open", "closed", "broken"] as const;

testInRun("a Channel makes exactly the moves of its table, whatever it is told", () => {
  const moves: Record<string, Record<string, Channel["state"]>> = {};
  for (const from of STATES) {
    const row: Record<string, Channel["state"]> = moves[from] = {};
    for (const told of STATES.slice(1)) {
      const { channel, port } = channelAndPort();
      INTO[from](channel);
      assertEquals(channel.state, from);
      INTO[told](channel);
      row[told] = channel.state;
      channel.close("end of test");
      port.close();
    }
  }
  assertEquals(moves, {
    opening: { open: "open", closed: "closed", broken: "broken" },
    open: { open: "open", closed: "closed", broken: "broken" },
    closed: { open: "closed", closed: "closed", broken: "closed" },
    broken: { open: "broken", closed: "broken", broken: "broken" },
  });
});

testInRun("a Channel reports each move once, with where from, where to and why", () => {
  const moves: string[] = [];
  setObserver((body) => {
    if (body.kind === "channel") moves.push(`${body.peer} ${body.from}->${body.to}: ${body.why}`);
  });
  try {
    const { channel, port } = channelAndPort();
    channel.opened();
    channel.opened();
    channel.eof("its lock was granted");
    channel.close("too late");
    port.close();
  } finally {
    setObserver(null);
  }
  assertEquals(moves, [
    "root/peer opening->open: handshake",
    "root/peer open->broken: root/peer is dead: its lock was granted",
  ]);
});

testInRun("send carries frames both ways, in order", async () => {
  const [a, b] = channelPair();
  a.send({ kind: "return", call: 1, value: 1 });
  a.send({ kind: "return", call: 2, value: 2 });
  b.send({ kind: "bye" });
  assertEquals(await recv(b), { kind: "return", call: 1, value: 1 });
  assertEquals(await recv(b), { kind: "return", call: 2, value: 2 });
  assertEquals(await recv(a), { kind: "bye" });
  a.close("done");
  b.close("done");
});

testInRun("recv parks until a frame comes, and says in the dump on whom it waits", async () => {
  const { channel, port } = channelAndPort();
  await openNursery(async (nursery) => {
    let got: Frame | null = null;
    nursery.spawn(async () => {
      got = await recv(channel);
    }, "reader");
    await waitAllTasksBlocked();
    const [park] = takeSnapshot().tasks.find(({ name }) => name === "reader")?.parkedOn ?? [];
    assertEquals([park?.kind, park?.peer, park?.peerState], ["recv", "root/peer", "alive"]);
    assertEquals(park?.resource, "channel root<->root/peer (opening)");
    assertEquals(got, null);
    port.postMessage({ kind: "bye" });
  });
  channel.close("done");
  port.close();
});

testInRun("eof, abort and close wake a parked recv, each with its own error", async () => {
  const lost = new BrokenResourceError("aborted");
  const ends: [(channel: Channel) => void, new (message: string) => Error, string][] = [
    [
      (channel) => channel.eof("lock granted"),
      BrokenResourceError,
      "root/peer is dead: lock granted",
    ],
    [(channel) => channel.abort(lost), BrokenResourceError, "aborted"],
    [(channel) => channel.close("enough"), ClosedResourceError, "is closed: enough"],
  ];
  for (const [end, type, message] of ends) {
    const { channel, port } = channelAndPort();
    await openNursery(async (nursery) => {
      nursery.spawn(() => assertRejects(() => recv(channel), type, message));
      await waitAllTasksBlocked();
      end(channel);
    });
    await assertRejects(() => recv(channel), type, message);
    port.close();
  }
});

testInRun("recv reads what came before the end, and only then fails", async () => {
  for (const end of [INTO.closed, INTO.broken]) {
    const { channel, port } = channelAndPort();
    await openNursery(async (nursery) => {
      const first = nursery.start<Frame>(async (started) => started(await recv(channel)));
      port.postMessage({ kind: "return", call: 1, value: 1 });
      port.postMessage([
        { kind: "return", call: 2, value: 2 },
        { kind: "return", call: 3, value: 3 },
      ]);
      assertEquals(await first, { kind: "return", call: 1, value: 1 });
      assertEquals(await recv(channel), { kind: "return", call: 2, value: 2 });
      end(channel);
      assertEquals(await recv(channel), { kind: "return", call: 3, value: 3 });
      const error = await recv(channel).catch((error: unknown) => error);
      assertInstanceOf(error, end === INTO.closed ? ClosedResourceError : BrokenResourceError);
    });
    port.close();
  }
});

testInRun("recv reads what came before a malformed message, and then fails for good", async () => {
  const { channel, port } = channelAndPort();
  port.postMessage({ kind: "return", call: 1, value: 1 });
  port.postMessage({ kind: "nonsense" });
  port.postMessage({ kind: "return", call: 2, value: 2 });
  assertEquals(await recv(channel), { kind: "return", call: 1, value: 1 });
  await assertRejects(() => recv(channel), ProtocolError, "root/peer broke the protocol");
  await assertRejects(() => recv(channel), ProtocolError);
  assertInstanceOf(channel.over, ProtocolError);
  assertThrows(() => channel.send(YIELD), ProtocolError);
  port.close();
});

testInRun("recv can be cancelled, and the channel goes on", async () => {
  const { channel, port } = channelAndPort();
  const scope = new CancelScope();
  await openNursery(async (nursery) => {
    nursery.spawn(() => scope.run(() => recv(channel)));
    await waitAllTasksBlocked();
    scope.cancel();
  });
  assertEquals(scope.cancelledCaught, true);
  port.postMessage({ kind: "bye" });
  assertEquals(await recv(channel), { kind: "bye" });
  channel.close("done");
  port.close();
});

testInRun("recv refuses a second reader instead of forgetting the first", async () => {
  const { channel, port } = channelAndPort();
  await openNursery(async (nursery) => {
    nursery.spawn(async () => assertEquals(await recv(channel), { kind: "bye" }));
    await waitAllTasksBlocked();
    await assertRejects(() => recv(channel), UsageError, "has a reader already");
    await assertRejects(() => channel.pump(() => "last"), UsageError, "has a reader already");
    port.postMessage({ kind: "bye" });
  });
  channel.close("done");
  port.close();
});

testInRun("pump hands over what is there, then what comes, until it is told to stop", async () => {
  const { channel, port } = channelAndPort();
  const say = (...values: number[]) =>
    port.postMessage(values.map((value) => ({ kind: "return", call: 1, value })));
  const got: unknown[] = [];
  const pump = (last: number) =>
    channel.pump((frame) => {
      if (frame.kind === "return") got.push(frame.value);
      return got.at(-1) === last ? "last" : "more";
    });
  say(0, 1, 2);
  assertEquals(await recv(channel), { kind: "return", call: 1, value: 0 });
  await openNursery(async (nursery) => {
    nursery.spawn(() => pump(5), "pump");
    await waitAllTasksBlocked();
    assertEquals(got, [1, 2]);
    say(3);
    say(4, 5, 6, 7);
  });
  assertEquals(got, [1, 2, 3, 4, 5]);
  await pump(6);
  assertEquals(await recv(channel), { kind: "return", call: 1, value: 7 });
  channel.close("done");
  port.close();
});

testInRun(
  "pump throws what its handler throws, from a frame that was there or one that comes",
  async () => {
    const { channel, port } = channelAndPort();
    const refuse = () => {
      throw new RangeError("not this one");
    };
    await openNursery(async (nursery) => {
      nursery.spawn(() => assertRejects(() => channel.pump(refuse), RangeError));
      await waitAllTasksBlocked();
      port.postMessage([YIELD, { kind: "bye" }]);
    });
    await assertRejects(() => channel.pump(refuse), RangeError);
    channel.close("done");
    port.close();
  },
);

testInRun(
  "pump waits anew after each frame: the dump says since when nothing has come",
  async () => {
    const { channel, port } = channelAndPort();
    await openNursery(async (nursery) => {
      const came = new Event();
      nursery.spawn(
        () => channel.pump((frame) => (came.set(), frame.kind === "bye" ? "last" : "more")),
        "pump",
      );
      await waitAllTasksBlocked();
      const since = () =>
        takeSnapshot().tasks.find(({ name }) => name === "pump")?.parkedOn[0]?.sinceMs ?? NaN;
      const before = since();
      while (performance.timeOrigin + performance.now() <= before) await waitAllTasksBlocked();
      port.postMessage(YIELD);
      await came.wait();
      assertGreater(since(), before);
      port.postMessage({ kind: "bye" });
    });
    channel.close("done");
    port.close();
  },
);

testInRun("send throws after the end: Closed if it was ours, the cause if it was broken", () => {
  const { channel, port } = channelAndPort();
  channel.close("done");
  assertThrows(() => channel.send(YIELD), ClosedResourceError, "done");
  const other = channelAndPort();
  const cause = new BrokenResourceError("lost");
  other.channel.abort(cause);
  other.channel.abort(new Error("a later one does not count"));
  assertStrictEquals(
    assertThrows(() => other.channel.send(YIELD), BrokenResourceError),
    cause,
  );
  port.close();
  other.port.close();
});

testInRun("send throws once this side has said goodbye, tell says nothing", () => {
  for (const into of [INTO.closed, INTO.broken]) {
    const { channel, port } = channelAndPort();
    into(channel);
    channel.tell(YIELD);
    assertThrows(() => channel.send(YIELD));
    channel.close("done");
    port.close();
  }
});

testInRun("send of what cannot cross throws, and what was sent before still arrives", async () => {
  const [a, b] = channelPair();
  a.send({ kind: "return", call: 1, value: "before" });
  assertThrows(() => a.send({ kind: "return", call: 2, value: [() => 1] }), TypeError, "value[0]");
  a.send({ kind: "return", call: 3, value: "after" });
  assertEquals(await recv(b), { kind: "return", call: 1, value: "before" });
  assertEquals(await recv(b), { kind: "return", call: 3, value: "after" });
  a.close("done");
  b.close("done");
});

testInRun("send gathers what is sent in one go into one message, in order", async () => {
  const { channel, port } = channelAndPort();
  const next = messagesOf(port);
  const frames = Array.from(
    { length: 5 },
    (_, value): Frame => ({ kind: "return", call: 1, value }),
  );
  for (const frame of frames) channel.send(frame);
  assertEquals(framesIn(await next(), "peer"), frames);
  channel.send({ kind: "bye" });
  assertEquals(framesIn(await next(), "peer"), [{ kind: "bye" }]);
  channel.close("done");
  port.close();
});

testInRun(
  "send bounds what travels in one message, and lets a big frame travel alone",
  async () => {
    const { channel, port } = channelAndPort();
    const next = messagesOf(port);
    const sizes = [40_000, 40_000, 10_000, 1_000_000, 1, 1];
    for (const size of sizes) {
      channel.send({ kind: "return", call: size, value: new Uint8Array(size) });
    }
    const arrived: number[][] = [];
    while (arrived.flat().length < sizes.length) {
      const frames = framesIn(await next(), "peer");
      arrived.push(frames.map((frame) => frame.kind === "return" ? frame.call : -1));
    }
    assertEquals(arrived, [[40_000], [40_000, 10_000], [1_000_000], [1, 1]]);
    channel.close("done");
    port.close();
  },
);

testInRun("close lets out what was sent before it", async () => {
  const [a, b] = channelPair();
  a.send({ kind: "return", call: 1, value: "last words" });
  a.send({ kind: "bye" });
  a.close("done");
  assertEquals(await recv(b), { kind: "return", call: 1, value: "last words" });
  assertEquals(await recv(b), { kind: "bye" });
  b.close("done");
});

testInRun("abort drops what was not yet on its way", async () => {
  const { port1, port2 } = new MessageChannel();
  const channel = new Channel(port1, { path: "root/peer", state: "alive" });
  const posted: unknown[] = [];
  port1.postMessage = (message: unknown) => posted.push(message);
  channel.send({ kind: "return", call: 1, value: "flushed" });
  channel.flush();
  channel.send({ kind: "return", call: 2, value: "gathering" });
  channel.abort(new BrokenResourceError("lost"));
  await waitAllTasksBlocked();
  assertEquals(posted.map((message) => framesIn(message, "peer")), [
    [{ kind: "return", call: 1, value: "flushed" }],
  ]);
  port2.close();
});

testInRun("a Channel is in the snapshot until it is over", () => {
  const { channel, port } = channelAndPort();
  const found = () => takeSnapshot().channels.filter(({ id }) => id === channel.id);
  assertEquals(found().map(({ state, peer }) => [state, peer]), [["opening", "root/peer"]]);
  channel.opened();
  assertEquals(found().map(({ state, why }) => [state, why]), [["open", "handshake"]]);
  channel.close("done");
  assertEquals(found(), []);
  port.close();
});

testInRun("a Channel breaks when a message cannot be deserialised", async () => {
  const { port1, port2 } = new MessageChannel();
  const channel = new Channel(port1, { path: "root/odd", state: "alive" });
  port1.dispatchEvent(new MessageEvent("messageerror"));
  await assertRejects(() => recv(channel), ProtocolError, "a message that is not a frame");
  port2.close();
});

Deno.test("a Channel that is over holds no port: the process ends by itself", {
  timeout: 20_000,
}, async () => {
  const url = new URL("./channel.ts", import.meta.url);
  const program = `
    const { Channel } = await import(${JSON.stringify(url.href)});
    for (const end of [(c) => c.close("done"), (c) => c.eof("gone")]) {
      const { port1, port2 } = new MessageChannel();
      const channel = new Channel(port1, { path: "root/peer", state: "alive" });
      channel.send({ kind: "bye" });
      end(channel);
    }
    console.log("done");
  `;
  const config = decodeURIComponent(new URL("../../../deno.json", import.meta.url).pathname);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", config, program],
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout, stderr } = await child.output();
  assertEquals(
    [code, new TextDecoder().decode(stdout), new TextDecoder().decode(stderr)],
    [0, "done\n", ""],
  );
});

testInRun(
  "Channel counts the frames of a peer that has been given up, and only those",
  async () => {
    const { port1, port2 } = new MessageChannel();
    const peer: PeerRef = { path: "root/given-up", state: "alive" };
    const channel = new Channel(port1, peer);
    channel.opened();
    const count = () =>
      takeSnapshot().channels.find((each) => each.peer === peer.path)?.afterAbandon;
    try {
      port2.postMessage(YIELD);
      await recv(channel);
      assertEquals(count(), undefined);
      peer.state = "abandoned";
      for (let n = 0; n < 2; n++) port2.postMessage(YIELD);
      await recv(channel);
      await recv(channel);
      assertEquals(count(), 2);
    } finally {
      channel.close("end of test");
      port2.close();
    }
  },
);

testInRun("Channel tells at once that it breaks, before its reader goes on", async () => {
  const { port1, port2 } = new MessageChannel();
  const channel = new Channel(port1, { path: "root/broken", state: "alive" });
  const told: string[] = [];
  channel.onBroken = (error) => void told.push(error.message);
  await openNursery(async (nursery) => {
    nursery.spawn(async () => {
      await assertRejects(() => recv(channel), BrokenResourceError);
      told.push("reader");
    });
    await waitAllTasksBlocked();
    channel.abort(new BrokenResourceError("given up"));
    assertEquals(told, ["given up"]);
  });
  assertEquals(told, ["given up", "reader"]);
  port2.close();
});
