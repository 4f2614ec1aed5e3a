import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { connectInspector, type Inspector } from "./inspector.ts";
import { connected, testInspector, testSubject } from "../../tests/support/subject.ts";

const timeout = 30_000;
const one = { expression: "1", returnByValue: true };

testInspector("send returns what main answers", "idle", async (inspector) => {
  const outcome = await inspector.send("Runtime.evaluate", one);
  assert(outcome.kind === "ok");
  assertEquals(outcome.result.result.value, 1);
});

testInspector(
  "send reaches a worker by its session id while main is blocked",
  "blocked idle wait",
  async (inspector) => {
    for (const sessionId of ["1", "2"]) {
      const outcome = await inspector.send("Runtime.evaluate", one, {
        sessionId,
        timeoutMs: 9_000,
      });
      assertEquals(outcome.kind, "ok", `session ${sessionId}`);
    }
  },
);

testInspector(
  "send ends as an error when the isolate refuses the command",
  "idle",
  async (inspector) => {
    const outcome = await inspector.send("Debugger.resume", {});
    assert(outcome.kind === "error");
    assertStringIncludes(outcome.message, "while paused");
  },
);

testInspector(
  "quietMs grows while nothing arrives, and begins again with whatever does",
  "idle",
  async (inspector) => {
    const to = { sessionId: "999", timeoutMs: 100 };
    assertEquals((await inspector.send("Runtime.evaluate", one, to)).kind, "timeout");
    assertFalse(inspector.heard);
    const quiet = inspector.quietMs;
    assert(quiet >= 95, `${quiet}`);
    await inspector.send("Runtime.evaluate", one);
    assert(inspector.quietMs < quiet);
    assert(inspector.heard);
  },
);

testInspector("send ends as a timeout when nobody answers", "idle", async (inspector) => {
  const to = { sessionId: "999", timeoutMs: 50 };
  assertEquals(await inspector.send("Runtime.evaluate", one, to), {
    kind: "timeout",
    afterMs: 50,
  });
});

testInspector(
  "send ends as closed at once when the subject is killed under it",
  "idle",
  async (inspector, subject) => {
    const never = inspector.send("Runtime.evaluate", one, { sessionId: "999", timeoutMs: 25_000 });
    Deno.kill(subject.pid, "SIGKILL");
    assertEquals(await never, { kind: "closed" });
    assertFalse(inspector.open);
    assertEquals(await inspector.send("Runtime.evaluate", one), { kind: "closed" });
  },
);

testSubject(
  "close lets the subject exit, which an open connection would not",
  "idle",
  async (subject) => {
    const inspector = await connected(subject);
    await inspector.send("Runtime.evaluate", one);
    await subject.endStdin();
    await subject.until("BYE");
    await inspector.close();
    assertEquals((await subject.status).code, 0);
  },
);

testSubject(
  "close settles what is still unanswered and may be called twice",
  "idle",
  async (subject) => {
    const inspector = await connected(subject);
    const never = inspector.send("Runtime.evaluate", one, { sessionId: "999", timeoutMs: 25_000 });
    await inspector.close();
    await inspector.close();
    assertEquals(await never, { kind: "closed" });
  },
);

testSubject(
  "send is not given the late answer to a command of an earlier connection",
  "deaf native",
  async (subject) => {
    const to = { sessionId: "1", timeoutMs: 25_000 };
    const ask = (inspector: Inspector, answer: string) =>
      inspector.send("Runtime.evaluate", { expression: `"${answer}"`, returnByValue: true }, to);
    const earlier = await connected(subject);
    // As many as it takes for the numbers of both connections to meet, if they could.
    const forgotten = [1, 2, 3].map((n) => ask(earlier, `late ${n}`));
    // Main answers behind them: they have arrived when it does.
    await earlier.send("Runtime.evaluate", one);
    await earlier.close();
    await Promise.all(forgotten);
    await using inspector = await connected(subject);
    const outcome = ask(inspector, "mine");
    await inspector.send("Runtime.evaluate", one);
    await subject.say("go");
    const answer = await outcome;
    assert(answer.kind === "ok");
    assertEquals(answer.result.result.value, "mine");
  },
);

testInspector(
  "on delivers events with their session until it is told to stop",
  "idle idle",
  async (inspector) => {
    const seen: (string | null)[] = [];
    const stop = inspector.on("Runtime.executionContextCreated", (_, id) => void seen.push(id));
    await inspector.send("Runtime.enable", {});
    await inspector.send("Runtime.enable", {}, { sessionId: "1" });
    assertEquals(seen, [null, "1"]);
    stop();
    await inspector.send("Runtime.disable", {});
    await inspector.send("Runtime.enable", {});
    assertEquals(seen.length, 2);
  },
);

Deno.test("connectInspector says why when nobody listens", { timeout }, async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const outcome = await connectInspector(`ws://127.0.0.1:${port}/none`);
  assert(outcome.kind === "failed");
  assertStringIncludes(outcome.why, `127.0.0.1:${port}`);
});

Deno.test("connectInspector gives up on a listener that never answers", { timeout }, async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const outcome = await connectInspector(`ws://127.0.0.1:${port}/mute`, { timeoutMs: 100 });
  assert(outcome.kind === "failed");
  assertStringIncludes(outcome.why, "100 ms");
});

Deno.test("connectInspector fails, and does not throw, for what is no URL", async () => {
  assertEquals((await connectInspector("not a url")).kind, "failed");
});
