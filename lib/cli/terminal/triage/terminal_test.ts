import { assertEquals } from "@std/assert";
import { type Key, keysOf } from "./terminal.ts";

function typed(text: string): string[] {
  return keysOf(new TextEncoder().encode(text)).map(nameOf);
}

function nameOf(key: Key): string {
  return "char" in key ? `${key.kind} ${key.char}` : key.kind;
}

Deno.test("keysOf gives letters as they were typed", () => {
  assertEquals(typed("dK7é"), ["char d", "char K", "char 7", "char é"]);
});

Deno.test("keysOf takes an arrow or function key for one key without meaning", () => {
  assertEquals(typed("\x1b[A"), ["other"]);
  assertEquals(typed("\x1bOP"), ["other"]);
  assertEquals(typed("\x1b[15;2~k"), ["other", "char k"]);
});

Deno.test("keysOf never makes a command of a letter that was typed with Alt", () => {
  assertEquals(typed("\x1bk"), ["other"]);
});

Deno.test("keysOf takes a paste's brackets away and leaves the pasted letters", () => {
  assertEquals(typed("\x1b[200~q\x1b[201~"), ["other", "char q", "other"]);
});

Deno.test("keysOf knows Enter, Escape and Ctrl", () => {
  assertEquals(typed("\r"), ["enter"]);
  assertEquals(typed("\n"), ["enter"]);
  assertEquals(typed("\x1b"), ["escape"]);
  assertEquals(typed("\x04"), ["ctrl d"]);
  assertEquals(typed("\x7f"), ["other"]);
});
