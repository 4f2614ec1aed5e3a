import { assertEquals } from "@std/assert";
import { HUNG } from "../../tests/support/attempts.ts";
import { dumpTaken, type RunEventBody } from "./run_event.ts";
import { phrase } from "./event_texts.ts";

function said(event: RunEventBody): string {
  const { text, weight } = phrase(event);
  return `${weight}: ${text}`;
}

Deno.test("phrase says each step of the verdict in words", () => {
  assertEquals(
    said({ type: "deadline-passed", deadlineMs: 5_000, joined: false }),
    "step: the deadline of 5 s has passed; the nursery has not joined",
  );
  assertEquals(
    said({ type: "deadline-passed", deadlineMs: 500, joined: true }),
    "step: the deadline of 500 ms has passed; the nursery has joined, but something stayed",
  );
  assertEquals(
    said({ type: "sigint-acted", afterMs: 1.84 }),
    "step: the runtime acted on SIGINT after 1.8 ms",
  );
  assertEquals(
    said({ type: "main-freed", how: "1 shared lock recovered", handledMs: null }),
    "step: 1 shared lock recovered; the queued handler did not run",
  );
});

Deno.test("phrase names isolates that did not answer", () => {
  const { dump } = HUNG;
  if (dump === null) throw new Error("the fixture has a dump");
  const missing = [{ isolate: "worker-3", why: "native-blocked" }];
  assertEquals(
    said(dumpTaken({ ...dump, missing })),
    "step: looked inside: 2 isolates, 2 tasks, worker-3 did not answer (took 340 ms)",
  );
});

Deno.test("phrase keeps a long list of waits short", () => {
  assertEquals(
    said({ type: "slow", elapsedMs: 10_000, parked: ["a", "b", "c", "d", "e"] }),
    "step: still running after 10.0 s; a; b; c; and 2 more",
  );
});

Deno.test("phrase leaves what is not of the verdict to -v", () => {
  assertEquals(said({ type: "subject-started", pid: 7 }), "detail: the subject runs, process 7");
});
