import { assertEquals } from "@std/assert";
import { EventLog } from "./events.ts";

function log() {
  const lines: string[] = [];
  const clock = { ms: 100 };
  const made = new EventLog((line) => lines.push(line), () => clock.ms);
  return { made, lines, clock };
}

Deno.test("EventLog numbers lines without a gap and times them from its start", () => {
  const { made, lines, clock } = log();
  made.add({ type: "dump-started", attempt: 1 });
  clock.ms = 102.5;
  made.add({ type: "sigint-sent", attempt: 1 });
  assertEquals(lines.map((line) => JSON.parse(line)), [
    { schema: "unwedge/event@1", seq: 0, atMs: 0, type: "dump-started", attempt: 1 },
    { schema: "unwedge/event@1", seq: 1, atMs: 2.5, type: "sigint-sent", attempt: 1 },
  ]);
  assertEquals(
    lines.every((line) => line.endsWith("\n") && line.indexOf("\n") === line.length - 1),
    true,
  );
});

Deno.test("EventLog writes nothing after run-finished", () => {
  const { made, lines } = log();
  const totals = {
    selected: 0,
    finished: 0,
    leaked: 0,
    hung: 0,
    failed: 0,
    crashed: 0,
    matched: 0,
    mismatched: 0,
    faults: 0,
    skipped: 0,
  };
  made.add({ type: "run-finished", totals, partial: false, exitCode: 0 });
  made.add({ type: "sigint-sent", attempt: 1 });
  assertEquals(lines.length, 1);
});
