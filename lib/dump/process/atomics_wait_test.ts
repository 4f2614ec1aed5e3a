import { assertEquals } from "@std/assert";
import { callAt } from "./atomics_wait.ts";

const TEXT = `function lock(words, at) {
  while (x) Atomics.wait(words.state[f(1, 2)], at + offset(1), LOCKED);
  other(words, 0);
}`;

Deno.test("callAt finds the array and the element of the call at a place, with their brackets", () => {
  const [, line = ""] = TEXT.split("\n");
  const call = { array: "words.state[f(1, 2)]", index: "at + offset(1)" };
  assertEquals(callAt(TEXT, 1, line.indexOf("Atomics")), call);
  assertEquals(callAt(TEXT, 1, line.indexOf("wait(")), call);
});

Deno.test("callAt finds nothing where another call stands, or no such line", () => {
  assertEquals(callAt(TEXT, 1, 2), null);
  assertEquals(callAt(TEXT, 2, 2), null);
  assertEquals(callAt(TEXT, 9, 0), null);
  assertEquals(callAt("Atomics.wait(words", 0, 0), null);
});
