import { assertEquals } from "@std/assert";
import { type ColorChoice, wantsColor } from "./color.ts";

function decide(choice: ColorChoice | null, terminal: boolean, env: Record<string, string> = {}) {
  return wantsColor(choice, terminal, (name) => env[name]);
}

Deno.test("wantsColor: the flag wins over both variables", () => {
  assertEquals(decide("always", false, { NO_COLOR: "1" }), true);
  assertEquals(decide("never", true, { FORCE_COLOR: "1" }), false);
});

Deno.test("wantsColor: a variable counts when it is set and not empty", () => {
  assertEquals(decide("auto", true, { NO_COLOR: "1" }), false);
  assertEquals(decide("auto", true, { NO_COLOR: "" }), true);
  assertEquals(decide(null, false, { FORCE_COLOR: "1" }), true);
  assertEquals(decide(null, false, { FORCE_COLOR: "" }), false);
  assertEquals(decide(null, true, { FORCE_COLOR: "0" }), false);
});

Deno.test("wantsColor: without a word it is the terminal that decides", () => {
  assertEquals(decide(null, true), true);
  assertEquals(decide(null, false), false);
  assertEquals(decide(null, true, { TERM: "dumb" }), false);
});
