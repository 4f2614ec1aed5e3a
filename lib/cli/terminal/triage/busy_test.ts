import { assertEquals } from "@std/assert";
import { DUMP } from "../../../../tests/support/attempts.ts";
import type { Dump, IsolateDump } from "../../../model/dump.ts";
import { busyLines } from "./tree.ts";
import { screen } from "../../../../tests/support/triage.ts";

const [, worker] = DUMP.isolates;
if (worker === undefined) throw new Error("the fixture has a worker");

function busy(change: Partial<IsolateDump>, dump: Partial<Dump> = {}): string[] {
  return busyLines(
    { ...DUMP, isolates: [{ ...worker, ...change } as IsolateDump], ...dump },
    screen(100),
  );
}

Deno.test("busyLines tell blocking from spinning, and a stack that moves from both", () => {
  const where = "waitInSlices  fixtures/children/non_checkpointing.ts:12";
  assertEquals(busy({}), [`worker-1 root/stuck  blocked in ${where}`]);
  const running = { tid: 1, name: "w", state: "R", wchan: null, cpuTicks: 20 };
  assertEquals(busy({ thread: running }), [`worker-1 root/stuck  spinning in ${where}`]);
  const [first] = worker?.samples ?? [];
  if (first === undefined) throw new Error("the fixture has samples");
  const elsewhere = { ...first, frames: first.frames.map((each) => ({ ...each, line: 99 })) };
  assertEquals(busy({ samples: [elsewhere, first] }), [
    `worker-1 root/stuck  moving, now in ${where}`,
  ]);
});

Deno.test("busyLines name a native call and say nothing of what is at rest", () => {
  assertEquals(busy({ state: "native-blocked" }), [
    "worker-1 root/stuck  in a native call that no inspector reaches",
  ]);
  assertEquals(busy({ state: "parked" }), []);
});

Deno.test("busyLines name the lock before the place, and who holds it", () => {
  const sharedLocks = [{
    name: "journal",
    seenBy: "root/stuck",
    holder: "root/keeper",
    holderState: "abandoned" as const,
    blockedMs: 2_000,
  }];
  assertEquals(busy({}, { sharedLocks }), [
    'worker-1 root/stuck  blocked 2.00 s on lock "journal", held by root/keeper abandoned',
    "  in waitInSlices  fixtures/children/non_checkpointing.ts:12",
  ]);
});
