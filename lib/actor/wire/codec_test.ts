import { assert, assertEquals, assertLess, assertStringIncludes, assertThrows } from "@std/assert";
import v8 from "node:v8";
import vm from "node:vm";
import { decode, Encoder, ExtData } from "@msgpack/msgpack";
import type { CancelReason } from "../../protocol/terms.ts";
import { test } from "../../../tests/support/runtime_testing.ts";
import { decodeFrames, encodeFrame, MAX_DEPTH, MAX_MESSAGE_BYTES, MAX_VALUES } from "./codec.ts";
import { FRAME_SAMPLES } from "../../../tests/support/frame_samples.ts";
import { type Frame, ProtocolError, type WireValue } from "./frame.ts";

const PEER = "root/peer";
const raw = new Encoder({ maxDepth: 1_000 });

const reason: CancelReason = {
  source: "deadline",
  detail: null,
  scope: "failAfter 2s",
  byActor: "root",
  atMs: 1.5,
};

/** The same frame as the other side sees it: its side is ours turned round. */
function seen(frame: Frame): Frame {
  return "side" in frame ? { ...frame, side: frame.side === "mine" ? "yours" : "mine" } : frame;
}

function roundTrip(value: WireValue): unknown {
  const [frame] = decodeFrames(encodeFrame({ kind: "return", call: 1, value }), PEER);
  return frame?.kind === "return" ? frame.value : undefined;
}

/** Decodes what a program of another mind might send. */
function refusal(message: unknown): string {
  const error = assertThrows(() => decodeFrames(message, PEER), ProtocolError);
  assertEquals(error.peer, PEER);
  assertEquals(error.name, "ProtocolError");
  assertStringIncludes(error.message, `${PEER} broke the protocol: `);
  return error.message.slice(`${PEER} broke the protocol: `.length);
}

/** Fails unless the message with that value is refused, and says that why. */
function assertRefused(value: unknown, why: string, of?: string): void {
  assertStringIncludes(refusal(raw.encode(value)), why, of);
}

/** `levels` containers, the innermost one empty. */
function nested(levels: number): WireValue {
  let value: WireValue = [];
  for (let level = 1; level < levels; level++) value = [value];
  return value;
}

test("decodeFrames gives back every kind of frame that encodeFrame takes", () => {
  for (const frame of FRAME_SAMPLES) {
    assertEquals(decodeFrames(encodeFrame(frame), PEER), [seen(frame)], frame.kind);
  }
});

test("decodeFrames reads many frames in one message, in order", () => {
  const message = FRAME_SAMPLES.flatMap((frame) => [...encodeFrame(frame)]);
  assertEquals(decodeFrames(Uint8Array.from(message), PEER), FRAME_SAMPLES.map(seen));
});

test("encodeFrame carries every plain value unchanged", () => {
  const values: WireValue[] = [
    null,
    true,
    0,
    -1,
    2 ** 31,
    -(2 ** 31) - 1,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    0.1,
    NaN,
    Infinity,
    -Infinity,
    2 ** 70,
    "",
    "ü€😀\0",
    "x".repeat(100_000),
    new Uint8Array(0),
    Uint8Array.from([0, 255]),
    new Date(0),
    new Date(-1),
    new Date(1_700_000_000_123),
    new Date(8.64e15),
    new Date(-8.64e15),
    [],
    {},
    [[], [1, [2]]],
    { a: { b: { c: [null] } }, "": 1, constructor: 2, toString: 3 },
  ];
  for (const value of values) assertEquals(roundTrip(value), value);
});

test("encodeFrame sends undefined as null, and leaves it out of objects", () => {
  assertEquals(roundTrip(undefined), null);
  assertEquals(roundTrip([undefined]), [null]);
  assertEquals(roundTrip({ a: undefined, b: 1 }), { b: 1 });
});

