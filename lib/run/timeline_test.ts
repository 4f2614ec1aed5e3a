import { assertEquals, assertMatch } from "@std/assert";
import type { JournalEvent } from "../protocol/journal_event.ts";
import { timelineOf } from "./timeline.ts";

function note(t: number, text = "x"): JournalEvent {
  return { t, actor: "root", kind: "note", text };
}

Deno.test("timelineOf merges what the subject says and what the harness did, in order of time", () => {
  const events: JournalEvent[] = [
    note(900, "before"),
    { t: 1_000, actor: "root", kind: "teardown-requested", why: "done" },
    { t: 1_050, actor: "root", kind: "beat", n: 1, maxGapMs: 1 },
    { t: 1_200.04, actor: "root", kind: "joined", outcome: "error", error: "boom" },
  ];
  const own = [{ t: 1_100, event: "sigint-sent", detail: "" }];
  assertEquals(timelineOf(events, own, 1_000), [
    { atMs: -100, actor: "root", event: "note", detail: "before" },
    { atMs: 0, actor: "root", event: "teardown-requested", detail: "done" },
    { atMs: 100, actor: "unwedge", event: "sigint-sent", detail: "" },
    { atMs: 200, actor: "root", event: "joined", detail: "error: boom" },
  ]);
});

Deno.test("timelineOf says of a rung whose it was and what came of it", () => {
  const rung = { t: 1, actor: "root", kind: "rung", peer: "root/a", rung: "soft-kill" } as const;
  const lines = timelineOf(
    [
      { ...rung, step: "asked", effect: null },
      { ...rung, step: "effect", effect: "no-answer" },
    ],
    [],
    0,
  );
  assertEquals(lines.map(({ detail }) => detail), [
    "soft-kill root/a: asked",
    "soft-kill root/a: no-answer",
  ]);
});

Deno.test("timelineOf keeps both ends of a long run and counts what it leaves out", () => {
  const lines = timelineOf(Array.from({ length: 5_000 }, (_, n) => note(n, `${n}`)), [], 0);
  assertEquals(lines.length, 2_001);
  assertEquals([lines[0]?.detail, lines.at(-1)?.detail], ["0", "4999"]);
  assertMatch(lines[1_000]?.detail ?? "", /^3000 entries; all of them are in journal\.msgpack$/);
});

Deno.test("timelineOf tells what was done by hand from what the runtime did itself", () => {
  const remedy = {
    t: 1,
    actor: "root",
    kind: "remedy",
    remedy: "reap",
    peer: null,
    did: "it",
  } as const;
  const lines = timelineOf([remedy, { ...remedy, peer: "root/a", by: "operator" }], [], 0);
  assertEquals(lines.map(({ detail }) => detail), ["reap: it", "reap for root/a: it (by hand)"]);
});
