/** Judged by node:assert: an assertion that never fails would find itself in order. */

import { strict as node } from "node:assert";
import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertStrictEquals,
  assertStringIncludes,
  fail,
  unreachable,
} from "@std/assert";

/** That `fn` throws an AssertionError whose message has all the `parts`. */
function fails(fn: () => unknown, ...parts: string[]): void {
  let thrown: unknown;
  try {
    fn();
  } catch (error) {
    thrown = error;
  }
  node.ok(thrown instanceof AssertionError, `no AssertionError but ${thrown}`);
  node.equal(thrown.name, "AssertionError");
  // The real package colours its diffs on a terminal.
  // deno-lint-ignore no-control-regex -- that is what a colour is
  const text = thrown.message.replaceAll(/\x1b\[\d+m/g, "");
  for (const part of parts) node.ok(text.includes(part), `no "${part}" in: ${text}`);
}

Deno.test("AssertionError is an Error with a cause", () => {
  const error = new AssertionError("no", { cause: 7 });
  node.ok(error instanceof Error);
  node.equal(error.message, "no");
  node.equal(error.cause, 7);
});

Deno.test("assert holds for what is truthy and narrows", () => {
  const value: string | undefined = ["x"].at(0);
  assert(value);
  node.equal(value.length, 1);
  for (const falsy of [0, "", null, undefined, false, NaN, 0n]) fails(() => assert(falsy));
  fails(() => assert(false, "why"), "why");
});

Deno.test("assertFalse holds for what is falsy", () => {
  for (const falsy of [0, "", null, undefined, false, 0n]) assertFalse(falsy);
  fails(() => assertFalse("x", "why"), "why");
});

Deno.test("assertEquals holds for equal values and shows the difference of others", () => {
  assertEquals({ a: [1, new Map([["k", -0]])] }, { a: [1, new Map([["k", 0]])] });
  fails(() => assertEquals([1, 2, 3], [1, 9, 3]), "Values are not equal.", "2", "9");
  fails(() => assertEquals("a", "b", "why"), "Values are not equal: why");
});

Deno.test("assertNotEquals holds for values that are not equal", () => {
  assertNotEquals([1], [2]);
  fails(() => assertNotEquals([1], [1], "why"), "why");
});

Deno.test("assertStrictEquals goes by Object.is", () => {
  const one = {};
  assertStrictEquals(one, one);
  assertStrictEquals(NaN, NaN);
  fails(() => assertStrictEquals(0, -0));
  fails(() => assertStrictEquals({}, {}), "same structure but are not reference-equal");
  fails(() => assertStrictEquals(1, 2, "why"), "Values are not strictly equal: why");
});

Deno.test("assertExists holds for all but null and undefined, and narrows", () => {
  const found: string | undefined = ["x"].find((it) => it === "x");
  assertExists(found);
  node.equal(found.length, 1);
  for (const value of [0, "", false]) assertExists(value);
  fails(() => assertExists(null), '"null"');
  fails(() => assertExists(undefined, "why"), "undefined", "why");
});

Deno.test("assertInstanceOf goes by instanceof, narrows and names what it was", () => {
  const value: unknown = new RangeError("x");
  assertInstanceOf(value, Error);
  node.equal(value.message, "x");
  fails(() => assertInstanceOf(value, TypeError, "why"), "TypeError", "RangeError", "why");
  fails(() => assertInstanceOf(null, Date), "Date", "null");
  fails(() => assertInstanceOf("text", String), "String", "string");
});

Deno.test("assertMatch goes by the regular expression", () => {
  assertMatch("wedged at 5s", /at \d+s/);
  fails(() => assertMatch("wedged", /\d/, "why"), "wedged", "why");
});

Deno.test("assertStringIncludes looks for a part", () => {
  assertStringIncludes("unwedge", "wedge");
  fails(() => assertStringIncludes("unwedge", "edges", "why"), "unwedge", "edges", "why");
});

Deno.test("assertArrayIncludes looks for every element, deeply, and names the missing", () => {
  assertArrayIncludes([{ a: 1 }, { b: 2 }, 3], [3, { a: 1 }]);
  assertArrayIncludes(new Uint8Array([1, 2]), [2]);
  fails(() => assertArrayIncludes([1, 2], [2, 77], "why"), "77", "why");
});

Deno.test("assertAlmostEquals allows a tolerance, 1e-7 of the expected value by default", () => {
  assertAlmostEquals(0.1 + 0.2, 0.3, 1e-16);
  assertAlmostEquals(1e9 + 99, 1e9);
  assertAlmostEquals(Infinity, Infinity);
  assertAlmostEquals(0.01, 0.02, 0.1);
  assertAlmostEquals(1, 2, 1);
  fails(() => assertAlmostEquals(1e9 + 101, 1e9));
  fails(() => assertAlmostEquals(0.01, 0.02));
  fails(() => assertAlmostEquals(NaN, 1));
  fails(() => assertAlmostEquals(1, 2, 0.5, "why"), "why");
});

Deno.test("assertGreater and its three siblings compare, and a message takes the place of theirs", () => {
  assertGreater(2, 1);
  assertGreaterOrEqual(1, 1);
  assertLess(1, 2);
  assertLessOrEqual(1, 1);
  fails(() => assertGreater(1, 1), "1 > 1");
  fails(() => assertGreaterOrEqual(0, 1), "0 >= 1");
  fails(() => assertLess(1, 1), "1 < 1");
  fails(() => assertLessOrEqual(2, 1), "2 <= 1");
  fails(() => assertLess(NaN, 1));
  fails(() => assertGreater(1, 2, "why"), "why");
});

Deno.test("fail and unreachable always throw", () => {
  fails(() => fail(), "Failed assertion.");
  fails(() => fail("why"), "Failed assertion: why");
  fails(() => unreachable(), "Unreachable.");
  fails(() => unreachable("why"), "Unreachable: why");
});
