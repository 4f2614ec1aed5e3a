/** Judged by node:assert: an assertion that never fails would find itself in order. */

import { strict as node } from "node:assert";
import * as std from "@std/assert";

function fails(fn: () => unknown, part = ""): void {
  let thrown: unknown;
  try {
    fn();
  } catch (error) {
    thrown = error;
  }
  node.ok(thrown instanceof std.AssertionError, `no AssertionError but ${thrown}`);
  node.ok(thrown.message.includes(part), `no "${part}" in: ${thrown.message}`);
}

/** For each assertion a call that holds and one that does not. */
const CALLS: readonly (readonly [holds: () => unknown, fails: () => unknown])[] = [
  [() => std.assert("x"), () => std.assert("", "why")],
  [() => std.assertFalse(0), () => std.assertFalse("x", "why")],
  [
    () =>
      std.assertEquals<unknown>({ a: [1, new Map([["b", new Set([2])]])] }, {
        a: [1, new Map([["b", new Set([2])]])],
      }),
    () => std.assertEquals<unknown>({ a: 1 }, { a: 1, b: undefined }),
  ],
  [() => std.assertEquals(new Date(1), new Date(1)), () => std.assertEquals<unknown>(1, "1")],
  [() => std.assertNotEquals([1], [2]), () => std.assertNotEquals([1], [1])],
  [() => std.assertStrictEquals(NaN, NaN), () => std.assertStrictEquals({}, {})],
  [
    () => std.assertInstanceOf(new TypeError(), Error),
    () => std.assertInstanceOf(new Error(), TypeError),
  ],
  [() => std.assertMatch("abc", /b/), () => std.assertMatch("abc", /d/)],
  [() => std.assertStringIncludes("abc", "b"), () => std.assertStringIncludes("abc", "d")],
  [() => std.assertAlmostEquals(1, 1.001, 0.01), () => std.assertAlmostEquals(1, 1.1)],
  [() => std.assertGreater(2, 1), () => std.assertGreater(1, 1)],
  [() => std.assertGreaterOrEqual(1, 1), () => std.assertGreaterOrEqual(0, 1)],
  [() => std.assertLess(1, 2), () => std.assertLess(1, 1)],
  [() => std.assertLessOrEqual(1, 1), () => std.assertLessOrEqual(1, 0)],
  [() => {}, () => std.fail("why")],
];

for (const [holds, breaks] of CALLS) {
  Deno.test(`${breaks.toString().slice(6, 60)} fails, and only that`, () => {
    holds();
    fails(breaks);
  });
}

Deno.test("assertEquals shows what differs, after the caller's words", () => {
  fails(() => std.assertEquals({ a: 1 }, { a: 2 }, "the totals"), "the totals");
  fails(() => std.assertEquals({ a: 1 }, { a: 2 }), "-   a: 2");
});

Deno.test("assertThrows returns the error, and holds its class and message to what is wanted", () => {
  const error = new RangeError("too far");
  const throws = () => {
    throw error;
  };
  node.equal(std.assertThrows(throws), error);
  node.equal(std.assertThrows(throws, RangeError, "far"), error);
  fails(() => std.assertThrows(throws, TypeError));
  fails(() => std.assertThrows(throws, RangeError, "near"));
  fails(() => std.assertThrows(() => {}));
});

Deno.test("assertRejects does the same with a promise, and fails when none comes", async () => {
  const error = new RangeError("too far");
  const rejects = () => Promise.reject(error);
  node.equal(await std.assertRejects(rejects, RangeError, "far"), error);
  for (
    const wrong of [
      () => std.assertRejects(rejects, TypeError),
      () => std.assertRejects(() => Promise.resolve()),
      () =>
        std.assertRejects(() => {
          throw error;
        }),
    ]
  ) {
    await node.rejects(wrong, std.AssertionError);
  }
});
