import { assertEquals } from "@std/assert";
import { Budget } from "./copies.ts";

Deno.test("Budget allows another copy as long as it ends within about three times the first run", () => {
  let now = 100;
  const budget = new Budget(() => now);
  now = 5_100;
  assertEquals(budget.hasTime, true, "the first run is not over yet");
  budget.firstDone();
  budget.copyDone(4_000);
  budget.copyDone(2_000);
  now = 9_500;
  assertEquals([budget.hasTime, budget.elapsedMs], [true, 9_400]);
  now = 9_700;
  assertEquals(budget.hasTime, false, "9.6 s, and 4 s more, are more than 13.5 s");
});
