import { assertEquals } from "@std/assert";
import { fairClock } from "./fair_clock.ts";

/** What the clock of a machine shows after these times, in some part of which the other side was queued. */
function shown(...passing: readonly (readonly [ms: number, queuedMs?: number])[]): number {
  let [nowMs, allQueuedMs, last] = [1_000, 500, NaN];
  const clock = fairClock(() => allQueuedMs, () => nowMs);
  for (const [ms, queuedMs = 0] of passing) {
    nowMs += ms;
    allQueuedMs += queuedMs;
    last = clock();
  }
  return last;
}

Deno.test("fairClock counts time that passes in small steps in full", () => {
  assertEquals(shown([20], [20]), 40);
});

Deno.test("fairClock does not count the time in which the other side was queued", () => {
  assertEquals(shown([50], [20, 15]), 55);
});

Deno.test("fairClock does not run backwards when several were queued at once", () => {
  assertEquals(shown([50], [20, 400]), 50);
});

Deno.test("fairClock counts no more than a step for a time in which nobody here was awake", () => {
  assertEquals(shown([50], [100]), 110);
});

Deno.test("fairClock never stands still: it runs at a quarter of real time at least", () => {
  assertEquals(shown(...Array.from({ length: 100 }, () => [20, 20] as const)), 500);
});
