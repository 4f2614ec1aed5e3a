import { assertEquals } from "@std/assert";
import type { IsolateDump } from "../model/dump.ts";
import { frame, IDLE_MAIN, isolate, SEED_DUMP, stuckChild } from "../../tests/support/facts.ts";
import { classify } from "./classify.ts";

/** What is made of a program without records whose isolates look like this. */
function classOf(...isolates: IsolateDump[]) {
  const dump = { ...SEED_DUMP, isolates, tasks: [], channels: [] };
  const facts = { ...stuckChild(), journal: false, sigint: null, ladder: [], actors: [] };
  const loop = { beats: 0, lastBeatMs: null, maxGapMs: 0 };
  const { class: name, owner, missing } = classify({ ...facts, loop, dump, phase: "body" });
  return { name, owner, missing };
}

const RUNNING = { tid: 2, name: "worker-1", state: "R", wchan: null, cpuTicks: 15 };

Deno.test("classify says loop-starved of a program whose main was in one place in every look", () => {
  const main = isolate({ id: "main", kind: "main", actor: null });
  for (const each of [main, { ...main, thread: RUNNING }]) {
    const { name, owner } = classOf(each);
    assertEquals([name, owner], ["loop-starved", "program"]);
  }
  const native = { ...main, state: "native-blocked" as const, samples: [] };
  assertEquals(classOf(native).name, "loop-starved");
});

Deno.test("classify names no class for a program whose main rests, moves, or was seen once", () => {
  const main = isolate({ id: "main", kind: "main", actor: null, thread: RUNNING });
  const moved = ["a", "b"].map((fn, n) => ({ atMs: n * 150, frames: [frame(fn, 1)] }));
  for (
    const each of [
      IDLE_MAIN,
      { ...main, samples: moved },
      { ...main, samples: main.samples.slice(0, 1) },
      { ...main, state: "native-blocked" as const, thread: null, samples: [] },
    ]
  ) {
    const { name, missing } = classOf(each);
    assertEquals([name, missing.some((line) => line.includes("heap"))], ["unknown", true]);
  }
});

Deno.test("classify says stuck-child of a program whose worker spins while main rests, and of no other", () => {
  const worker = isolate({ actor: null });
  assertEquals(classOf(IDLE_MAIN, { ...worker, thread: RUNNING }).name, "stuck-child");
  // It may wait for work.
  assertEquals(classOf(IDLE_MAIN, worker).name, "unknown");
  const theirs = worker.samples.map(({ atMs }) => ({ atMs, frames: [frame("poll", 1, true)] }));
  const internal = { ...worker, thread: RUNNING, samples: theirs };
  assertEquals(classOf(IDLE_MAIN, internal).name, "unknown");
});
