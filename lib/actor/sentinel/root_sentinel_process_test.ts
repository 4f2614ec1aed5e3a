/**
 * The remedy in real processes: root actors whose main isolate gets stuck (`fixtures/programs/sentinel_actors.ts`),
 * with a signal sent by the kernel, or without one.
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { signalled } from "../../../tests/support/signalled.ts";
import { JournalReader } from "../../protocol/journal_reader.ts";

const TIMEOUT = { timeout: 30_000 };
const NO_SIGNAL = {};
/** Long enough for a machine that is busy with other things. A fifth of it is less than the watch gives main. */
const PATIENT_MS = 1_500;

/** Runs the program with a journal for the sentinel, and returns its records in words. */
async function stuck(situation: string, on: Record<string, Deno.Signal>, inspect = true) {
  const dir = Deno.makeTempDirSync({ prefix: "unwedge-sentinel-" });
  try {
    const path = `${dir}/journal.msgpack`;
    const args = [situation, path, String(PATIENT_MS)];
    const run = await signalled("sentinel_actors.ts", { args, inspect, on });
    const records = new JournalReader(path).read().filter(({ actor }) => actor === "root");
    const journal = records.map((event) => {
      if (event.kind === "remedy") return `${event.remedy}: ${event.did}`;
      if (event.kind === "note") return event.text;
      return event.kind;
    });
    return { ...run, journal };
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

Deno.test(
  "sentinel hands SIGINT to a root task whose loop turns, and writes nothing",
  TIMEOUT,
  async () => {
    const { lines, code, journal, stderr } = await stuck("alive", { ready: "SIGINT" }, false);
    assertEquals(lines, [
      "ready",
      "signal-seen",
      "signal-acted",
      "joined interrupted",
      "interrupted",
    ]);
    assertEquals([code, journal, stderr], [130, [], ""]);
  },
);

Deno.test("sentinel does nothing in a teardown that goes well", TIMEOUT, async () => {
  const { lines, code, journal } = await stuck("happy", NO_SIGNAL);
  assertEquals([lines, code, journal], [["joined ok", "returned"], 0, []]);
});

Deno.test(
  "sentinel frees a main that is blocked on the lock of a child that was given up",
  TIMEOUT,
  async () => {
    const { lines, code, journal } = await stuck("blocked", NO_SIGNAL);
    assertEquals(lines, ["ready", "free", "joined ok", "returned"]);
    assertEquals(code, 0);
    const [ends, frees, ...more] = journal;
    const prefix = "sentinel: main's loop did not turn for 500 ms: it is blocked on shared mutex " +
      '"of the test", whose holder root/keeper was given up';
    assertStringIncludes(ends ?? "", prefix);
    assertMatch(ends ?? "", /: ends the thread of root\/keeper$/);
    assertMatch(frees ?? "", /: frees shared mutex "of the test", whose holder is dead$/);
    assertEquals(more, []);
  },
);

Deno.test("sentinel frees a blocked main for SIGINT before the watch would", TIMEOUT, async () => {
  const { lines, code, journal } = await stuck("blocked", { ready: "SIGINT" });
  const taken = ["signal-seen", "signal-acted", "joined interrupted", "interrupted"];
  assertEquals(lines, ["ready", "free", ...taken]);
  assertEquals(code, 130);
  assertStringIncludes(journal[0] ?? "", "sentinel: main did not take SIGINT in 300 ms");
});

Deno.test("sentinel has a storm take SIGINT, and go on", TIMEOUT, async () => {
  const { lines, code, journal } = await stuck("storm", { ready: "SIGINT" });
  assertEquals(lines.slice(0, 3), ["ready", "signal-seen", "signal-acted"]);
  assertEquals([lines.includes("free"), lines.at(-1), code], [true, "interrupted", 130]);
  assertMatch(journal[0] ?? "", /at storm \(.*: lets its loop turn between its microtasks$/);
});

Deno.test(
  "sentinel writes down that it acted on SIGINT before it ends the process",
  TIMEOUT,
  async () => {
    const { lines, code, signal, journal } = await stuck("spin", { ready: "SIGINT" });
    assertEquals([lines, code, signal], [["ready"], 130, "SIGINT"]);
    assertMatch(
      journal[0] ?? "",
      /^sentinel: main did not take SIGINT in 300 ms: .* \(at .*\): nothing is done about it$/,
    );
    assertEquals(journal.slice(1), [
      "signal-seen",
      "sentinel: ends the process with SIGINT, which main has not taken",
      "signal-acted",
    ]);
  },
);

Deno.test(
  "sentinel without an inspector ends a main that blocks on a lock of the living",
  TIMEOUT,
  async () => {
    const { lines, signal } = await stuck("blocked", { ready: "SIGINT" }, false);
    assertEquals([lines, signal], [["ready"], "SIGINT"]);
  },
);

Deno.test("sentinel frees a lock of the dead without any inspector", TIMEOUT, async () => {
  const { lines, journal } = await stuck("bereft", { ready: "SIGINT" }, false);
  assertEquals(lines.slice(0, 3), ["ready", "free", "signal-seen"]);
  assertMatch(journal[0] ?? "", /: frees shared mutex "of the test", whose holder is dead$/);
});
