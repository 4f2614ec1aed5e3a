import { assertEquals } from "@std/assert";
import type { RunEventBody } from "./run_event.ts";
import type { ActionReport } from "../model/action.ts";
import { streamEventSchema } from "../model/event.ts";
import { streamEventOf } from "./run_event.ts";
import { phrase } from "./event_texts.ts";

const REPORT: ActionReport = {
  action: { kind: "cancel-task", actor: "root/a", task: 4 },
  atMs: 3_000.1,
  effect: { kind: "applied", did: ["cancelled task #4 x"] },
  tasksLeft: ["root/a#4 x"],
  clocks: { nurseryJoinedMs: 2.2, threadsGoneMs: null, processExitedMs: null },
  unwedged: true,
  watchedMs: 40,
};

/** What a run says while the operator acts on it. */
const EVENTS: readonly RunEventBody[] = [
  { type: "standing", because: "interrupted" },
  { type: "resumed", then: "continue", stoodMs: 1_234.56 },
  { type: "action-started", action: REPORT.action },
  { type: "action-done", report: REPORT },
  { type: "paused" },
  { type: "continued", pausedMs: 10_000.04 },
];

Deno.test("streamEventOf puts what is done to a run into the published stream, as its schema has it", () => {
  const lines = EVENTS.map((event) => streamEventOf(2, event));
  for (const [seq, line] of lines.entries()) {
    const event = { schema: "unwedge/event@1", seq, atMs: 1, ...line };
    assertEquals(
      streamEventSchema.parse(event),
      event as ReturnType<typeof streamEventSchema.parse>,
    );
  }
  assertEquals(lines.map((line) => "attempt" in line ? line.attempt : null), EVENTS.map(() => 2));
});

Deno.test("phrase says for people what is done to a run", () => {
  const said = EVENTS.map((event) => phrase(event).text);
  assertEquals(said, [
    "the run waits for a decision",
    "the run goes on after 1.23 s: continue",
    "cancel task root/a#4",
    "cancel task root/a#4: cancelled task #4 x: unwedged, the nursery joined after 2.2 ms",
    "subject and clocks are stopped",
    "subject and clocks go on after 10.0 s",
  ]);
});
