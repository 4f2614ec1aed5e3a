import { assertEquals } from "@std/assert";
import { meets } from "./row.ts";

Deno.test("meets lets the bound itself pass, in both directions", () => {
  assertEquals(meets({ bound: "at-most", value: 2 }, 2), true);
  assertEquals(meets({ bound: "at-most", value: 2 }, 2.01), false);
  assertEquals(meets({ bound: "at-least", value: 0.7 }, 0.7), true);
  assertEquals(meets({ bound: "at-least", value: 0.7 }, 0.69), false);
});

Deno.test("meets never accepts a value that is no number", () => {
  assertEquals(meets({ bound: "at-most", value: 2 }, NaN), false);
  assertEquals(meets({ bound: "at-least", value: 2 }, NaN), false);
});