test("encodeFrame refuses what would arrive as something else, and says what it is", () => {
  class Account {}
  const values: [unknown, string][] = [
    [new Map([["a", 1]]), "an instance of Map"],
    [new Set([1]), "an instance of Set"],
    [/x/, "an instance of RegExp"],
    [new Error("x"), "an instance of Error"],
    [new ArrayBuffer(1), "an instance of ArrayBuffer"],
    [new Float64Array(1), "an instance of Float64Array"],
    [new Account(), "an instance of Account"],
    [Promise.resolve(1), "an instance of Promise"],
    [new ExtData(1, new Uint8Array(1)), "an instance of ExtData"],
    [() => 1, "a function"],
    [Symbol("x"), "a symbol"],
    [1n, "a bigint"],
    [new Date(NaN), "an invalid Date"],
    [JSON.parse('{"__proto__": {"admin": true}}'), '"__proto__"'],
  ];
  for (const [value, what] of values) {
    for (const place of [value, [value], { a: { b: value } }]) {
      // deno-lint-ignore no-explicit-any -- what a program without types may pass
      const frame: Frame = { kind: "return", call: 1, value: place as any };
      const error = assertThrows(() => encodeFrame(frame), TypeError);
      assertStringIncludes(error.message, what);
      assertStringIncludes(error.message, "cannot cross to another actor");
    }
  }
});

test("encodeFrame takes objects without a prototype", () => {
  assertEquals(roundTrip(Object.assign(Object.create(null), { a: 1 })), { a: 1 });
});

test("encodeFrame and decodeFrames draw the line of depth at the same level", () => {
  const frames: ((value: WireValue) => Frame)[] = [
    (value) => ({ kind: "return", call: 1, value }),
    (value) => ({ kind: "yield", call: 1, side: "mine", value }),
    (value) => ({ kind: "start", call: 1, shape: "run", fn: "f", args: [value] }),
  ];
  for (const frame of frames) {
    let encoded = 0;
    for (let levels = MAX_DEPTH - 4; levels < MAX_DEPTH + 4; levels++) {
      let bytes: Uint8Array;
      try {
        bytes = encodeFrame(frame(nested(levels)));
      } catch (error) {
        assertStringIncludes(String(error), "Too deep objects");
        continue;
      }
      encoded++;
      assertEquals(decodeFrames(bytes, PEER), [seen(frame(nested(levels)))]);
    }
    assert(encoded > 0 && encoded < 8, "the line is somewhere in between");
  }
});

test("encodeFrame refuses a cycle instead of following it", () => {
  const cycle: { [key: string]: WireValue } = {};
  cycle["self"] = cycle;
  assertThrows(() => encodeFrame({ kind: "return", call: 1, value: cycle }), Error, "Too deep");
});

test("encodeFrame refuses a frame over the limit of bytes, and works on afterwards", () => {
  const blob = new Uint8Array(MAX_MESSAGE_BYTES);
  assertThrows(
    () => encodeFrame({ kind: "return", call: 1, value: blob }),
    RangeError,
    "over the limit",
  );
  assertThrows(
    () => encodeFrame({ kind: "return", call: 1, value: new Uint8Array(MAX_MESSAGE_BYTES + 1) }),
    RangeError,
    "a message holds",
  );
  assertThrows(
    () => encodeFrame({ kind: "return", call: 1, value: new Array(2 ** 32 - 1) }),
    RangeError,
    "a message holds",
  );
  assertEquals(roundTrip("still here"), "still here");
});

test("encodeFrame refuses a frame of more values than the other side would take", () => {
  const value = new Array<number>(MAX_VALUES).fill(1);
  assertThrows(() => encodeFrame({ kind: "return", call: 1, value }), RangeError, "values");
  value.length = MAX_VALUES - 5;
  const back = roundTrip(value);
  assert(Array.isArray(back) && back.length === value.length);
});

test("encodeFrame gives every frame its own bytes", () => {
  const first = encodeFrame({ kind: "return", call: 1, value: "first" });
  const copy = first.slice();
  encodeFrame({ kind: "return", call: 2, value: "second" });
  assertEquals(first, copy);
});

