import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  CRASHED,
  FAILED,
  FINISHED,
  HUNG,
  INTERRUPTED,
  LEAKED,
  STARVED,
} from "../../../tests/support/attempts.ts";
import { assertGolden } from "../../../tests/support/golden.ts";
import { type HumanReport, renderHuman } from "./page.ts";
import type { Attempt } from "../../model/result.ts";
import { makeStyle, stripAnsi } from "./style.ts";

const PLAIN = { style: makeStyle(false), here: "/project" };

function report(attempt: Attempt, given: Partial<HumanReport> = {}): HumanReport {
  return {
    name: "non-checkpointing",
    summary: "a child that never reaches a checkpoint",
    attempt,
    exitCode: 124,
    dumpText: attempt.dump === null ? null : "(the dump)",
    classText: {
      about: "A task of the parent waits on the channel of a child that was given up.",
      fixes: ["Break the parent's end of the channel when the child is given up."],
    },
    fixedBy: ["channel-abort", "reap"],
    again: ["deno run -A main.ts repro non-checkpointing", ...attempt.remedies].join(" "),
    replayWith: (remedies) =>
      ["deno run -A main.ts repro non-checkpointing", ...remedies].join(" "),
    runDir: ".unwedge/runs/1",
    closing: [],
    amount: "normal",
    ...given,
  };
}

Deno.test("renderHuman of a hang goes from detail to verdict", () => {
  assertGolden("human_hung.txt", renderHuman(report(HUNG), PLAIN));
});

Deno.test("renderHuman of a starved loop prints the certificate", () => {
  const text = renderHuman(report(STARVED), PLAIN);
  assertGolden("human_starved.txt", text);
});

Deno.test("renderHuman of a leak names what stayed", () => {
  const lines = renderHuman(report(LEAKED, { exitCode: 3 }), PLAIN).split("\n");
  assertEquals(
    lines.filter((line) => line.startsWith("  stayed: ")),
    LEAKED.leftovers.map((each) => `  stayed: ${each}`),
  );
});

Deno.test("renderHuman is two lines when teardown finished, and the whole page with verbose", () => {
  const short = renderHuman(report(FINISHED, { exitCode: 0 }), PLAIN);
  assertEquals(
    short,
    "again: deno run -A main.ts repro non-checkpointing\n" +
      "FINISHED non-checkpointing: teardown finished in 43 ms of 5 s (exit code 0)\n",
  );
  const long = renderHuman(report(FINISHED, { exitCode: 0, amount: "verbose" }), PLAIN);
  assertStringIncludes(long, "process exited");
});

Deno.test("renderHuman is the verdict alone when quiet", () => {
  const text = renderHuman(report(HUNG, { amount: "quiet" }), PLAIN);
  assertEquals(text.split("\n").length, 2);
});

Deno.test("renderHuman ends with the verdict, whatever it is", () => {
  for (const attempt of [HUNG, STARVED, LEAKED, FINISHED, FAILED, CRASHED, INTERRUPTED]) {
    const lines = renderHuman(report(attempt), PLAIN).trimEnd().split("\n");
    const last = lines.at(-1) ?? "";
    assertEquals(last.startsWith(`${attempt.verdict.toUpperCase()} non-checkpointing: `), true);
  }
});

Deno.test("renderHuman says the same with colour and without", () => {
  const colored = renderHuman(report(STARVED), { style: makeStyle(true), here: "/project" });
  const plain = renderHuman(report(STARVED), PLAIN);
  assertEquals(stripAnsi(colored), plain);
  assertEquals(colored === plain, false);
});

Deno.test("renderHuman removes the subject's escape sequences", () => {
  assertEquals(renderHuman(report(HUNG), PLAIN).includes("\x1b"), false);
});

Deno.test("renderHuman names time zero in the timeline of a run that requested no teardown", () => {
  const entry = (event: string) => ({ atMs: 0, actor: "root", event, detail: "" });
  const titles = ["boot", "joined", "teardown-requested"].map((event) =>
    /timeline, from (.+?) ─/.exec(
      renderHuman(report({ ...HUNG, timeline: [entry(event)] }), PLAIN),
    )?.[1]
  );
  assertEquals(titles, ["the first record", "the end of the program", "the request of teardown"]);
});

Deno.test("renderHuman cuts a long timeline in the middle and says so", () => {
  const timeline = Array.from({ length: 500 }, (_, n) => ({
    atMs: n,
    actor: "root",
    event: "rung",
    detail: `number ${n}`,
  }));
  const text = renderHuman(report({ ...HUNG, timeline }), PLAIN);
  assertStringIncludes(text, "440 lines left out");
  assertStringIncludes(text, "number 0\n");
  assertStringIncludes(text, "number 499\n");
});

Deno.test("renderHuman of a crash says how the subject ended", () => {
  assertStringIncludes(
    renderHuman(report(CRASHED), PLAIN),
    "the subject crashed; it ended with SIGKILL",
  );
});
