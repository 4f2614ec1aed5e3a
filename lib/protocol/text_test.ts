import { assertEquals } from "@std/assert";
import { nameText, plain, textOf, thrownText, thrownTexts } from "./text.ts";

const HOSTILE: readonly unknown[] = [
  Object.create(null),
  {
    toString() {
      throw new Error("no");
    },
  },
  { toString: () => ({}) },
  { [Symbol.toPrimitive]: () => Symbol("s") },
  new Proxy(Object.create(null), {
    get() {
      throw new Error("no");
    },
    getPrototypeOf() {
      throw new Error("no");
    },
  }),
  Object.defineProperty(new Error("message"), "message", {
    get() {
      throw new Error("no");
    },
  }),
];

Deno.test("textOf, nameText, thrownText and thrownTexts never throw and answer strings", () => {
  for (const value of [...HOSTILE, Symbol("s"), 1n, null, undefined, () => {}]) {
    const { name, message } = thrownTexts(value);
    for (const text of [textOf(value), nameText(value), thrownText(value), name, message]) {
      assertEquals(typeof text, "string");
    }
  }
});

Deno.test("textOf and nameText cut what is too long to keep", () => {
  assertEquals(textOf("x".repeat(20_000)).length, 16 * 1024 + 1);
  assertEquals(nameText("x".repeat(501)), `${"x".repeat(500)}…`);
  assertEquals(nameText("x".repeat(500)), "x".repeat(500));
});

Deno.test("thrownText says the name and the message of an error, and the text of anything else", () => {
  assertEquals(thrownText(new TypeError("no")), "TypeError: no");
  assertEquals(thrownText(new RangeError()), "RangeError");
  assertEquals(thrownText("plain"), "plain");
  assertEquals(thrownTexts(7), { name: "number", message: "7" });
});

Deno.test("textOf and nameText keep out what would pass for words of unwedge on a terminal", () => {
  const forged = "x\u001b[2J\u009b1m\u202e\r\nFINISHED x (exit code 0)\ttab";
  assertEquals(textOf(forged), "x\ufffd[2J\ufffd1m\ufffd\nFINISHED x (exit code 0)\ttab");
  assertEquals(nameText(forged), "x\ufffd[2J\ufffd1m\ufffd FINISHED x (exit code 0) tab");
});

Deno.test("nameText shows what has no width or turns the direction, and leaves emoji whole", () => {
  const unseen = [
    "\u200b",
    "\u2060",
    "\u202e",
    "\u2066",
    "\ufeff",
    "\u00ad",
    "\u3164",
    "\u{e0041}",
  ];
  for (const char of [...unseen, "\u0000", "\u009b", "\ue000", "\ud800"]) {
    assertEquals(nameText(`a${char}b`), "a\ufffdb");
  }
  for (const seen of ["\u2764\ufe0f", "é", "e\u0301", "漢字"]) assertEquals(nameText(seen), seen);
});

Deno.test("plain takes escape sequences out, and replaces what is left of one", () => {
  const text = "\u001b]0;title\u0007a\u001b[31mb\u001b]8;;x\u202e\r\n\tc";
  assertEquals(plain(text), "ab8;;x\ufffd\n\tc");
});
