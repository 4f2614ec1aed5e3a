import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { hold } from "../../actor/park.ts";
import { openNursery } from "../../actor/nursery.ts";
import { run } from "../../actor/run.ts";
import { sleepForever } from "../../actor/sleep.ts";
import { Event } from "../../actor/event.ts";
import { test } from "../../../tests/support/spawn_testing.ts";
import { startPulse } from "./pulse.ts";

function kept<T>(promise: Promise<T>): Promise<T> {
  return run(() => hold(promise, "records"), { handleSigint: false });
}

test("startPulse() beats at once and goes on until it is stopped", async ({ records }) => {
  const stop = startPulse();
  // The beat is unref'd: something else has to keep the loop.
  await kept(records.first((body) => body.kind === "beat" && body.n === 3));
  stop();
  const beats = records.all.flatMap((body) => body.kind === "beat" ? [body.n] : []);
  assertEquals(beats.slice(0, 3), [1, 2, 3]);
});

test("startPulse() measures the longest gap in which the loop did not turn", async ({ records }) => {
  const stop = startPulse();
  const starvedUntil = performance.now() + 250;
  while (performance.now() < starvedUntil);
  const beat = await kept(records.first((body) => body.kind === "beat" && body.n === 2));
  stop();
  assert(beat.kind === "beat");
  assertGreaterOrEqual(beat.maxGapMs, 240);
});

test("startPulse() writes a long wait down, of whatever task, and once", async ({ records }) => {
  const stop = startPulse();
  await run(async () => {
    await openNursery(async (nursery) => {
      const gate = new Event("the gate");
      nursery.spawn(() =>
        openNursery((inner) => {
          inner.spawn(() => sleepForever(), "deep below");
        }), "between");
      nursery.spawn(async () => {
        await records.first((body) => body.kind === "beat" && body.n === 25);
        gate.set();
      });
      await gate.wait();
      nursery.cancelScope.cancel("seen");
    });
  }, { handleSigint: false });
  stop();
  const parked = records.all.flatMap((body) =>
    body.kind === "parked" ? [`${body.task.replace(/^#\d+ /, "")}: ${body.on}`] : []
  );
  assertEquals(parked.filter((line) => line.startsWith("deep below")), [
    "deep below: sleep forever",
  ]);
  assertEquals(parked.filter((line) => line.includes("the gate")).length, 1);
});
