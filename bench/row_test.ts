import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { absoluteFigures, meets, rateFigures, timeFigures } from "./row.ts";

const MEASURED = {
  baselineMs: 10,
  sides: [
    { name: "ours", ms: 20, ratio: 2, spread: { low: 1, high: 4 } },
    { name: "peer", ms: 5, ratio: 0.5, spread: { low: 0.5, high: 0.5 } },
  ],
};

Deno.test("meets lets the bound itself pass, in both directions", () => {
  assertEquals(meets({ bound: "at-most", value: 2 }, 2), true);
  assertEquals(meets({ bound: "at-most", value: 2 }, 2.01), false);
  assertEquals(meets({ bound: "at-least", value: 0.7 }, 0.7), true);
  assertEquals(meets({ bound: "at-least", value: 0.7 }, 0.69), false);
});

Deno.test("meets never accepts a value that is no number", () => {
  assertEquals(meets({ bound: "at-most", value: 2 }, NaN), false);
  assertEquals(meets({ bound: "at-least", value: 2 }, NaN), false);
});

Deno.test("timeFigures takes the first side for ours and the others for peers", () => {
  assertEquals(timeFigures(MEASURED), {
    value: 2,
    spread: { low: 1, high: 4 },
    subjectMs: 20,
    baselineMs: 10,
    peers: [{ name: "peer", value: 0.5 }],
  });
});

Deno.test("timeFigures refuses a comparison of nothing", () => {
  assertThrows(() => timeFigures({ baselineMs: 1, sides: [] }), RangeError);
});

Deno.test("rateFigures turns times into rates, and the quartiles with them", () => {
  const figures = rateFigures(MEASURED);
  assertAlmostEquals(figures.value, 0.5);
  assertEquals(figures.spread, { low: 0.25, high: 1 });
  assertEquals(figures.peers, [{ name: "peer", value: 2 }]);
});

Deno.test("absoluteFigures has no baseline", () => {
  assertEquals(absoluteFigures([3, 1, 2]), {
    value: 2,
    spread: { low: 1.5, high: 2.5 },
    subjectMs: 2,
    baselineMs: null,
    peers: [],
  });
});
