import { assertEquals } from "@std/assert";
import { fairClock } from "./fair_clock.ts";

/** A machine of which the test tells the time. */
function machine() {
  const state = { nowMs: 1_000, queuedMs: 500 };
  const clock = fairClock(() => state.queuedMs, () => state.nowMs);
  const pass = (ms: number, queuedMs = 0) => {
    state.nowMs += ms;
    state.queuedMs += queuedMs;
    return clock();
  };
  return { pass };
}

Deno.test("fairClock counts time that passes in small steps in full", () => {
  const { pass } = machine();
  pass(20);
  assertEquals(pass(20), 40);
});

Deno.test("fairClock does not count the time in which the other side was queued", () => {
  const { pass } = machine();
  pass(50);
  assertEquals(pass(20, 15), 55);
});

Deno.test("fairClock does not run backwards when several were queued at once", () => {
  const { pass } = machine();
  pass(50);
  assertEquals(pass(20, 400), 50);
});

Deno.test("fairClock counts no more than a step for a time in which nobody here was awake", () => {
  const { pass } = machine();
  pass(50);
  assertEquals(pass(100), 110);
});

Deno.test("fairClock never stands still: it runs at a quarter of real time at least", () => {
  const { pass } = machine();
  for (let i = 0; i < 99; i++) pass(20, 20);
  assertEquals(pass(20, 20), 500);
});
