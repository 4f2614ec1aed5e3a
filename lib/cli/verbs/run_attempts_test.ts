import { FACTS } from "../../../tests/support/scenario_facts.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { FINISHED, HUNG } from "../../../tests/support/attempts.ts";
import type { RunOutcome } from "../../run/run_scenario.ts";
import { type AttemptPlan, runAttempts } from "./run_attempts.ts";

const UNJUDGED: RunOutcome = { kind: "cannot-judge", message: "no" };

function plan(given: Partial<AttemptPlan>): AttemptPlan {
  return {
    repeat: 1,
    untilHang: false,
    failFast: false,
    jobs: 1,
    stop: new AbortController().signal,
    run: () => Promise.resolve({ runDir: "", outcome: UNJUDGED, durationMs: 1 }),
    onEvent: () => {},
    onOutcome: () => {},
    ...given,
  };
}

Deno.test("runAttempts runs as many as asked for, and gives them in order", async () => {
  const gates = [1, 2, 3].map(() => Promise.withResolvers<void>());
  const running = runAttempts(plan({
    repeat: 3,
    jobs: 3,
    run: async (number) => {
      await gates[number - 1]?.promise;
      return { runDir: `${number}`, outcome: UNJUDGED, durationMs: 1 };
    },
  }));
  for (const gate of gates.toReversed()) gate.resolve();
  assertEquals((await running).map(({ number, runDir }) => [number, runDir]), [
    [1, "1"],
    [2, "2"],
    [3, "3"],
  ]);
});

Deno.test("runAttempts never runs more at once than jobs", async () => {
  let now = 0;
  let most = 0;
  await runAttempts(plan({
    repeat: 10,
    jobs: 3,
    run: async () => {
      most = Math.max(most, ++now);
      await Promise.resolve();
      now--;
      return { runDir: "", outcome: UNJUDGED, durationMs: 1 };
    },
  }));
  assertEquals(most, 3);
});

Deno.test("runAttempts starts nothing after the stop", async () => {
  const stop = new AbortController();
  const attempts = await runAttempts(plan({
    repeat: Infinity,
    stop: stop.signal,
    run: (number) => {
      if (number === 2) stop.abort();
      return Promise.resolve({ runDir: "", outcome: UNJUDGED, durationMs: 1 });
    },
  }));
  assertEquals(attempts.length, 2);
});

Deno.test("runAttempts does not repeat what would be refused again", async () => {
  const outcome: RunOutcome = { kind: "refused", message: "no such parameter" };
  const attempts = await runAttempts(plan({
    repeat: 5,
    run: () => Promise.resolve({ runDir: "", outcome, durationMs: 1 }),
  }));
  assertEquals(attempts.length, 1);
});

Deno.test("runAttempts waits for the others before it passes on a fault", async () => {
  const slow = Promise.withResolvers<void>();
  const ended: number[] = [];
  const running = runAttempts(plan({
    repeat: 5,
    jobs: 2,
    run: async (number) => {
      if (number === 1) throw new Error("broken");
      await slow.promise;
      ended.push(number);
      return { runDir: "", outcome: UNJUDGED, durationMs: 1 };
    },
  }));
  slow.resolve();
  await assertRejects(() => running, Error, "broken");
  assertEquals(ended, [2]);
});

Deno.test("runAttempts starts nothing more after the first that did not finish, where asked to", async () => {
  const outcomes: RunOutcome[] = [FINISHED, HUNG, FINISHED].map((attempt) => ({
    kind: "judged",
    facts: FACTS,
    attempt,
  }));
  const ran = async (failFast: boolean, outcomes: readonly RunOutcome[]) => {
    const run = (number: number) =>
      Promise.resolve({ runDir: "", outcome: outcomes[number - 1] ?? UNJUDGED, durationMs: 1 });
    return (await runAttempts(plan({ repeat: 3, failFast, run }))).length;
  };
  assertEquals([await ran(true, outcomes), await ran(false, outcomes)], [2, 3]);
  assertEquals([await ran(true, []), await ran(false, [])], [1, 3]);
});
