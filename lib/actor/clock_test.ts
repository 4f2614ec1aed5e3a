import { assert, assertEquals, assertThrows } from "@std/assert";
import { alarmCount, checkedTime, clearAlarm, currentTime, heapSize, setAlarm } from "./clock.ts";
import { UsageError } from "./errors.ts";
import { test } from "./testing.ts";

const LONG = 1_000_000;

test("currentTime goes forward, inside run() or not", () => {
  const first = currentTime();
  while (currentTime() === first);
  assert(currentTime() > first);
});

test("checkedTime lets any number pass but NaN", () => {
  assertEquals([0, -1, Infinity, -Infinity].map(checkedTime), [0, -1, Infinity, -Infinity]);
  assertThrows(() => checkedTime(NaN), UsageError);
});

test("setAlarm rings once, in the order of the times, never early", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const rung: number[] = [];
  const begin = currentTime();
  const times = Array.from({ length: 200 }, (_, i) => (i * 37) % 200 / 5);
  for (const ms of times) {
    setAlarm(begin + ms, () => {
      assert(currentTime() >= begin + ms);
      rung.push(ms);
      if (rung.length === times.length) resolve();
    });
  }
  await promise;
  assertEquals(rung, times.toSorted((a, b) => a - b));
  assertEquals(alarmCount(), 0);
});

test("setAlarm for a time that is past rings in the next turn, not at once", async () => {
  let rung = false;
  const { promise, resolve } = Promise.withResolvers<void>();
  setAlarm(-Infinity, () => {
    rung = true;
    resolve();
  });
  assert(!rung);
  await promise;
});

test("setAlarm for Infinity costs nothing and never rings", () => {
  const alarm = setAlarm(Infinity, () => assert(false));
  assertEquals(alarmCount(), 0);
  clearAlarm(alarm);
  assertEquals(alarmCount(), 0);
});

test("setAlarm further away than a platform timer reaches asks for the longest one that there is", () => {
  const { setTimeout } = globalThis;
  const delays: unknown[] = [];
  globalThis.setTimeout = ((fn: () => void, ms?: number) => {
    delays.push(ms);
    return setTimeout(fn, ms);
  }) as typeof setTimeout;
  try {
    clearAlarm(setAlarm(currentTime() + 2 ** 40, () => assert(false, "rang")));
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  // One more and the platform would take it for 1 ms.
  assertEquals(delays, [2 ** 31 - 1]);
});

test("clearAlarm keeps an alarm from ringing, and may be called again", async () => {
  const cleared = setAlarm(currentTime() + 1, () => assert(false, "rang"));
  clearAlarm(cleared);
  clearAlarm(cleared);
  assertEquals(alarmCount(), 0);
  await new Promise<void>((resolve) => setAlarm(currentTime() + 3, resolve));
});

test("clearAlarm in another alarm that rings in the same turn counts", async () => {
  const at = currentTime() + 1;
  const { promise, resolve } = Promise.withResolvers<void>();
  setAlarm(at, () => {
    clearAlarm(second);
    resolve();
  });
  const second = setAlarm(at, () => assert(false, "rang"));
  await promise;
  assertEquals(alarmCount(), 0);
});

test("clearAlarm of alarms that are set again and again does not pile them up", () => {
  const keep = setAlarm(currentTime() + LONG, () => {});
  for (let i = 0; i < 20_000; i++) clearAlarm(setAlarm(currentTime() + LONG, () => {}));
  assertEquals(alarmCount(), 1);
  assert(heapSize() < 2_000, `${heapSize()} entries for one alarm`);
  clearAlarm(keep);
  assertEquals(heapSize(), 0);
});

test("clearAlarm keeps the order of those that are left", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const rung: number[] = [];
  const begin = currentTime();
  const alarms = Array.from(
    { length: 5_000 },
    (_, i) => setAlarm(begin + (i * 31) % 5_000 / 500, () => rung.push((i * 31) % 5_000)),
  );
  for (const [i, alarm] of alarms.entries()) if (i % 7 !== 0) clearAlarm(alarm);
  setAlarm(begin + 11, resolve);
  await promise;
  assertEquals(rung.length, Math.ceil(5_000 / 7));
  assertEquals(rung, rung.toSorted((a, b) => a - b));
});

test("clearAlarm of some of a few alarms leaves the others ringing, each once", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const rung: number[] = [];
  const begin = currentTime();
  const alarms = Array.from({ length: 9 }, (_, i) =>
    setAlarm(begin + i, () => {
      rung.push(i);
      if (i === 8) resolve();
    }));
  for (const [i, alarm] of alarms.entries()) if (i % 2 === 1) clearAlarm(alarm);
  assertEquals(alarmCount(), 5);
  await promise;
  assertEquals([rung, alarmCount(), heapSize()], [[0, 2, 4, 6, 8], 0, 0]);
});
