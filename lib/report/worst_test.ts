import { assertEquals } from "@std/assert";
import type { Verdict } from "../model/result.ts";
import { suiteDocument } from "../../tests/support/suite_document.ts";
import { CANNOT_JUDGE, endNote, VERDICT_CODES, worstCode, worstOf } from "./worst.ts";

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

Deno.test("endNote says why the exit code is not the verdict's, and nothing where it is", () => {
  const { run, totals } = suiteDocument([]);
  const note = (change: Partial<typeof run>, faults = 0) =>
    endNote({ run: { ...run, ...change }, totals: { ...totals, faults } });
  assertEquals(
    [
      note({ interruptedBy: null, exitCode: 124 }),
      note({ interruptedBy: null, exitCode: 125 }),
      note({ interruptedBy: null, exitCode: 125 }, 1),
      note({ interruptedBy: "SIGINT", exitCode: 130 }),
    ],
    [null, "not everything could be written", "not everything could be judged", "interrupted"],
  );
});
