import { assertEquals, assertGreaterOrEqual, assertLess } from "@std/assert";
import { currentTime } from "../clock.ts";
import { Event } from "../event.ts";
import { sleepForever } from "../sleep.ts";
import { testInRun } from "../../../tests/support/runtime_testing.ts";
import { Patience } from "./patience.ts";

testInRun("run() answers whether the wait came to its end", async () => {
  const patience = new Patience(1_000);
  const over = new Event();
  over.set();
  assertEquals(await patience.run(10_000, () => over.wait()), true);
  assertEquals(await patience.run(1, () => sleepForever()), false);
});

testInRun("grant() moves the bound of a wait that is under way", async () => {
  const patience = new Patience(1_000);
  const began = currentTime();
  const wait = patience.run(20, () => sleepForever());
  assertEquals(patience.grant(100), 100);
  assertEquals(await wait, false);
  assertGreaterOrEqual(currentTime() - began, 99);
});

testInRun("grant() holds for a wait that begins later", async () => {
  const patience = new Patience(1_000);
  const began = currentTime();
  patience.grant(100);
  await patience.run(1, () => sleepForever());
  assertGreaterOrEqual(currentTime() - began, 99);
});

testInRun("grant() never shortens a wait", async () => {
  const patience = new Patience(1_000);
  const began = currentTime();
  const wait = patience.run(60, () => sleepForever());
  patience.grant(1);
  await wait;
  assertGreaterOrEqual(currentTime() - began, 59);
});

testInRun("grant() grants 16 levels at most, and nothing for what is no duration", () => {
  const patience = new Patience(10);
  assertEquals(patience.grant(1_000_000), 160);
  for (const ms of [0, -1, NaN, "5", null, undefined, {}]) assertEquals(patience.grant(ms), 0);
  assertLess(patience.grant(Infinity), 161);
});
