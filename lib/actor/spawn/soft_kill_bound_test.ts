import { assertEquals, assertGreaterOrEqual, assertLess } from "@std/assert";
import { currentTime } from "../clock.ts";
import { Event } from "../event.ts";
import { sleepForever } from "../sleep.ts";
import { testInRun } from "../../../tests/support/runtime_testing.ts";
import { SoftKillBound } from "./soft_kill_bound.ts";

testInRun("run() answers whether the wait came to its end", async () => {
  const bound = new SoftKillBound(1_000);
  const over = new Event();
  over.set();
  assertEquals(await bound.run(10_000, () => over.wait()), true);
  assertEquals(await bound.run(1, () => sleepForever()), false);
});

testInRun("extend() moves the bound of a wait that is under way", async () => {
  const bound = new SoftKillBound(1_000);
  const began = currentTime();
  const wait = bound.run(20, () => sleepForever());
  assertEquals(bound.extend(100), 100);
  assertEquals(await wait, false);
  assertGreaterOrEqual(currentTime() - began, 99);
});

testInRun("extend() holds for a wait that begins later", async () => {
  const bound = new SoftKillBound(1_000);
  const began = currentTime();
  bound.extend(100);
  await bound.run(1, () => sleepForever());
  assertGreaterOrEqual(currentTime() - began, 99);
});

testInRun("extend() never shortens a wait", async () => {
  const bound = new SoftKillBound(1_000);
  const began = currentTime();
  const wait = bound.run(60, () => sleepForever());
  bound.extend(1);
  await wait;
  assertGreaterOrEqual(currentTime() - began, 59);
});

testInRun("extend() grants 16 levels at most, and nothing for what is no duration", () => {
  const bound = new SoftKillBound(10);
  assertEquals(bound.extend(1_000_000), 160);
  for (const ms of [0, -1, NaN, "5", null, undefined, {}]) assertEquals(bound.extend(ms), 0);
  assertLess(bound.extend(Infinity), 161);
});
