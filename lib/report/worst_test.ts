import { assertEquals } from "@std/assert";
import type { Verdict } from "../model/result.ts";
import { CANNOT_JUDGE, VERDICT_CODES, worstCode, worstOf } from "./worst.ts";

Deno.test("VERDICT_CODES are the documented ones", () => {
  assertEquals(VERDICT_CODES, { finished: 0, failed: 1, crashed: 1, leaked: 3, hung: 124 });
});

Deno.test("worst puts a hang that was seen before everything else", () => {
  assertEquals(worstCode([0, 125, 3, 124, 1]), 124);
  assertEquals(worstCode([0, 125, 3, 1]), 1);
  assertEquals(worstCode([0, 125, 3]), 3);
  assertEquals(worstCode([0, 125]), 125);
  assertEquals(worstCode([0, 0]), 0);
});

Deno.test("worst of nothing is that nothing could be judged", () => {
  assertEquals(worstCode([]), CANNOT_JUDGE);
});

Deno.test("worstOf takes the first of the worst: failed and crashed are equally bad", () => {
  const attempts = (...verdicts: Verdict[]) => verdicts.map((verdict, at) => ({ verdict, at }));
  assertEquals(worstOf(attempts("finished", "crashed", "failed"))?.at, 1);
  assertEquals(worstOf(attempts("failed", "hung", "crashed", "hung"))?.at, 1);
  assertEquals(worstOf(attempts("interrupted", "finished"))?.at, 0);
  assertEquals(worstOf(attempts()), undefined);
});
