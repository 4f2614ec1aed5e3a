import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  CRASHED,
  EVERY_VERDICT,
  FINISHED,
  HUNG,
  LEAKED,
  STARVED,
  step,
} from "../../../tests/support/attempts.ts";
import { DIAGNOSED } from "../../../tests/support/diagnosed.ts";
import { assertGolden } from "../../../tests/support/golden.ts";
import { type HumanReport, renderHuman } from "./page.ts";
import type { Attempt } from "../../model/result.ts";
import { makeStyle } from "./style.ts";
import { stripAnsi } from "../../protocol/text.ts";

const PLAIN = { style: makeStyle(false), here: "/project" };

const HUNG_PATH = HUNG.path ?? { kind: "dead-end" as const, because: "", steps: [] };

function report(attempt: Attempt, given: Partial<HumanReport> = {}): HumanReport {
  return {
    name: "non-checkpointing",
    summary: "a child that never reaches a checkpoint",
    attempt,
    exitCode: 124,
    dumpText: attempt.dump === null ? null : "(the dump)",
    classText: {
      summary: "a task of the parent waits on the channel of a child that was given up",
      why: "Its port is silent.",
      fixes: ["break the parent's end of the channel when the child is given up"],
    },
    fixedBy: ["channel-abort", "reap"],
    commands: {
      again: ["deno run -A main.ts repro non-checkpointing", ...attempt.remedies].join(" "),
      againWith: (flag) => `deno run -A main.ts repro non-checkpointing ${flag}`,
      diagnose: "deno run -A main.ts diagnose non-checkpointing",
      explain: (name) => `deno run -A main.ts explain ${name}`,
      doctor: "deno run -A main.ts doctor",
      flags: [],
    },
    fullReport: ".unwedge/runs/1/report.txt",
    replayWith: (remedies) =>
      ["deno run -A main.ts repro non-checkpointing", ...remedies].join(" "),
    runDir: ".unwedge/runs/1",
    closing: [],
    amount: "normal",
    ...given,
  };
}

Deno.test("renderHuman of a hang is one screen that ends with the lines to edit", () => {
  assertGolden("human_hung.txt", renderHuman(report(HUNG), { ...PLAIN, columns: 80 }));
});

Deno.test("renderHuman with verbose goes from detail to the same end", () => {
  const whole = renderHuman(report(HUNG, { amount: "verbose" }), PLAIN);
  assertGolden("human_hung_whole.txt", whole);
  const [, end = "none"] = renderHuman(report(HUNG), PLAIN).split("\nHUNG ");
  assertEquals(whole.split("\nHUNG ")[1], end);
});

Deno.test("renderHuman of a starved loop prints the certificate", () => {
  const text = renderHuman(report(STARVED, { amount: "verbose" }), PLAIN);
  assertGolden("human_starved.txt", text);
});

Deno.test("renderHuman of a leak names what stayed", () => {
  const text = renderHuman(report(LEAKED, { exitCode: 3, amount: "verbose" }), PLAIN);
  for (const each of LEAKED.leftovers) assertStringIncludes(text, `stayed: ${each}`);
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

Deno.test("renderHuman tells the verdict in the last lines, whatever it is", () => {
  for (const attempt of EVERY_VERDICT) {
    const lines = renderHuman(report(attempt), PLAIN).trimEnd().split("\n");
    const at = lines.findIndex((line) =>
      line.startsWith(`${attempt.verdict.toUpperCase()} non-checkpointing: `)
    );
    assertEquals(at >= lines.length - 9 && at >= 0, true, lines.join("\n"));
  }
});

Deno.test("renderHuman keeps the line to edit first in the last eight lines, and the page on a screen of 40", () => {
  const many = step({ task: "#3 another", at: HUNG.path?.steps[0]?.at ?? null });
  const long = {
    ...HUNG,
    path: { ...HUNG_PATH, steps: [...Array(9).fill(many), ...HUNG_PATH.steps] },
  };
  for (const attempt of [HUNG, STARVED, long]) {
    for (const columns of [60, 80, 120]) {
      const lines = renderHuman(report(attempt), { ...PLAIN, columns }).trimEnd().split("\n");
      assertStringIncludes(lines.slice(-8).join("\n"), "fixtures/children/non_checkpointing.ts:12");
      assertEquals(lines.length <= 40, true);
    }
  }
});

Deno.test("renderHuman names on its one screen what of the outside stands beside a wait", () => {
  const evidence = [{ kind: "beside", detail: "beside it: process 7", ref: null }];
  assertStringIncludes(renderHuman(report({ ...HUNG, evidence }), PLAIN), "beside it: process 7");
});

Deno.test("renderHuman of a diagnosis fits a screen, and names what helped and what did not", () => {
  const lines = renderHuman(report(DIAGNOSED), { ...PLAIN, columns: 80 }).trimEnd().split("\n");
  assertEquals(lines.length <= 40, true);
  const text = lines.join(" ").replace(/\s+/g, " ");
  for (const { name } of DIAGNOSED.diagnosis?.trials ?? []) assertStringIncludes(text, name);
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
      renderHuman(report({ ...HUNG, timeline: [entry(event)] }, { amount: "verbose" }), PLAIN),
    )?.[1]
  );
  assertEquals(titles, ["the first record", "the end of the program", "the request of teardown"]);
});

Deno.test("renderHuman cuts a long timeline in the middle and says so", () => {
  const timeline = Array.from({ length: 500 }, (_, n) => ({
    atMs: n,
    actor: "root",
    event: "remedy",
    detail: `number ${n}`,
  }));
  const text = renderHuman(report({ ...HUNG, timeline }, { amount: "verbose" }), PLAIN);
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
