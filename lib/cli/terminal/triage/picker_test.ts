import { assertEquals, assertMatch } from "@std/assert";
import { Picker } from "./picker.ts";
import { screen } from "../../../../tests/support/triage.ts";

const choices = Array.from({ length: 30 }, (_, value) => ({ value, pieces: [`number ${value}`] }));
const key = (char: string) => ({ kind: "char", char } as const);

Deno.test("Picker shows as many as fit, and turns the page with a space", () => {
  const picker = new Picker("Which?", choices);
  const first = picker.lines(screen(80, 14));
  assertEquals(first.length, 12);
  assertMatch(first[0] ?? "", /1 to 10 of 30/);
  assertEquals(picker.take(key("a")), { kind: "value", value: 0 });
  assertEquals(picker.take(key("k")), { kind: "unknown" });
  assertEquals(picker.take(key(" ")), { kind: "page" });
  assertMatch(picker.lines(screen(80, 14))[0] ?? "", /11 to 20 of 30/);
  assertEquals(picker.take(key("b")), { kind: "value", value: 11 });
  picker.take(key(" "));
  picker.take(key(" "));
  assertEquals(picker.take(key("a")), { kind: "value", value: 0 });
});

Deno.test("Picker picks nothing on Escape, and a letter never by another key", () => {
  const picker = new Picker("Which?", choices);
  picker.lines(screen());
  assertEquals(picker.take({ kind: "escape" }), { kind: "nothing" });
  assertEquals(picker.take({ kind: "ctrl", char: "a" }), { kind: "unknown" });
  assertEquals(picker.take({ kind: "other" }), { kind: "unknown" });
});
