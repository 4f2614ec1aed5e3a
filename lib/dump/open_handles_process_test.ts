import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type OpenHandle, openHandles } from "./open_handles.ts";
import { inEventLoop } from "../os/proc.ts";
import { startProgram, startSubject, testSubject } from "../../tests/support/subject.ts";

const timeout = 30_000;

/** Line and column at which `text` stands in the program, 1-based. */
function placeOf(text: string): { line: number; column: number } {
  const program = new URL("../../fixtures/programs/leave_open.ts", import.meta.url);
  const before = Deno.readTextFileSync(program).split(text)[0] ?? "";
  const lines = before.split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

/** What is found of a program that has left `what` open. */
async function foundOf(...what: string[]): Promise<readonly OpenHandle[]> {
  await using subject = await startProgram("leave_open.ts", ...what);
  await subject.untilThread("main", inEventLoop);
  const outcome = await openHandles(subject);
  assert(outcome.kind === "named", JSON.stringify(outcome));
  return outcome.handles;
}

Deno.test("openHandles names a timer, what it calls and where", { timeout }, async () => {
  const [handle, ...rest] = await foundOf("interval");
  assertEquals(rest, []);
  assert(handle?.kind === "timer");
  assertEquals([handle.repeats, handle.ms, handle.fn], [true, 1_000, "flushMetrics"]);
  assertMatch(handle.at?.file ?? "", /leave_open\.ts$/);
  const { line } = placeOf("function flushMetrics");
  assertEquals(handle.at?.line, line);
});

Deno.test(
  "openHandles names a timer whose function has no name by its place",
  { timeout },
  async () => {
    const [handle, ...rest] = await foundOf("timeout");
    assertEquals(rest, []);
    assert(handle?.kind === "timer");
    assertEquals([handle.repeats, handle.ms, handle.fn], [false, 60_000, null]);
    const { line, column } = placeOf("() => {}, 60_000");
    assertEquals([handle.at?.line, handle.at?.column], [line, column]);
  },
);

Deno.test("openHandles leaves out what does not keep a process", { timeout }, async () => {
  const found = await foundOf("passive", "interval");
  assertEquals(found.map((handle) => handle.kind === "timer" ? handle.fn : handle), [
    "flushMetrics",
  ]);
});

Deno.test("openHandles names resources, and handles of node's", { timeout }, async () => {
  assertEquals(await foundOf("listener"), [{ kind: "resource", name: "tcpListener" }]);
  const found = await foundOf("server");
  assert(found.some((handle) => handle.kind === "node-handle" && handle.name === "TCPServerWrap"));
});

Deno.test("openHandles names a request for a Web Lock", { timeout }, async () => {
  assertEquals(await foundOf("lock"), [
    { kind: "resource", name: "webLock" },
    { kind: "resource", name: "pendingWebLock" },
  ]);
});

Deno.test(
  "openHandles finds nothing for an operation without a resource",
  { timeout },
  async () => {
    const path = Deno.makeTempDirSync({ prefix: "unwedge-pipe-" });
    try {
      await new Deno.Command("mkfifo", { args: [`${path}/pipe`] }).output();
      assertEquals(await foundOf("pipe", `${path}/pipe`), []);
    } finally {
      Deno.removeSync(path, { recursive: true });
    }
  },
);

testSubject(
  "openHandles leaves the program running, and lets it end when it can",
  "plain",
  async (subject) => {
    assertEquals((await openHandles(subject)).kind, "named");
    assertEquals(await subject.leave(), 0);
  },
);

Deno.test("openHandles says why when main does not answer, or is gone", { timeout }, async () => {
  const subject = await startSubject("native");
  {
    await using _ = subject;
    const { wsUrl } = subject;
    assertEquals(await openHandles({ wsUrl, timeoutMs: 100 }), {
      kind: "failed",
      why: "it did not answer within 100 ms",
    });
  }
  const outcome = await openHandles(subject);
  assert(outcome.kind === "failed");
  assertStringIncludes(outcome.why, "cannot connect");
});
