import { assertEquals } from "@std/assert";
import { CANNOT_JUDGE, VERDICT_CODES, worst } from "./exit_code.ts";

Deno.test("VERDICT_CODES are the documented ones", () => {
  assertEquals(VERDICT_CODES, { finished: 0, failed: 1, crashed: 1, leaked: 3, hung: 124 });
});

Deno.test("worst puts a hang that was seen before everything else", () => {
  assertEquals(worst([0, 125, 3, 124, 1]), 124);
  assertEquals(worst([0, 125, 3, 1]), 1);
  assertEquals(worst([0, 125, 3]), 3);
  assertEquals(worst([0, 125]), 125);
  assertEquals(worst([0, 0]), 0);
});

Deno.test("worst of nothing is that nothing could be judged", () => {
  assertEquals(worst([]), CANNOT_JUDGE);
});
