import { assertEquals } from "@std/assert";
import { awakeClock, starvationClock } from "./starvation_clock.ts";

/** A time that is moved by hand. */
function times(): { now: number; queued: number } {
  return { now: 0, queued: 0 };
}

Deno.test("starvationClock() goes with the time while main could run", () => {
  const time = times();
  const clock = starvationClock(() => time.queued, () => time.now);
  for (; time.now < 500; time.now += 20) clock();
  assertEquals(clock(), 500);
});

Deno.test("starvationClock() stands still while main is queued for a processor, to half the time", () => {
  const time = times();
  const clock = starvationClock(() => time.queued, () => time.now);
  for (let i = 0; i < 10; i++) {
    time.now += 20;
    time.queued += 8;
    clock();
  }
  assertEquals(clock(), 120);
  for (let i = 0; i < 100; i++) {
    time.now += 20;
    time.queued += 20;
    clock();
  }
  assertEquals(clock(), 1_100);
});

Deno.test("starvationClock() does not count the time for which the process was stopped", () => {
  const time = times();
  const clock = starvationClock(() => time.queued, () => time.now);
  time.now += 60_000;
  assertEquals(clock(), 100);
});

Deno.test("awakeClock() goes on while main is queued, and not while the process is stopped", () => {
  const time = times();
  const clock = awakeClock(() => time.now);
  for (; time.now < 200; time.now += 20) clock();
  assertEquals(clock(), 200);
  time.now += 60_000;
  assertEquals(clock(), 300);
});
