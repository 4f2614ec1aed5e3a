import { assertEquals } from "@std/assert";
import { SourcePositions } from "./source_positions.ts";
import type { RawFrame } from "./stacks.ts";

/** Generated line 1 column 0 comes from line 10 column 4 of the source, in the format's own base-64 digits. */
const MAP = { version: 3, sources: ["original.ts"], names: [], mappings: "AASI" };

Deno.test("map finds the TypeScript position, both counted from 1", async () => {
  const positions = new SourcePositions();
  positions.announce(announcement({ url: "file:///app/original.ts", map: inline(MAP) }));
  assertEquals(await positions.map(frame({})), {
    fn: "work",
    file: "file:///app/original.ts",
    line: 10,
    column: 5,
    internal: false,
  });
});

Deno.test("map keeps V8's position where there is no source map", async () => {
  const positions = new SourcePositions();
  positions.announce(announcement({ url: "file:///app/plain.js", map: "" }));
  const { file, line, column } = await positions.map(frame({ line: 7, column: 2 }));
  assertEquals([file, line, column], ["file:///app/plain.js", 8, 3]);
});

Deno.test("map survives a source map that cannot be read", async () => {
  const positions = new SourcePositions();
  const map = `data:application/json;base64,${btoa("{oops")}`;
  positions.announce(announcement({ url: "file:///app/broken.ts", map }));
  const { file, line } = await positions.map(frame({}));
  assertEquals([file, line], ["file:///app/broken.ts", 1]);
});

Deno.test("map keeps the scripts of different isolates apart", async () => {
  const positions = new SourcePositions();
  positions.announce(announcement({ url: "file:///app/main.js", map: "" }));
  positions.announce(announcement({ url: "file:///app/worker.js", map: "", sessionId: "3" }));
  const [main, worker, unknown] = [
    await positions.map(frame({})),
    await positions.map(frame({ sessionId: "3" })),
    await positions.map(frame({ sessionId: "4" })),
  ];
  assertEquals([main.file, worker.file], ["file:///app/main.js", "file:///app/worker.js"]);
  assertEquals([unknown.file, unknown.internal], ["", true]);
});

for (
  const [url, internal] of [
    ["ext:core/01_core.js", true],
    ["node:events", true],
    [new URL("../actor/park.ts", import.meta.url).href, true],
    [new URL("../../scenarios/happy.ts", import.meta.url).href, false],
    ["file:///home/somebody/lib/theirs.ts", false],
    ["https://example.org/mod.ts", false],
  ] as const
) {
  Deno.test(`map calls ${url.replace(/.*\/(?=lib|scenarios)/, "")} ${internal ? "internal" : "the program's"}`, async () => {
    const positions = new SourcePositions();
    positions.announce(announcement({ url, map: "" }));
    assertEquals((await positions.map(frame({}))).internal, internal);
  });
}

function inline(map: object): string {
  return `data:application/json;base64,${btoa(JSON.stringify(map))}`;
}

function announcement(
  { url, map, sessionId }: { url: string; map: string; sessionId?: string },
): string {
  return JSON.stringify({
    method: "Debugger.scriptParsed",
    params: { scriptId: "42", url, startLine: 0, sourceMapURL: map },
    sessionId,
  });
}

function frame(fields: Partial<RawFrame>): RawFrame {
  return { fn: "work", sessionId: null, scriptId: "42", line: 0, column: 0, ...fields };
}
