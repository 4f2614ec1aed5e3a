import { assertEquals } from "@std/assert";
import { NameTable, NONE } from "./name_table.ts";

Deno.test("NameTable gives back every name as it was, and finds those that are no numbers", () => {
  const texts = ["Map", "0", "7", "007", "-1", "1e3", "999999999", "1000000000", "", "__proto__"];
  const names = new NameTable(texts.length + 1);
  for (const index of texts.keys()) names.want(index);
  assertEquals(texts.map((_, index) => names.wants(index)), texts.map(() => true));
  for (const [index, text] of texts.entries()) names.add(index, text);
  assertEquals(texts.map((_, index) => names.text(index)), texts);
  assertEquals([names.wants(texts.length), names.text(texts.length)], [false, ""]);
  assertEquals(["Map", "__proto__", "gone"].map((text) => names.indexOf(text)), [0, 9, NONE]);
});