test("decodeFrames refuses what is not bytes", () => {
  for (const message of [null, undefined, "x", 1, [1, 12], {}, new ArrayBuffer(4)]) {
    assertEquals(refusal(message), "a message that is not bytes");
  }
  assertEquals(refusal(new Uint8Array(0)), "a message without a frame");
});

test("decodeFrames refuses bytes that the peer could still change", () => {
  const bytes = encodeFrame({ kind: "bye" });
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  assertEquals(refusal(shared), "a message in shared memory");
});

test("decodeFrames refuses a message over the limit of bytes", () => {
  assertStringIncludes(refusal(new Uint8Array(MAX_MESSAGE_BYTES + 1)), "over 16777216");
});

test("decodeFrames refuses other versions and unknown kinds", () => {
  for (const version of [0, 2, "1", null, true, [1]]) {
    assertRefused([version, 12], "wire version");
  }
  for (const code of [0, 14, -1, 1.5, 2 ** 40, "bye", null, NaN]) {
    assertRefused([1, code], "unknown frame kind");
  }
  assertRefused([], "wire version undefined");
  for (const fields of [1, "x", null, { 0: 1 }, new Uint8Array(2)]) {
    assertRefused(fields, "a frame that is not an array");
  }
});

test("decodeFrames refuses a frame with a field too many or too few, of every kind", () => {
  for (const frame of FRAME_SAMPLES) {
    const list = fieldsOf(frame);
    assertRefused([...list, null], "fields instead of", frame.kind);
    assertRefused(list.slice(0, -1), "", frame.kind);
  }
});

test("decodeFrames refuses a frame in which any field has the wrong type", () => {
  const wrong: readonly unknown[] = [-1, 1.5, "text", true, null, [], {}, new Date(0)];
  for (const frame of FRAME_SAMPLES) {
    const list = fieldsOf(frame);
    const free = "value" in frame ? list.length - 1 : Infinity;
    for (let at = 2; at < list.length; at++) {
      if (at === free) continue;
      const refused = wrong.filter((value) => {
        const changed = list.with(at, value);
        try {
          decodeFrames(raw.encode(changed), PEER);
          return false;
        } catch (error) {
          assert(error instanceof ProtocolError, `${frame.kind} field ${at}: ${error}`);
          return true;
        }
      });
      assert(refused.length >= wrong.length - 2, `${frame.kind} field ${at}: ${refused.length}`);
    }
  }
});

test("decodeFrames refuses numbers that cannot be a call or a credit", () => {
  for (const call of [-1, 0.5, 2 ** 53, Infinity, NaN, "1"]) {
    assertRefused([1, 8, call, null], "a malformed count");
    assertRefused([1, 13, 1, true, call], "a malformed count");
  }
  assertRefused([1, 13, 1, true, 0], "a malformed credit");
});

test("decodeFrames refuses __proto__ as a key at any depth, also spelled in overlong UTF-8", () => {
  const proto = new TextEncoder().encode("__proto__");
  const overlong = Uint8Array.from([0xc1, 0x9f, ...proto.slice(1)]);
  for (const key of [proto, overlong]) {
    const map = [0x81, 0xa0 + key.length, ...key, 0x80];
    for (const value of [map, [0x91, ...map], [0x81, 0xa1, 0x61, ...map]]) {
      assertStringIncludes(
        refusal(Uint8Array.from([0x94, 1, 8, 1, ...value])),
        "The key __proto__ is not allowed",
      );
    }
  }
  assertEquals(Reflect.get({}, "admin"), undefined);
});

test("decodeFrames refuses map keys that are not text", () => {
  for (const key of [[0x01], [0xc0], [0x90], [0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0]]) {
    assertStringIncludes(
      refusal(Uint8Array.from([0x94, 1, 8, 1, 0x81, ...key, 0xc0])),
      "a map key that is not text",
    );
  }
});

test("decodeFrames refuses a timestamp beyond what a Date can hold", () => {
  const beyond = new Uint8Array(12).fill(0x7f);
  assertRefused([1, 8, 1, new ExtData(-1, beyond)], "a timestamp that is no time");
});

