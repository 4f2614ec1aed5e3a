import { platform } from "../../tests/support/replaceable_platform.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  alarmCount,
  checkedTime,
  clearAlarm,
  currentTime,
  epochOf,
  heapSize,
  type Pause,
  setAlarm,
  setPauseReader,
} from "./clock.ts";
import { UsageError } from "./errors.ts";
import { test } from "../../tests/support/runtime_testing.ts";

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
  const delays: unknown[] = [];
  platform.onTimeout = (ms) => void delays.push(ms);
  clearAlarm(setAlarm(currentTime() + 2 ** 40, () => assert(false, "rang")));
  platform.onTimeout = () => {};
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

/** Sums of epoch milliseconds are not exact. */
const ROUNDING = 0.01;

function assertBetween(ms: number, least: number, most: number): void {
  assert(ms >= least - ROUNDING && ms <= most + ROUNDING, `${ms}, not ${least} to ${most}`);
}

/** Blocks the isolate, as a stop of the process would. */
function leap(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Runs `body` with pauses that it can tell the clock of. */
async function withPauses(body: (told: Pause[]) => void | Promise<void>): Promise<void> {
  const told: Pause[] = [];
  setPauseReader(() => told.splice(0), 50);
  try {
    await body(told);
  } finally {
    setPauseReader(null);
  }
}

test("currentTime leaves out a pause from the first reading after it", () =>
  withPauses((told) => {
    const began = performance.now();
    const before = currentTime();
    const fromMs = performance.now();
    leap(400);
    const toMs = performance.now();
    told.push({ fromMs, toMs });
    const ranMs = currentTime() - before;
    const awakeMs = performance.now() - began - (toMs - fromMs);
    assert(ranMs <= awakeMs + ROUNDING, `the pause is in it: ${ranMs} of ${awakeMs} ms awake`);
    assertEquals(told, []);
  }));

test("currentTime counts a leap that was no pause", () =>
  withPauses(() => {
    const before = currentTime();
    leap(80);
    assert(currentTime() - before >= 80);
  }));

test("currentTime leaves out only the part of a pause that this isolate has lived through", () =>
  withPauses((told) => {
    leap(60);
    // Another one's pause, from before this isolate began until a millisecond after.
    told.push({ fromMs: -5_000, toMs: 1 });
    const began = performance.now();
    const now = currentTime();
    assertBetween(now + 1, began, performance.now());
  }));

test("epochOf gives back the real time, before a pause and after it", () =>
  withPauses((told) => {
    const epoch = () => performance.timeOrigin + performance.now();
    const before = [epoch(), currentTime(), epoch()] as const;
    const fromMs = performance.now();
    leap(80);
    told.push({ fromMs, toMs: performance.now() });
    const after = [epoch(), currentTime(), epoch()] as const;
    for (const [least, time, most] of [before, after]) assertBetween(epochOf(time), least, most);
  }));

test("setAlarm does not ring for a pause, and rings once its time is up all the same", () =>
  withPauses(async (told) => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const begin = currentTime();
    setAlarm(begin + 60, () => resolve(currentTime() - begin));
    const fromMs = performance.now();
    leap(120);
    told.push({ fromMs, toMs: performance.now() });
    const took = await promise;
    assert(took >= 60, `${took}`);
    assert(performance.now() - fromMs >= 170, "it rang early");
  }));

test("setPauseReader takes what was before for no leap", () => {
  setPauseReader(() => [{ fromMs: 0, toMs: 10 }], 50);
  try {
    const first = currentTime();
    leap(60);
    assert(currentTime() > first);
  } finally {
    setPauseReader(null);
  }
});
