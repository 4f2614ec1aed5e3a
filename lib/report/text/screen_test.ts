import { assertEquals } from "@std/assert";
import { makeStyle } from "./style.ts";
import { stripAnsi } from "../../protocol/text.ts";
import { heading, line, sentences } from "./screen.ts";
import { screen } from "../../../tests/support/triage.ts";

Deno.test("line is cut to the width, with a sign that it was", () => {
  assertEquals(line(["abc", "defgh"], screen(8)), "abcdef…");
  assertEquals(line(["abc", "defg"], screen(8)), "abcdefg");
});

Deno.test("line never cuts an escape sequence", () => {
  const coloured = { ...screen(8), style: makeStyle(true) };
  const text = line([["red", "abcdef"], ["green", "ghijkl"]], coloured);
  assertEquals(stripAnsi(text), "abcdef…");
  assertEquals(text, "\x1b[31mabcdef\x1b[39m…");
});

Deno.test("sentences break between words, and cut one that is too long", () => {
  assertEquals(sentences("one two three", screen(9)), ["one two", "three"]);
  assertEquals(sentences("abcdefghijkl", screen(9), "  "), ["  abcde…"]);
});

Deno.test("heading goes across the page", () => {
  assertEquals(heading("x", screen(10)), "── x ────");
});