test("decodeFrames refuses a valid frame that is cut short at any byte, or followed by anything", () => {
  for (const frame of FRAME_SAMPLES) {
    const bytes = encodeFrame(frame);
    for (let length = 0; length < bytes.length; length++) refusal(bytes.subarray(0, length));
    for (const tail of [0x00, 0x80, 0x90, 0xc0, 0xc1, 0xff]) {
      refusal(Uint8Array.from([...bytes, tail]));
    }
  }
});

test("decodeFrames decodes the next message as if a bad one had never come", () => {
  const good = encodeFrame({ kind: "return", call: 1, value: { a: [1, 2, 3] } });
  const bad = [
    good.subarray(0, -1),
    Uint8Array.from([0xdd, 0xff, 0xff, 0xff, 0xff]),
    Uint8Array.from([0x94, 1, 8, 1, 0x81, 0x01, 0xc0]),
    Uint8Array.from([0x94, 1, 99, 1, 0x91]),
  ];
  for (const message of bad) {
    refusal(message);
    assertEquals(decodeFrames(good, PEER), [{ kind: "return", call: 1, value: { a: [1, 2, 3] } }]);
  }
});

test("decodeFrames needs no memory for elements that are only promised", () => {
  const header = [0xdd, 0x01, 0xff, 0xff, 0xff];
  const message = Uint8Array.from(new Array(60).fill(header).flat());
  const before = Deno.memoryUsage().heapUsed;
  for (let i = 0; i < 100; i++) refusal(message);
  assertLess(Deno.memoryUsage().heapUsed - before, 20e6);
});

test("encodeFrame and decodeFrames keep no buffer of a large message", async () => {
  const cross = (): void => {
    decodeFrames(encodeFrame({ kind: "return", call: 1, value: new Uint8Array(12e6) }), PEER);
  };
  cross();
  // The stack of this turn may still point at it.
  await new Promise((resolve) => setImmediate(resolve));
  v8.setFlagsFromString("--expose-gc");
  const collect: () => void = vm.runInNewContext("gc");
  collect();
  assertLess(Deno.memoryUsage().external, 10e6);
});

test("decodeFrames refuses a spawn spec with a bound that is none", () => {
  const spec = { path: "p", module: "m", lifeLock: "l", journal: null, remedies: [] };
  for (const bad of [-1, NaN, "1", null]) {
    for (const name of ["softKillMs", "hardKillMs", "joinMs"]) {
      const bounds = { softKillMs: 1, hardKillMs: 1, joinMs: 1, [name]: bad };
      assertRefused([1, 2, { ...spec, ...bounds }], "a malformed spawn spec");
    }
  }
});

test("decodeFrames refuses cancel reasons and errors with a part that is missing or wrong", () => {
  const error = { type: "E", message: "m", stack: "", actor: "root", cause: null, errors: [] };
  const bad: unknown[] = [
    { ...reason, source: "whim" },
    { ...reason, atMs: NaN },
    { ...reason, atMs: "1" },
    { ...reason, detail: 1 },
    { ...reason, scope: null },
    { ...reason, byActor: undefined },
  ];
  for (const why of bad) {
    assertRefused([1, 10, 1, why], "cancel reason");
    assertRefused([1, 9, 1, { ...error, reason: why }], "a malformed error");
  }
  for (const part of [null, 1, "x", [], { ...error, errors: null }, { ...error, stack: 1 }]) {
    const whole = { ...error, reason: null };
    assertRefused([1, 9, 1, { ...whole, errors: [part] }], "a malformed error");
    if (part === null) continue;
    assertRefused([1, 9, 1, { ...whole, cause: part }], "a malformed error");
  }
});

/** The list that a frame crosses as, read back from its bytes. */
function fieldsOf(frame: Frame): unknown[] {
  const list = decode(encodeFrame(frame));
  assert(Array.isArray(list));
  return list;
}
