import { assertEquals } from "@std/assert";
import type { JournalBody, JournalEvent } from "../protocol/journal_event.ts";
import { FACTS } from "../../tests/support/scenario_facts.ts";
import { RunLog } from "./run_log.ts";

/** A log that has read these records, one a second from 1000 on. */
function logOf(...bodies: JournalBody[]): RunLog {
  const log = new RunLog();
  bodies.forEach((body, n) => log.add({ t: 1_000 * (n + 1), actor: "root", ...body }));
  return log;
}

const TEARDOWN: JournalBody = { kind: "teardown-requested", why: "first" };
const JOINED: JournalBody = { kind: "joined", outcome: "ok", error: null };

Deno.test("RunLog starts the clocks at the first request of teardown", () => {
  assertEquals(logOf({ kind: "boot", pid: 1 }).clockStart, null);
  assertEquals(
    logOf(TEARDOWN, { kind: "teardown-requested", why: "again" }, JOINED).clockStart,
    1_000,
  );
});

Deno.test("RunLog starts the clocks at the join of a run that never requested teardown", () => {
  assertEquals(logOf({ kind: "boot", pid: 1 }, JOINED).clockStart, 2_000);
});

const SCENARIO: JournalBody = { kind: "scenario", facts: FACTS, remedies: [] };
const SPAWNED: JournalBody = { kind: "actor-spawned", peer: "root/a", worker: "root/a" };

Deno.test("RunLog goes from phase to phase, and back where a teardown was not the program's", () => {
  const boot: JournalBody = { kind: "boot", pid: 1 };
  const over: JournalBody = { kind: "teardown-over" };
  const phases = [[boot], [boot, SCENARIO], [SCENARIO, TEARDOWN], [SCENARIO, TEARDOWN, over]]
    .map((records) => logOf(...records).phase);
  assertEquals(phases, ["start", "body", "teardown", "body"]);
  assertEquals(logOf(SCENARIO, TEARDOWN, over, TEARDOWN).clockStart, 4_000);
});

Deno.test("RunLog gives the body its time from when the last actor had started", () => {
  const ends: JournalBody[] = [
    { kind: "handshake", peer: "root/a" },
    { kind: "actor-dead", peer: "root/a" },
  ];
  for (const end of ends) {
    const log = logOf(SCENARIO, SPAWNED);
    assertEquals([log.startsActors, log.bodyAt], [true, 1_000]);
    log.add({ t: 9_000, actor: "root", ...end });
    assertEquals([log.startsActors, log.bodyAt], [false, 9_000]);
  }
});

Deno.test("RunLog moves no clock once the run is judged", () => {
  const log = logOf(SCENARIO, { kind: "note", text: "stuck" });
  log.judge();
  log.add({ t: 9_000, actor: "root", ...TEARDOWN });
  assertEquals([log.phase, log.clockStart], ["body", 1_000]);
});

Deno.test("RunLog makes one rung of what was asked, acked and seen of it", () => {
  const rung = { kind: "rung", peer: "root/a", rung: "soft-kill", effect: null } as const;
  const log = logOf(
    TEARDOWN,
    { ...rung, step: "asked" },
    { ...rung, peer: "root/b", step: "asked" },
    { ...rung, step: "acked" },
    { ...rung, step: "effect", effect: "ended" },
  );
  assertEquals(log.ladder(), [
    {
      actor: "root/a",
      rung: "soft-kill",
      askedMs: 1_000,
      ackedMs: 3_000,
      effect: "ended",
      effectMs: 4_000,
    },
    {
      actor: "root/b",
      rung: "soft-kill",
      askedMs: 2_000,
      ackedMs: null,
      effect: null,
      effectMs: null,
    },
  ]);
});

Deno.test("RunLog.firstAfter finds what came after a mark, not what was there before", () => {
  const log = logOf({ kind: "signal-acted", signal: "SIGINT" });
  const mark = log.mark();
  assertEquals(log.firstAfter(mark, "signal-acted"), null);
  log.add({ t: 5, actor: "root", kind: "signal-acted", signal: "SIGTERM" });
  log.add({ t: 6, actor: "root", kind: "signal-acted", signal: "SIGINT" });
  assertEquals(log.firstAfter(mark, "signal-acted", ({ signal }) => signal === "SIGINT")?.t, 6);
});

Deno.test("RunLog counts heartbeats and keeps them out of the events", () => {
  const log = logOf({ kind: "beat", n: 1, maxGapMs: 12 }, { kind: "beat", n: 2, maxGapMs: 3 });
  assertEquals(log.events, []);
  assertEquals(log.beats, { count: 2, lastAt: 2_000, maxGapMs: 12 });
});

Deno.test("RunLog counts what it does not keep of a runaway subject, and still sees the join", () => {
  const log = new RunLog();
  const note: JournalEvent = { t: 1, actor: "root", kind: "note", text: "again" };
  for (let n = 0; n < 100_005; n++) log.add(note);
  log.add({ t: 9, actor: "root", ...JOINED } as JournalEvent);
  assertEquals(log.dropped, 6);
  assertEquals(log.joined?.t, 9);
});

Deno.test("RunLog.longWaits shows the latest wait of each task", () => {
  const parked = { kind: "parked", task: "reader", sinceMs: 1 } as const;
  const log = logOf({ ...parked, on: "a" }, { ...parked, on: "b" }, {
    ...parked,
    task: "w",
    on: "c",
  });
  assertEquals(log.longWaits(), ["root reader: b", "root w: c"]);
});
