/** What listens where an inspector is looked for can be anything, and nothing that it says may do harm. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { connectInspector } from "../../cdp/inspector.ts";
import { inspectorAt } from "../../cdp/inspector_list.ts";
import { takeSnapshot } from "../../heap/take_snapshot.ts";
import { dumpProcess } from "./dump_process.ts";

interface Lies {
  /** What it says over HTTP. */
  readonly list?: () => BodyInit;
  /** What it answers to a message. */
  readonly answer?: (message: { id: number; method: string }) => string;
}

/** A server on the loopback that lies. */
function liar({ list = () => "[]", answer = () => "{}" }: Lies) {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    if (request.headers.get("upgrade") !== "websocket") return new Response(list());
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => socket.send(answer(JSON.parse(data)));
    return response;
  });
}

function endless(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) });
}

Deno.test("inspectorAt goes to the address that was asked for, whichever is named there", async () => {
  const webSocketDebuggerUrl = "ws://192.0.2.1:80/secret";
  await using server = liar({ list: () => JSON.stringify([{ webSocketDebuggerUrl }]) });
  const host = `127.0.0.1:${server.addr.port}`;
  const found = await inspectorAt(host);
  assertEquals(found.kind === "inspector" ? found.wsUrl : found.why, `ws://${host}/secret`);
});

Deno.test("inspectorAt does not read an answer without end", async () => {
  await using server = liar({ list: endless });
  assertEquals((await inspectorAt(`127.0.0.1:${server.addr.port}`)).kind, "none");
});

const ANSWERS: Readonly<Record<string, (message: { id: number }) => string>> = {
  "what is no JSON": () => "<html>",
  "null": () => "null",
  "nothing": ({ id }) => JSON.stringify({ id }),
  "empty results": ({ id }) => JSON.stringify({ id, result: {} }),
  "results of another shape": ({ id }) => JSON.stringify({ id, result: { result: null } }),
  "an error without a text": ({ id }) => JSON.stringify({ id, error: 1 }),
  "events without parameters": () => JSON.stringify({ method: "Debugger.paused" }),
};

for (const [name, answer] of Object.entries(ANSWERS)) {
  Deno.test({
    name: `dumpProcess comes to its end where the inspector answers with ${name}`,
    sanitizeOps: false,
    sanitizeResources: false,
    timeout: 60_000,
    fn: async () => {
      await using server = liar({ answer });
      const wsUrl = `ws://127.0.0.1:${server.addr.port}/key`;
      const outcome = await dumpProcess({ wsUrl, pid: null, runtime: null, openedPort: null }, {
        maxHeapBytes: null,
        onHeap() {},
        signal: AbortSignal.timeout(20_000),
      });
      if (outcome.kind === "refused") assertMatch(outcome.why, /127\.0\.0\.1/);
      else assertEquals(outcome.dump.complete, false);
      assertEquals(JSON.stringify(outcome).includes("/key"), false);
    },
  });
}

/** Sends chunks of a snapshot, one when the other has gone out, until nobody takes them. */
function sendWithoutEnd(socket: WebSocket, chunk: string): void {
  const message = JSON.stringify({
    method: "HeapProfiler.addHeapSnapshotChunk",
    params: { chunk },
  });
  const timer = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) clearInterval(timer);
    else if (socket.bufferedAmount === 0) socket.send(message);
  });
}

for (
  const [what, chunk, why] of [["no snapshot", "no!", /cannot be read/], [
    "too long",
    '{"snapshot"' + " ".repeat(1e3),
    /longer/,
  ]] as const
) {
  Deno.test(`takeSnapshot ends where what comes without end is ${what}`, async () => {
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => {
        const { socket, response } = Deno.upgradeWebSocket(request);
        socket.onmessage = () => sendWithoutEnd(socket, chunk);
        return response;
      },
    );
    const url = `ws://127.0.0.1:${server.addr.port}/key`;
    const connection = await connectInspector(url, { timeoutMs: 5_000 });
    assert(connection.kind !== "failed");
    await using inspector = connection.inspector;
    const outcome = await takeSnapshot(inspector, null, { mostLength: 3_000 });
    assertMatch(outcome.kind === "failed" ? outcome.why : "", why);
  });
}
