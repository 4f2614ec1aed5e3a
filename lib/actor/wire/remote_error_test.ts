import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertStringIncludes,
} from "@std/assert";
import type { CancelReason } from "../../protocol/terms.ts";
import { Cancelled, TooSlowError } from "../errors.ts";
import { test } from "../../../tests/support/runtime_testing.ts";
import { framesIn } from "./check_frame.ts";
import { clippedReason, RemoteActorError, toWire } from "./remote_error.ts";

const REASON: CancelReason = {
  source: "explicit",
  detail: "enough",
  scope: "work",
  byActor: "root",
  atMs: 5,
};

/** `error` as another actor gets it. */
function crossed(error: unknown): RemoteActorError {
  const message = structuredClone({ kind: "error", call: 1, error: toWire(error) });
  const [frame] = framesIn(message, "root/peer");
  assert(frame?.kind === "error");
  return new RemoteActorError(frame.error);
}

/** What was thrown at any depth of an error, first level first. */
function count(error: RemoteActorError): number {
  const { cause } = error;
  return 1 + (cause instanceof RemoteActorError ? count(cause) : 0) +
    error.errors.map(count).reduce((sum, n) => sum + n, 0);
}

test("RemoteActorError carries type, message, stack and actor of what was thrown", () => {
  const error = crossed(new TooSlowError("2s are over"));
  assertEquals(error.name, "RemoteActorError");
  assertEquals(error.remoteType, "TooSlowError");
  assertEquals(error.remoteMessage, "2s are over");
  assertEquals(error.actorPath, "root");
  assertEquals(error.message, "TooSlowError in actor root: 2s are over");
  assertStringIncludes(error.remoteStack, "remote_error_test.ts");
  assertEquals(error.reason, null);
  assertEquals(error.errors, []);
  assertEquals(error.cause, undefined);
});

test("RemoteActorError shows in its own stack where it was thrown over there", () => {
  const thrown = new TooSlowError("two\nlines");
  const lines = (crossed(thrown).stack ?? "").split("\n");
  assertEquals(lines.slice(0, 2), ["RemoteActorError: TooSlowError in actor root: two", "lines"]);
  assertStringIncludes(lines[2] ?? "", "remote_error_test.ts");
  assert(!lines.some((line) => line.includes("crossed")), "no frame of this side");
});

test("RemoteActorError carries the chain of causes", () => {
  const error = crossed(
    new Error("outer", { cause: new TypeError("inner", { cause: "root cause" }) }),
  );
  const { cause } = error;
  assertInstanceOf(cause, RemoteActorError);
  assertEquals([cause.remoteType, cause.remoteMessage], ["TypeError", "inner"]);
  assertInstanceOf(cause.cause, RemoteActorError);
  assertEquals([cause.cause.remoteType, cause.cause.remoteMessage], ["string", "root cause"]);
});

test("RemoteActorError carries the parts of an AggregateError, also nested ones", () => {
  const inner = new AggregateError([new RangeError("c")], "inner");
  const error = crossed(new AggregateError([new TypeError("a"), inner], "two"));
  assertEquals(error.remoteType, "AggregateError");
  assertEquals(error.errors.map((part) => part.remoteMessage), ["a", "inner"]);
  assertEquals(error.errors[1]?.errors.map((part) => part.remoteType), ["RangeError"]);
});

test("RemoteActorError of a Cancelled says who cancelled and why", () => {
  const error = crossed(new Cancelled(REASON));
  assertEquals(error.remoteType, "Cancelled");
  assertEquals(error.reason, REASON);
});

test("toWire passes a RemoteActorError on as what it was, through any number of hops", () => {
  const first = new RemoteActorError({
    ...toWire(
      new AggregateError([new TypeError("part")], "whole", { cause: new Cancelled(REASON) }),
    ),
    actor: "root/a/b",
  });
  const third = crossed(crossed(first));
  assertEquals(third.actorPath, "root/a/b");
  assertEquals(third.message, first.message);
  assertEquals(third.remoteStack, first.remoteStack);
  assertEquals(third.errors[0]?.remoteMessage, "part");
  assertInstanceOf(third.cause, RemoteActorError);
  assertEquals(third.cause.reason, REASON);
});

