/** Judged by node:assert, since `@std/assert` here rests on the function under test. */

import { strict as node } from "node:assert";
import { equal } from "@std/assert";

function same(a: unknown, b: unknown): void {
  node.equal(equal(a, b), true);
  node.equal(equal(b, a), true);
}

function different(a: unknown, b: unknown): void {
  node.equal(equal(a, b), false);
  node.equal(equal(b, a), false);
}

class Point {
  #x: number;
  constructor(x: number) {
    this.#x = x;
  }
  get x(): number {
    return this.#x;
  }
}

Deno.test("equal takes NaN for NaN and 0 for -0, and tells types apart", () => {
  same(NaN, NaN);
  same(0, -0);
  same({ a: [0] }, { a: [-0] });
  same(new Float32Array([0]), new Float32Array([-0]));
  different(1, "1");
  different(null, undefined);
  different(0, false);
  different(1n, 1);
});

Deno.test("equal compares arrays and objects by their fields, symbols too, in any order", () => {
  const key = Symbol("key");
  same({ a: 1, b: [{ c: 2 }] }, { b: [{ c: 2 }], a: 1 });
  same({ [key]: 1 }, { [key]: 1 });
  different({ [key]: 1 }, { [key]: 2 });
  different([1, 2], [2, 1]);
  different([1], [1, 2]);
  different([1], { 0: 1 });
});

Deno.test("equal tells a field that is undefined from one that is absent", () => {
  different({ a: undefined }, {});
  different({ a: undefined }, { b: undefined });
});

Deno.test("equal takes an object without a prototype for a plain one, and no other pair of classes", () => {
  same(Object.assign(Object.create(null), { x: 1 }), { x: 1 });
  different(
    new (class A {
      x = 1;
    })(),
    { x: 1 },
  );
  different(
    new (class A {
      x = 1;
    })(),
    new (class B {
      x = 1;
    })(),
  );
});

Deno.test("equal sees what a class shows through getters", () => {
  same(new Point(1), new Point(1));
  different(new Point(1), new Point(2));
});

Deno.test("equal compares maps and sets deeply, whatever the order", () => {
  same(new Map([["a", { n: 1 }], ["b", { n: 2 }]]), new Map([["b", { n: 2 }], ["a", { n: 1 }]]));
  same(new Map([[{ k: 1 }, 1]]), new Map([[{ k: 1 }, 1]]));
  same(new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 2 }, { a: 1 }]));
  different(new Map([["a", 1]]), new Map([["a", 2]]));
  different(new Map([["a", 1]]), new Map([["b", 1]]));
  different(new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 1 }, { a: 3 }]));
  different(new Set([1]), new Set([1, 2]));
});

// In this test and the next we are stricter than the package, which lets members of a set share a partner.
Deno.test("equal remembers no pair of a comparison that failed", () => {
  const [p, q] = [{ x: 1 }, { x: 2 }];
  different(new Set([{ v: p }, { v: p }]), new Set([{ v: q }, { v: q }]));
});

Deno.test("equal gives each member of a set a partner of its own", () => {
  different(new Set([{ a: 1 }, { a: 1 }]), new Set([{ a: 1 }, { a: 2 }]));
});

Deno.test("equal looks into dates, regular expressions, URLs and buffers", () => {
  same(new Date(5), new Date(5));
  different(new Date(5), new Date(6));
  same(/a/g, /a/g);
  different(/a/g, /a/i);
  same(new URL("http://a/b"), new URL("http://a/b"));
  different(new URL("http://a/b"), new URL("http://a/c"));
  same(new Uint8Array([1, 2]), new Uint8Array([1, 2]));
  different(new Uint8Array([1, 2]), new Uint8Array([1, 3]));
  different(new Uint8Array([1]), new Int8Array([1]));
  different(new Uint8Array([1]).buffer, new Uint8Array([2]).buffer);
});

Deno.test("equal compares functions by reference and errors by all that they carry", () => {
  const error = new Error("a");
  same(error, error);
  different(new Error("a"), new Error("b"));
  different(new Error("a"), new TypeError("a"));
  different(() => 1, () => 1);
});

Deno.test("equal ends on values that contain themselves", { timeout: 10_000 }, () => {
  const loop = (end: number) => {
    const it: { next?: unknown; end: number } = { end };
    it.next = [it];
    return it;
  };
  same(loop(1), loop(1));
  different(loop(1), loop(2));
});

Deno.test("equal refuses weak maps and weak sets, and looks through weak references", () => {
  node.throws(() => equal(new WeakMap(), new WeakMap()), TypeError);
  node.throws(() => equal(new WeakSet(), new WeakSet()), TypeError);
  const target = { a: 1 };
  same(new WeakRef(target), new WeakRef(target));
  different(new WeakRef(target), new WeakRef({ a: 2 }));
});
