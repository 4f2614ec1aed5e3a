import { assertEquals } from "@std/assert";
import { RunClock } from "./run_clock.ts";

function clockAt(start: number): { clock: RunClock; at: (ms: number) => void } {
  let now = start;
  const clock = new RunClock(() => now);
  return { clock, at: (ms) => void (now = ms) };
}

Deno.test("RunClock.bound leaves out every stretch before a moment, and nothing after it", () => {
  const { clock, at } = clockAt(100);
  assertEquals(clock.bound(), 100);
  const goOn = clock.stop("deciding");
  at(150);
  assertEquals([clock.bound(), clock.bound(90), clock.bound(100)], [100, 90, 100]);
  assertEquals(goOn(), 50);
  at(170);
  assertEquals([clock.bound(), clock.bound(120), clock.bound(150)], [120, 100, 100]);
});

Deno.test("RunClock.ran leaves out the pauses alone", () => {
  const { clock, at } = clockAt(0);
  const endPause = clock.stop("paused");
  at(40);
  endPause();
  const endStand = clock.stop("deciding");
  at(90);
  endStand();
  at(100);
  assertEquals([clock.ran(0, 100), clock.ran(0, 20), clock.ran(30, 60)], [60, 0, 20]);
  assertEquals([clock.stoppedFor("paused"), clock.stoppedFor("deciding")], [40, 50]);
  assertEquals(clock.bound(), 10);
});

Deno.test("RunClock counts a pause inside a stand once", () => {
  const { clock, at } = clockAt(0);
  const endStand = clock.stop("deciding");
  at(10);
  const endPause = clock.stop("paused");
  at(30);
  endPause();
  at(50);
  endStand();
  at(60);
  assertEquals([clock.bound(), clock.ran(0, 60)], [10, 40]);
});

Deno.test("RunClock.stand is ended once, however often that is asked", () => {
  const { clock, at } = clockAt(0);
  const goOn = clock.stop("deciding");
  at(5);
  assertEquals(goOn(), 5);
  at(20);
  assertEquals([goOn(), clock.bound()], [5, 15]);
});
