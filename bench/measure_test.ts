import { assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  absoluteFigures,
  compare,
  intervalOf,
  median,
  quantile,
  type Side,
  spreadOf,
  timed,
  turnOrder,
} from "./measure.ts";

/** A side that "takes" the given times, one a round, and writes down when it was run. */
function scripted(name: string, times: readonly number[], log: string[] = []): Side {
  let round = 0;
  return {
    name,
    once: () => {
      log.push(name);
      return times[round++ % times.length] ?? NaN;
    },
  };
}

Deno.test("median takes the middle of an odd number of values, whatever their order", () => {
  assertEquals(median([9, 1, 5]), 5);
});

Deno.test("median takes the mean of the middle two of an even number of values", () => {
  assertEquals(median([4, 1, 3, 2]), 2.5);
});

Deno.test("median leaves its argument as it was", () => {
  const values = [3, 1, 2];
  median(values);
  assertEquals(values, [3, 1, 2]);
});

Deno.test("median refuses to invent a value", () => {
  assertThrows(() => median([]), RangeError);
});

Deno.test("quantile interpolates between neighbours", () => {
  assertAlmostEquals(quantile([0, 10], 0.25), 2.5);
  assertEquals(quantile([1, 2, 3], 1), 3);
  assertEquals(quantile([1, 2, 3], 0), 1);
});

Deno.test("spreadOf gives the quartiles", () => {
  assertEquals(spreadOf([1, 2, 3, 4, 5]), { low: 2, high: 4 });
});

Deno.test("compare takes the median of the rounds' ratios, not the ratio of the medians", async () => {
  // Per round 5x, 5x, 0.4x; the ratio of the medians, 5 and 10, would be 0.5.
  const measured = await compare(
    scripted("base", [1, 10, 10]),
    [scripted("subject", [5, 50, 4])],
    { warmup: 0, rounds: 3, most: 3 },
  );
  assertEquals(measured.value, 5);
  assertEquals(measured.baselineMs, 10);
  assertEquals(measured.subjectMs, 5);
});

Deno.test("compare divides each round by the baseline of that very round", async () => {
  // The machine gets ten times slower from round to round: the ratio must not notice.
  const measured = await compare(
    scripted("base", [1, 10, 100, 1_000]),
    [scripted("half", [0.5, 5, 50, 500])],
    { warmup: 0, rounds: 4 },
  );
  assertEquals(measured.value, 0.5);
  assertEquals(measured.spread, { low: 0.5, high: 0.5 });
});

Deno.test("compare throws the warm-up rounds away", async () => {
  const measured = await compare(
    scripted("base", [500, 1]),
    [scripted("subject", [1, 3])],
    { warmup: 1, rounds: 1 },
  );
  assertEquals(measured.value, 3);
});

Deno.test("compare keeps the peers apart and in order", async () => {
  const measured = await compare(
    scripted("base", [2]),
    [scripted("a", [4]), scripted("b", [1])],
    { warmup: 1, rounds: 5 },
  );
  const spread = { low: 0.5, high: 0.5 };
  assertEquals([measured.value, measured.peers], [2, [{ name: "b", value: 0.5, spread }]]);
});

Deno.test("compare turns times into rates, and the quartiles with them", async () => {
  const sides = [scripted("ours", [2, 1, 4]), scripted("peer", [0.5])] as const;
  const figures = await compare(scripted("base", [1]), sides, {
    warmup: 0,
    rounds: 3,
    most: 3,
    rate: true,
  });
  assertEquals([figures.value, figures.spread], [0.5, { low: 0.375, high: 0.75 }]);
  assertEquals(figures.peers.map(({ name, value }) => [name, value]), [["peer", 2]]);
});

Deno.test("absoluteFigures has no baseline", () => {
  assertEquals(absoluteFigures([3, 1, 2]), {
    value: 2,
    spread: { low: 1.5, high: 2.5 },
    interval: { low: 1, high: 3 },
    narrow: false,
    rounds: 3,
    subjectMs: 2,
    baselineMs: null,
    peers: [],
  });
});

Deno.test("compare goes on until the median is known well, and says when it is not", async () => {
  const against = (times: readonly number[]) =>
    compare(scripted("base", [1]), [scripted("subject", times)], { warmup: 0, rounds: 5 });
  const steady = await against([2]);
  assertEquals([steady.narrow, steady.rounds], [true, 5]);
  const settling = await against([1, 9, 2, 2, 2, 2, 2, 2, 2, 2]);
  assertEquals([settling.narrow, settling.rounds, settling.value], [true, 9, 2]);
  const wild = await against([1, 9]);
  assertEquals([wild.narrow, wild.rounds], [false, 20]);
});

Deno.test("intervalOf leaves out as many values at both ends as chance may have put there", () => {
  assertEquals(intervalOf(Array.from({ length: 25 }, (_, i) => i)), { low: 7, high: 17 });
  assertEquals(intervalOf([4, 2, 3]), { low: 2, high: 4 });
});

Deno.test("compare lets each side come first equally often", async () => {
  const log: string[] = [];
  await compare(scripted("A", [1], log), [scripted("B", [1], log)], { warmup: 0, rounds: 4 });
  assertEquals(log.join(""), "ABBABAAB");
});

Deno.test("compare waits for a side before it runs the next", async () => {
  let under = 0;
  let most = 0;
  const slow = (name: string): Side => ({
    name,
    once: () =>
      timed(async () => {
        most = Math.max(most, ++under);
        await new Promise<void>((resolve) => setImmediate(resolve));
        under--;
      }),
  });
  await compare(slow("A"), [slow("B")], { warmup: 0, rounds: 2 });
  assertEquals(most, 1);
});

Deno.test("compare refuses a side that says it took no time", async () => {
  await assertRejects(
    () => compare(scripted("base", [1]), [scripted("liar", [0])], { warmup: 0, rounds: 1 }),
    RangeError,
    '"liar" took 0 ms',
  );
});

Deno.test("compare refuses to measure nothing", async () => {
  await assertRejects(
    () => compare(scripted("base", [1]), [scripted("a", [1])], { warmup: 3, rounds: 0 }),
    RangeError,
    "at least one round",
  );
});

Deno.test("compare passes on what a side throws", async () => {
  const broken: Side = {
    name: "broken",
    once: () => Promise.reject(new TypeError("no such worker")),
  };
  await assertRejects(
    () => compare(scripted("base", [1]), [broken], { warmup: 0, rounds: 1 }),
    TypeError,
    "no such worker",
  );
});

Deno.test("turnOrder names every side once a round", () => {
  for (let round = 0; round < 12; round++) {
    assertEquals(turnOrder(3, round).toSorted(), [0, 1, 2]);
  }
});
