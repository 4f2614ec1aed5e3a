import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { isOk, type Result, toJson, toTable } from "./report.ts";
import type { Figures } from "./measure.ts";

function figures(value: number, more: Partial<Figures> = {}): Figures {
  return {
    value,
    spread: { low: 1, high: 2 },
    interval: { low: 1.1, high: 1.3 },
    narrow: true,
    rounds: 11,
    subjectMs: 12.34,
    baselineMs: 10,
    peers: [],
    ...more,
  };
}

const KEPT: Result = {
  row: {
    name: "fast",
    what: "something fast",
    baseline: "raw",
    target: { bound: "at-most", value: 1.5 },
  },
  outcome: {
    kind: "measured",
    figures: figures(1.23456, {
      peers: [{ name: "comlink", value: 2.4, spread: { low: 2.2, high: 2.6 } }],
    }),
  },
};
const MISSED: Result = {
  row: { ...KEPT.row, name: "rate", target: { bound: "at-least", value: 0.7 } },
  outcome: { kind: "measured", figures: figures(0.5) },
};
const ABSOLUTE: Result = {
  row: {
    ...KEPT.row,
    name: "look-ms",
    baseline: "(absolute)",
    target: { bound: "at-most", value: 100 },
  },
  outcome: { kind: "measured", figures: figures(64.2, { baselineMs: null }) },
};
const FAILED: Result = {
  row: { ...KEPT.row, name: "broken" },
  outcome: { kind: "failed", why: "Error: no such worker" },
};

Deno.test("toJson prints name, ratio, target and ok, with spread, interval and peers", () => {
  const sure = {
    spread: { low: 1, high: 2 },
    interval: { low: 1.1, high: 1.3 },
    narrow: true,
    rounds: 11,
  };
  const comlink = { name: "comlink", value: 2.4, spread: { low: 2.2, high: 2.6 } };
  assertEquals(toJson([KEPT, MISSED, ABSOLUTE]), [
    { name: "fast", ratio: 1.235, target: 1.5, ok: true, ...sure, peers: [comlink] },
    { name: "rate", ratio: 0.5, target: 0.7, ok: false, ...sure, peers: [] },
    { name: "look-ms", ratio: 64.2, target: 100, ok: true, ...sure, peers: [] },
  ]);
});

Deno.test("toJson gives a row that failed no figure, and does not call it ok", () => {
  assertEquals(toJson([FAILED]), [{
    name: "broken",
    ratio: null,
    target: 1.5,
    ok: false,
    spread: null,
    interval: null,
    narrow: false,
    rounds: 0,
    peers: [],
  }]);
});

Deno.test("toTable says of a row that is not known well so, and in what interval it lies", () => {
  const wide: Result = {
    ...KEPT,
    outcome: { kind: "measured", figures: figures(1.2, { narrow: false, rounds: 44 }) },
  };
  assertStringIncludes(
    toTable([wide]),
    "fast: not known well after 44 rounds, the median lies in 1.10 .. 1.30\n",
  );
});

Deno.test("isOk judges the unrounded figure", () => {
  const barely: Result = {
    ...KEPT,
    outcome: { kind: "measured", figures: figures(1.5000001) },
  };
  assertEquals(isOk(barely), false);
});

Deno.test("toTable says of each row what it measured, what was promised and who else was there", () => {
  const line = toTable([KEPT]).split("\n")[1] ?? "";
  assertMatch(
    line,
    /^ok +fast +1\.23 +<= 1\.50 +1\.00 \.\. 2\.00 +12\.3 ms +10\.0 ms raw +comlink 2\.40$/,
  );
});

Deno.test("toTable turns the bound around for rates and marks the miss", () => {
  assertMatch(toTable([MISSED]), /^MISS +rate +0\.50 +>= 0\.70/m);
});

Deno.test("toTable shows milliseconds where the target is absolute", () => {
  assertMatch(toTable([ABSOLUTE]), /^ok +look-ms +64\.2 ms +<= 100\.0 ms .* \(absolute\)$/m);
});

Deno.test("toTable gives the reason of a failure, and counts it as missed", () => {
  const table = toTable([KEPT, FAILED]);
  assertMatch(table, /^FAIL +broken +- /m);
  assertStringIncludes(table, "broken: Error: no such worker\n1 of 2 targets kept\n");
});
