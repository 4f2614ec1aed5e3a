import { assert, assertEquals, assertLess, assertStringIncludes, assertThrows } from "@std/assert";
import { test } from "../../../tests/support/runtime_testing.ts";
import {
  cannotCross,
  cloneOf,
  isFixed,
  MAX_DEPTH,
  refuseTooDeep,
  takeTransfers,
  transfer,
  weigh,
} from "./clone.ts";

test("isFixed holds for what nothing can change", () => {
  for (const value of [null, undefined, true, 1, "x", 1n]) assert(isFixed(value), `${value}`);
  for (const value of [{}, [], () => 1, Symbol("x"), new Date()]) assert(!isFixed(value));
});

test("weigh is near to the size of what crosses", () => {
  const sizes: [unknown, number, number][] = [
    [1, 8, 8],
    ["x".repeat(1_000), 1_000, 1_016],
    [new Uint8Array(5_000), 5_000, 5_100],
    [new ArrayBuffer(5_000), 5_000, 5_100],
    [new Map([["k", "x".repeat(1_000)]]), 1_000, 1_100],
    [new Set(["x".repeat(1_000)]), 1_000, 1_100],
    [new Array(1_000).fill(7), 8_000, 8_100],
    [{ a: { b: { c: "x".repeat(1_000) } } }, 1_000, 1_200],
  ];
  for (const [value, least, most] of sizes) {
    const bytes = weigh(value, Infinity);
    assert(least <= bytes && bytes <= most, `${bytes} for ${Deno.inspect(value).slice(0, 60)}`);
  }
});

test("weigh ends for cycles, counts what is shared once, and stops when it has enough", () => {
  const cycle: unknown[] = [];
  cycle.push(cycle, cycle);
  assertLess(weigh(cycle, Infinity), 100);
  const shared = new Uint8Array(1_000);
  assertLess(weigh([shared, shared, shared], Infinity), 1_200);
  let looked = 0;
  const many = Array.from(
    { length: 1_000 },
    () => new Proxy({}, { ownKeys: () => (looked++, []) }),
  );
  weigh(many, 9_000);
  assertLess(looked, 200);
});

test("weigh runs no getter", () => {
  weigh({
    get trap() {
      throw new Error("run");
    },
  }, Infinity);
});

test("cannotCross names the part that is to blame", () => {
  const parts: [unknown, string][] = [
    [() => 1, "args cannot cross to another actor: a function"],
    [[1, { a: [Symbol("x")] }], "args[1].a[0] cannot cross to another actor: a symbol"],
    [{ "two words": Promise.resolve() }, 'args["two words"] cannot cross'],
    [new Map([[1, { f() {} }]]), "args > value 0.f cannot cross to another actor: a function"],
    [new Set([1, () => 1]), "args > entry 1 cannot cross"],
    [[new URL("http://localhost/")], "args[0] cannot cross"],
    [new Proxy({}, { ownKeys: () => [][1] ?? ["x"] }), "args cannot cross"],
  ];
  for (const [value, text] of parts) {
    const error = cannotCross(value, "args", new DOMException("refused", "DataCloneError"));
    assertStringIncludes(error.message, text);
  }
  const knot: { self?: unknown; f: () => number } = { f: () => 1 };
  knot.self = knot;
  assertStringIncludes(cannotCross(knot, "value", null).message, "value.f");
});

test("takeTransfers gives what was marked, once", () => {
  const buffer = new ArrayBuffer(8);
  const value = transfer({ buffer }, [buffer]);
  assertEquals(takeTransfers([1, value]), [buffer]);
  assertEquals(takeTransfers([value]), []);
});

test("refuseTooDeep draws the line at the same level whatever the levels are made of", () => {
  const levels: ((inner: unknown) => unknown)[] = [
    (inner) => ({ inner }),
    (inner) => [inner],
    (inner) => new Map([[1, inner]]),
    (inner) => new Map([[inner, 1]]),
    (inner) => new Set([inner]),
    (inner) => new Error("e", { cause: inner }),
  ];
  for (const wrap of levels) {
    let value: unknown = 1;
    for (let depth = 0; depth < MAX_DEPTH; depth++) value = wrap(value);
    refuseTooDeep(value, "value");
    assertThrows(() => refuseTooDeep(wrap(value), "value"), RangeError, "value is nested deeper");
  }
});

test("refuseTooDeep takes cycles, and parts that are shared a billion times over", () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  refuseTooDeep(cycle, "value");
  let shared: unknown = {};
  for (let level = 0; level < 60; level++) shared = [shared, shared];
  refuseTooDeep(shared, "value");
});

test("cloneOf gives what structuredClone gives, of plain values and of all others", () => {
  const twice = { x: 1 };
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const values: object[] = [
    { seq: 1, text: "x", at: undefined, big: 1n },
    { a: { b: [1, { c: 2 }] } },
    [1, , 3],
    [1, , ,],
    Object.assign([1], { extra: { x: 1 } }),
    JSON.parse('{"__proto__": {"a": {"b": 1}}}'),
    Object.assign(Object.create(null), { a: 1 }),
    { when: new Date(5), map: new Map([[1, 2]]), bytes: new Uint8Array(3) },
    { twice, again: twice },
    Array.from({ length: 20 }, (_, i) => ({ i })),
    cycle,
    new RangeError("x"),
  ];
  for (const value of values) {
    const copy = cloneOf(value);
    assertEquals(copy, structuredClone(value));
    assert(copy !== value);
    assertEquals(
      Object.getOwnPropertyNames(copy),
      Object.getOwnPropertyNames(structuredClone(value)),
    );
  }
  const both = cloneOf({ twice, again: twice });
  assert(both.twice === both.again && both.twice !== twice);
  const inner = { list: [1] };
  const copy = cloneOf({ inner });
  inner.list.push(2);
  assertEquals(copy, { inner: { list: [1] } });
  for (const part of [() => 1, Symbol("x"), Promise.resolve()]) {
    assertThrows(() => cloneOf({ a: { part } }), DOMException);
  }
});