test("toWire takes whatever a program may throw", () => {
  const bare: unknown = Object.create(null);
  const thrown: [unknown, string, string][] = [
    [undefined, "undefined", "undefined"],
    [null, "object", "null"],
    ["text", "string", "text"],
    [7n, "bigint", "7"],
    [Symbol("s"), "symbol", "Symbol(s)"],
    [bare, "object", "something of type object that has no text"],
    [{ a: 1 }, "object", "[object Object]"],
    [Object.assign(new Error("m"), { name: undefined }), "Error", "m"],
    [Object.assign(new Error("m"), { name: 7, message: 8 }), "7", "8"],
    [Object.assign(new Error("m"), { stack: undefined }), "Error", "m"],
    [
      Object.assign(new Error("m"), { name: bare }),
      "something of type object that has no text",
      "m",
    ],
    [Object.assign(new AggregateError([], "m"), { errors: "none" }), "AggregateError", "m"],
  ];
  for (const [error, type, message] of thrown) {
    const there = crossed(error);
    assertEquals([there.remoteType, there.remoteMessage], [type, message]);
  }
});

test("toWire survives errors whose properties throw", () => {
  const trap = new Error("never seen");
  for (const key of ["name", "message", "stack", "cause", "errors"]) {
    Object.defineProperty(trap, key, {
      get() {
        throw new Error("trap");
      },
    });
  }
  assertEquals([crossed(trap).remoteType, crossed(trap).remoteMessage], ["Error", ""]);
});

test("toWire ends for errors that contain themselves", () => {
  const cycle = new AggregateError([], "cycle");
  cycle.cause = cycle;
  cycle.errors.push(cycle, cycle);
  assertLess(count(crossed(cycle)), 70);
});

test("toWire bounds a tree of errors that share their parts, of which there would be billions", () => {
  let error = new Error("leaf");
  for (let level = 0; level < 12; level++) {
    error = new AggregateError(new Array(16).fill(error), `level ${level}`);
  }
  const there = crossed(error);
  assertEquals(there.remoteMessage, "level 11");
  assertLess(count(there), 70);
});

test("toWire clips texts, so that any error can be sent", () => {
  const long = "x".repeat(2 ** 24);
  const cancelled = new Cancelled({ ...REASON, detail: long, scope: long });
  const parts = Array.from({ length: 70 }, () => Object.assign(new Error(long), { stack: long }));
  const error = new AggregateError(parts, long, { cause: cancelled });
  const there = crossed(error);
  assert(there.remoteMessage.endsWith("x…"));
  assertInstanceOf(there.cause, RemoteActorError);
  assertEquals(there.cause.reason?.source, "explicit");
});

test("clippedReason leaves a reason of ordinary length as it is", () => {
  assertEquals(clippedReason(REASON), REASON);
  const clipped = clippedReason({ ...REASON, detail: "y".repeat(1e6) });
  assertLess(clipped.detail?.length ?? 0, 20_000);
  assertEquals(clipped.scope, REASON.scope);
});

test("toWire takes errors that hide behind a proxy, and the code of others", () => {
  const traps = new Proxy(new Error("hidden"), {
    getPrototypeOf: () => {
      throw new Error("trap");
    },
    get: () => {
      throw new Error("trap");
    },
  });
  assertEquals(crossed(traps).remoteType, "object");
  assertEquals(crossed(Object.assign(new Error("m"), { code: "ENOENT" })).code, "ENOENT");
  assertEquals(crossed(Object.assign(new Error("m"), { code: 7 })).code, 7);
  assertEquals(crossed(Object.assign(new Error("m"), { code: {} })).code, null);
  assertEquals(crossed(crossed(Object.assign(new Error("m"), { code: "EPIPE" }))).code, "EPIPE");
});

test("toWire carries a chain of 60 causes, and says of a longer one that it was cut", () => {
  const chain = (length: number) => {
    let error = new Error("0");
    for (let n = 1; n < length; n++) error = new Error(`${n}`, { cause: error });
    return error;
  };
  assertEquals(count(crossed(chain(60))), 60);
  let last = crossed(chain(100));
  while (last.cause instanceof RemoteActorError) last = last.cause;
  assertStringIncludes(last.remoteMessage, "further causes and parts were left out");
});
