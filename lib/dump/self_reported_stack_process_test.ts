import { assert, assertEquals, assertLess } from "@std/assert";
import type { Inspector } from "../cdp/inspector.ts";
import { testInspector } from "../../tests/support/subject.ts";
import { readToldStack, STACK_QUESTION } from "./self_reported_stack.ts";

for (
  const [state, first] of [
    ["wait", "blockedInWait"],
    ["spin", "spinning"],
  ] as const
) {
  testInspector(
    `STACK_QUESTION is answered with the code below it, in TypeScript, by a worker in ${state}`,
    `blocked ${state}`,
    async (inspector, subject) => {
      if (state === "spin") await subject.untilThread("worker-1", (thread) => thread.state === "R");
      const frames = readToldStack(await answer(inspector, STACK_QUESTION)) ?? [];
      const [frame] = frames.filter(({ fn }) => fn !== "innerSpin");
      assert(frame !== undefined);
      const source = new URL("../../fixtures/programs/dump_states.ts", import.meta.url);
      assertEquals([frame.fn, frame.file], [first, source.href]);
      const line = Deno.readTextFileSync(source).split("\n")[frame.line - 1] ?? "";
      const there = line.slice(frame.column - 1);
      assert(state === "spin" || there.startsWith("wait("), there);
    },
  );
}

testInspector(
  "STACK_QUESTION is answered with no frames by an isolate at rest",
  "idle idle",
  async (inspector) => {
    assertEquals(readToldStack(await answer(inspector, STACK_QUESTION)), []);
  },
);

testInspector(
  "STACK_QUESTION leaves Error as the program has made it",
  "blocked wait",
  async (inspector) => {
    const look = `JSON.stringify([Error.stackTraceLimit, typeof Error.prepareStackTrace,
    Object.getOwnPropertyDescriptor(Error, "stackTraceLimit")?.writable ?? null])`;
    const before = await answer(inspector, look);
    assert((readToldStack(await answer(inspector, STACK_QUESTION)) ?? []).length > 0);
    assertEquals(await answer(inspector, look), before);
    await answer(inspector, "Error.stackTraceLimit = 3, Error.prepareStackTrace = () => 'mine'");
    assert((readToldStack(await answer(inspector, STACK_QUESTION)) ?? []).length > 3);
    assertEquals(await answer(inspector, look), '[3,"function",true]');
    assertEquals(await answer(inspector, "new Error().stack"), "mine");
  },
);

testInspector(
  "STACK_QUESTION is answered with nothing where Error cannot be touched",
  "blocked wait",
  async (inspector) => {
    await answer(inspector, "void Object.freeze(Error)");
    assertEquals(readToldStack(await answer(inspector, STACK_QUESTION)), null);
  },
);

Deno.test("STACK_QUESTION is short enough for a command that arrives in one piece", () => {
  const params = {
    expression: STACK_QUESTION,
    returnByValue: true,
    silent: true,
    disableBreaks: true,
  };
  const command = { id: 2 ** 30, method: "Runtime.evaluate", params, sessionId: "100" };
  assertLess(JSON.stringify(command).length, 1_000);
});

Deno.test("readToldStack reads places with and without a name, and leaves built-in functions out", () => {
  const sites = [
    [null, "<anonymous>:10:23"],
    ["wait", "Atomics.wait (<anonymous>)"],
    ["work", "Foo.work [as run] (/p/with space (1)/a.ts:33:11)"],
    [null, "/p/b.ts:2:1"],
    ["serve", "serve (file:///100% new/a.ts:5:6)"],
    ["", "new <anonymous> (https://x.test/c.ts:4:5)"],
    ["dispatch", "dispatch (ext:deno_web/02_event.js:1:7177)"],
    ["made", "made (eval at work (/p/a.ts:1:1), <anonymous>:1:5)"],
    [null, "eval at work (/p/a.ts:2:3), <anonymous>:1:5"],
  ];
  assertEquals(readToldStack(sites), [
    { fn: "work", file: "file:///p/with%20space%20(1)/a.ts", line: 33, column: 11 },
    { fn: "(anonymous)", file: "file:///p/b.ts", line: 2, column: 1 },
    { fn: "serve", file: "file:///100%25%20new/a.ts", line: 5, column: 6 },
    { fn: "(anonymous)", file: "https://x.test/c.ts", line: 4, column: 5 },
    { fn: "dispatch", file: "ext:deno_web/02_event.js", line: 1, column: 7177 },
    { fn: "made", file: "file:///p/a.ts", line: 1, column: 1 },
    { fn: "(anonymous)", file: "file:///p/a.ts", line: 2, column: 3 },
  ]);
});

Deno.test("readToldStack takes nothing for a stack that is none", () => {
  for (const answer of [null, undefined, 7, "", {}]) {
    assertEquals(readToldStack(answer), null);
  }
  assertEquals(readToldStack([7, {}, []]), []);
});

async function answer(inspector: Inspector, expression: string): Promise<unknown> {
  const outcome = await inspector.send("Runtime.evaluate", { expression, returnByValue: true }, {
    sessionId: "1",
    timeoutMs: 9_000,
  });
  assert(outcome.kind === "ok");
  return outcome.result.result.value;
}
