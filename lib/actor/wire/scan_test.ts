import { assertEquals } from "@std/assert";
import { Encoder, ExtData } from "@msgpack/msgpack";
import { test } from "../../../tests/support/runtime_testing.ts";
import { MAX_DEPTH, MAX_VALUES, scanMessage } from "./scan.ts";

const encoder = new Encoder();

/** One value of every width that msgpack has, with how many bytes it takes. */
const WHOLE: readonly (readonly [string, readonly number[]])[] = [
  ["positive fixint", [0x7f]],
  ["negative fixint", [0xe0]],
  ["fixmap", [0x81, 0xa1, 0x61, 0x01]],
  ["fixarray", [0x92, 0x01, 0x02]],
  ["fixstr", [0xa2, 0x61, 0x62]],
  ["nil", [0xc0]],
  ["false", [0xc2]],
  ["true", [0xc3]],
  ["bin 8", [0xc4, 0x01, 0x00]],
  ["bin 16", [0xc5, 0x00, 0x01, 0x00]],
  ["bin 32", [0xc6, 0x00, 0x00, 0x00, 0x01, 0x00]],
  ["ext 8", [0xc7, 0x0c, 0xff, ...new Array<number>(12).fill(0)]],
  ["ext 16", [0xc8, 0x00, 0x0c, 0xff, ...new Array<number>(12).fill(0)]],
  ["ext 32", [0xc9, 0x00, 0x00, 0x00, 0x0c, 0xff, ...new Array<number>(12).fill(0)]],
  ["float 32", [0xca, 0, 0, 0, 0]],
  ["float 64", [0xcb, 0, 0, 0, 0, 0, 0, 0, 0]],
  ["uint 8", [0xcc, 0xff]],
  ["uint 16", [0xcd, 0xff, 0xff]],
  ["uint 32", [0xce, 0xff, 0xff, 0xff, 0xff]],
  ["uint 64", [0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ["int 8", [0xd0, 0x80]],
  ["int 16", [0xd1, 0x80, 0x00]],
  ["int 32", [0xd2, 0x80, 0x00, 0x00, 0x00]],
  ["int 64", [0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0]],
  ["fixext 4", [0xd6, 0xff, 0, 0, 0, 0]],
  ["fixext 8", [0xd7, 0xff, 0, 0, 0, 0, 0, 0, 0, 0]],
  ["str 8", [0xd9, 0x01, 0x61]],
  ["str 16", [0xda, 0x00, 0x01, 0x61]],
  ["str 32", [0xdb, 0x00, 0x00, 0x00, 0x01, 0x61]],
  ["array 16", [0xdc, 0x00, 0x01, 0xc0]],
  ["array 32", [0xdd, 0x00, 0x00, 0x00, 0x01, 0xc0]],
  ["map 16", [0xde, 0x00, 0x01, 0xa1, 0x61, 0xc0]],
  ["map 32", [0xdf, 0x00, 0x00, 0x00, 0x01, 0xa1, 0x61, 0xc0]],
];

function scan(...bytes: number[]): number | string {
  return scanMessage(Uint8Array.from(bytes));
}

function nested(levels: number): Uint8Array {
  return Uint8Array.from([...new Array<number>(levels - 1).fill(0x91), 0xc0]);
}

test("scanMessage counts one value of every width, whole and followed by another", () => {
  for (const [name, bytes] of WHOLE) {
    assertEquals(scan(...bytes), 1, name);
    assertEquals(scan(...bytes, 0xc0), 2, `${name} and nil`);
    assertEquals(scan(0x92, ...bytes, ...bytes), 1, `two of ${name} in an array`);
  }
});

test("scanMessage says so when a value of any width is cut short anywhere", () => {
  for (const [name, bytes] of WHOLE) {
    for (let length = 1; length < bytes.length; length++) {
      const said = scan(...bytes.slice(0, length));
      assertEquals(said, `a message of ${length} bytes that promises more`, `${name} at ${length}`);
    }
  }
});

test("scanMessage refuses every header that promises more elements than there are bytes", () => {
  for (const head of [0xdd, 0xdf, 0xdb, 0xc6]) {
    assertEquals(
      scan(head, 0xff, 0xff, 0xff, 0xff, 0xc0),
      "a message of 6 bytes that promises more",
      head.toString(16),
    );
  }
});

test("scanMessage finds out that nested headers promise more than there is", () => {
  // Each of the two would fit by itself: 8 elements, 8 bytes left.
  const bytes = [0x98, 0x97, ...new Array<number>(8).fill(0xc0)];
  assertEquals(scan(...bytes), "a message of 10 bytes that promises more");
  assertEquals(scan(...bytes, ...new Array<number>(6).fill(0xc0)), 1);
});

test("scanMessage lets values nest to the limit and not one level further", () => {
  assertEquals(scanMessage(nested(MAX_DEPTH)), 1);
  assertEquals(scanMessage(nested(MAX_DEPTH + 1)), `a value nested deeper than ${MAX_DEPTH}`);
});

test("scanMessage takes a million nested headers without running out of stack", () => {
  assertEquals(scanMessage(nested(1_000_000)), `a value nested deeper than ${MAX_DEPTH}`);
});

test("scanMessage bounds the number of values", () => {
  const bytes = new Uint8Array(MAX_VALUES + 5).fill(0x80);
  new DataView(bytes.buffer).setUint32(1, MAX_VALUES);
  bytes[0] = 0xdd;
  assertEquals(scanMessage(bytes), `a message of more than ${MAX_VALUES} values`);
  const fewer = bytes.slice(0, MAX_VALUES - 1 + 5);
  new DataView(fewer.buffer).setUint32(1, MAX_VALUES - 1);
  assertEquals(scanMessage(fewer), 1);
});

test("scanMessage refuses every extension type but the timestamp, and timestamps of odd lengths", () => {
  for (let type = -128; type < 128; type++) {
    const bytes = encoder.encode(new ExtData(type, new Uint8Array(8)));
    assertEquals(scanMessage(bytes), type === -1 ? 1 : `msgpack extension type ${type}`);
  }
  for (const length of [0, 1, 2, 3, 5, 16, 300, 70_000]) {
    const bytes = encoder.encode(new ExtData(-1, new Uint8Array(length)));
    assertEquals(scanMessage(bytes), `a timestamp of ${length} bytes`);
  }
});

test("scanMessage refuses the one byte that msgpack has no use for", () => {
  assertEquals(scan(0xc1), "the byte 0xc1, which begins no msgpack value");
});

test("scanMessage counts nothing in nothing", () => {
  assertEquals(scan(), 0);
});

test("scanMessage agrees with the encoder about the length of everything", () => {
  const values = [
    "x".repeat(31),
    "x".repeat(32),
    "x".repeat(256),
    "x".repeat(65_536),
    "ü€😀",
    new Uint8Array(255),
    new Uint8Array(65_536),
    Array.from({ length: 16 }, (_, i) => i - 8),
    Array.from({ length: 65_536 }, (_, i) => i * 1e6),
    Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`k${i}`, i / 3])),
    new Date(0),
    new Date(1.5),
    new Date(-1),
    [[[{ a: [null, true, false, -1e300, 2 ** 40, -(2 ** 40)] }]]],
  ];
  for (const value of values) assertEquals(scanMessage(encoder.encode(value)), 1);
});
