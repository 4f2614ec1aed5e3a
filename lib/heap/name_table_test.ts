import { assertEquals } from "@std/assert";
import { NameTable, NONE } from "./name_table.ts";

Deno.test("NameTable gives back every name as it was, and finds those that are no numbers", () => {
  const names = new NameTable(5);
  for (const index of [0, 1, 2, 3]) names.want(index);
  assertEquals([0, 1, 2, 3, 4].map((n) => names.wants(n)), [true, true, true, true, false]);
  names.add(0, "Map");
  names.addNumber(1, 0);
  names.addNumber(2, 2 ** 31 - 1);
  names.add(3, "007");
  assertEquals([0, 1, 2, 3, 4].map((n) => names.text(n)), ["Map", "0", "2147483647", "007", ""]);
  assertEquals(["Map", "007", "0", "gone"].map((text) => names.indexOf(text)), [0, 3, NONE, NONE]);
});
