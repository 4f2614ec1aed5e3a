/** Judged by node:assert, as `assert_test.ts` is. */

import { strict as node } from "node:assert";
import { AssertionError, assertRejects, assertThrows } from "@std/assert";

const raise = (error: unknown): never => {
  throw error;
};

/** The message of the AssertionError that `fn` ends with. */
async function complaint(fn: () => unknown): Promise<string> {
  try {
    await fn();
  } catch (error) {
    node.ok(error instanceof AssertionError, `not an AssertionError: ${error}`);
    return error.message;
  }
  throw new Error("nothing was thrown");
}

Deno.test("assertThrows returns what was thrown, whatever that is", () => {
  const error = new TypeError("bad thing");
  node.equal(assertThrows(() => raise(error)), error);
  node.equal(assertThrows(() => raise("text"), "why"), "text");
});

Deno.test("assertThrows checks class and message, and gives the class's type", () => {
  const error = new SyntaxError("bad thing");
  const got: SyntaxError = assertThrows(() => raise(error), SyntaxError, "bad");
  node.equal(got, error);
  assertThrows(() => raise(error), Error);
  assertThrows(() => raise(new DOMException("x", "TimeoutError")), DOMException);
});

Deno.test("assertThrows fails when nothing is thrown", async () => {
  node.match(await complaint(() => assertThrows(() => 1)), /Expected function to throw\./);
  node.match(await complaint(() => assertThrows(() => 1, "why")), /to throw: why/);
  node.match(await complaint(() => assertThrows(() => 1, Error, "", "why")), /to throw: why/);
});

Deno.test("assertThrows fails on another class, another message, and on what is no error", async () => {
  const thrower = () => raise(new TypeError("bad thing"));
  node.match(await complaint(() => assertThrows(thrower, RangeError)), /RangeError.*TypeError/);
  node.match(await complaint(() => assertThrows(thrower, TypeError, "good")), /good.*bad thing/);
  node.match(await complaint(() => assertThrows(() => raise("text"), Error)), /non-Error/);
});

Deno.test("assertThrows looks past colours in messages", () => {
  assertThrows(() => raise(new Error("a \x1b[31mred\x1b[39m word")), Error, "a red word");
});

Deno.test("assertRejects resolves to what was rejected with, and checks it", async () => {
  const error = new TypeError("bad thing");
  node.equal(await assertRejects(() => Promise.reject(error)), error);
  const got: TypeError = await assertRejects(() => Promise.reject(error), TypeError, "bad");
  node.equal(got, error);
});

Deno.test("assertRejects fails when the promise is fulfilled", async () => {
  const quiet = () => Promise.resolve(1);
  node.match(await complaint(() => assertRejects(quiet)), /Expected function to reject\./);
  node.match(await complaint(() => assertRejects(quiet, "why")), /to reject: why/);
});

Deno.test("assertRejects fails when there is no promise at all", async () => {
  const sync: () => Promise<never> = () => raise(new Error("sync"));
  node.match(await complaint(() => assertRejects(sync)), /throws when expected to reject/);
  const notAPromise = (() => 1) as unknown as () => Promise<never>; // what untyped code may do
  node.match(await complaint(() => assertRejects(notAPromise)), /throws when expected to reject/);
});

Deno.test("assertRejects fails on another class, another message, and on what is no error", async () => {
  const rejecter = () => Promise.reject(new TypeError("bad thing"));
  node.match(await complaint(() => assertRejects(rejecter, RangeError)), /RangeError.*TypeError/);
  node.match(await complaint(() => assertRejects(rejecter, TypeError, "good")), /good.*bad thing/);
  const textual = () => Promise.reject("text");
  node.match(await complaint(() => assertRejects(textual, Error)), /non-Error/);
});
