import { assertEquals } from "@std/assert";
import { makeStyle } from "./style.ts";
import { stripAnsi } from "../../protocol/text.ts";

Deno.test("makeStyle leaves text alone when colour is off", () => {
  const style = makeStyle(false);
  assertEquals(style.bold(style.red("x")), "x");
});

Deno.test("makeStyle marks text, and nothing when there is none", () => {
  const style = makeStyle(true);
  assertEquals(style.red("x"), "\x1b[31mx\x1b[39m");
  assertEquals(style.red(""), "");
});

Deno.test("stripAnsi removes colour, cursor movement, titles and links", () => {
  assertEquals(stripAnsi("\x1b[1;31mred\x1b[0m\x1b[2K\x1b[?25l."), "red.");
  assertEquals(stripAnsi("\x1b]0;title\x07a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\"), "alink");
  assertEquals(stripAnsi("plain [31m text"), "plain [31m text");
});
