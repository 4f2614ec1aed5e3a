import { assertEquals } from "@std/assert";
import { REQUEST } from "../../../tests/support/scenario_facts.ts";
import { attemptOf } from "../../../tests/support/attempts.ts";
import { ACTED, IGNORED } from "../../../tests/support/facts.ts";
import type { RunRequest } from "../run_request.ts";
import { sigintTrial } from "./first_run.ts";

const SINCE = { threadsGoneMs: 6, processExitedMs: 7 };

function request(sigintProbe: boolean): RunRequest {
  return { ...REQUEST, sigintProbe };
}

Deno.test("sigintTrial has the clocks that stopped because of the signal", () => {
  const [trial] = sigintTrial(attemptOf(null, { sigint: ACTED }), request(true), SINCE);
  assertEquals(trial?.outcome, {
    kind: "applied",
    did: ["sent a real SIGINT", "the runtime acted on it after 2 ms"],
    clocks: { nurseryJoinedMs: 4, ...SINCE },
    tasksLeft: [],
    watchedMs: 2_000,
  });
});

Deno.test("sigintTrial does not claim what came of main being freed by hand after the signal", () => {
  const late = { ...IGNORED, joinedMs: 2_100 };
  for (const sigint of [IGNORED, late]) {
    const [trial] = sigintTrial(attemptOf(null, { sigint }), request(true), SINCE);
    const clocks = trial?.outcome.kind === "applied" ? trial.outcome.clocks : null;
    assertEquals(clocks, { nurseryJoinedMs: null, threadsGoneMs: null, processExitedMs: null });
  }
});

Deno.test("sigintTrial does not claim an end of the process that the nursery did not join before", () => {
  const sigint = { ...ACTED, unwedged: false, joinedMs: null };
  const [trial] = sigintTrial(attemptOf(null, { sigint }), request(true), SINCE);
  const clocks = trial?.outcome.kind === "applied" ? trial.outcome.clocks : null;
  assertEquals(clocks?.processExitedMs, null);
});

Deno.test("sigintTrial is none where a copy tries it, and says why where nothing did", () => {
  assertEquals(sigintTrial(attemptOf(null, { sigint: null }), request(false), SINCE), []);
  const [unsent] = sigintTrial(attemptOf(null, { sigint: null }), request(true), SINCE);
  assertEquals(unsent?.outcome.kind, "not-tried");
  const leaked = attemptOf(null, { verdict: "leaked", sigint: null });
  const [leak] = sigintTrial(leaked, request(true), SINCE);
  assertEquals(leak?.outcome.kind, "not-tried");
});

Deno.test("sigintTrial says nothing of a signal after which a slow subject may have joined by itself", () => {
  const sigint = { ...ACTED, unwedged: false, unsure: "the child was in a sleep" };
  const [trial] = sigintTrial(attemptOf(null, { sigint }), request(true), SINCE);
  assertEquals(trial?.outcome, {
    kind: "void",
    why: "it may have joined by itself: the child was in a sleep",
  });
});
