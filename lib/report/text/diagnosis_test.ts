import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { HUNG, LEAKED } from "../../../tests/support/attempts.ts";
import { CONTRADICTED, DIAGNOSED } from "../../../tests/support/diagnosed.ts";
import { assertGolden } from "../../../tests/support/golden.ts";
import { makeStyle } from "./style.ts";
import { stripAnsi } from "../../protocol/text.ts";
import { diagnosisSection } from "./diagnosis.ts";
import { verdictLine } from "./verdict.ts";

const PLAIN = { style: makeStyle(false), here: "/project" };
const COLOURED = { style: makeStyle(true), here: "/project" };

Deno.test("diagnosisSection shows the trials as a table, the smallest remedy, what others mask, and the cause", () => {
  assertGolden("diagnosis_confirmed.txt", `${diagnosisSection(DIAGNOSED, PLAIN).join("\n")}\n`);
});

Deno.test("diagnosisSection says that the remedies contradict the class, and why the process is lost", () => {
  const { diagnosis } = CONTRADICTED;
  assert(diagnosis?.confirmation.kind === "conflict" && diagnosis.lost !== null);
  const text = diagnosisSection(CONTRADICTED, PLAIN).join(" ").replace(/\s+/g, " ");
  for (const each of [diagnosis.lost, ...diagnosis.confirmation.because]) {
    assertStringIncludes(text, each);
  }
  assertMatch(text, /contradict the class orphaned-channel/);
});

Deno.test("diagnosisSection says the same with colour, and fits into 100 columns", () => {
  const plain = diagnosisSection(DIAGNOSED, PLAIN).join("\n");
  const coloured = diagnosisSection(DIAGNOSED, COLOURED).join("\n");
  assert(coloured !== plain);
  assertEquals(stripAnsi(coloured), plain);
  for (const line of plain.split("\n")) assert(line.length <= 100, line);
});

Deno.test("diagnosisSection does not wait for threads that had gone by themselves", () => {
  const clocks = { ...DIAGNOSED.clocks, threadsGoneMs: 12 };
  const text = diagnosisSection({ ...DIAGNOSED, clocks }, PLAIN).join("\n");
  assertStringIncludes(text, "channel-abort         3.2 ms   gone     –");
  assertStringIncludes(text, "channel-abort + reap  3.2 ms   gone     85 ms");
});

Deno.test("diagnosisSection takes threads that were not seen to go for gone with their process", () => {
  const { diagnosis } = DIAGNOSED;
  assert(diagnosis !== null && diagnosis !== undefined);
  const trials = diagnosis.trials.map((trial) =>
    trial.outcome.kind !== "applied" ? trial : {
      ...trial,
      outcome: { ...trial.outcome, clocks: { ...trial.outcome.clocks, threadsGoneMs: null } },
    }
  );
  const text = diagnosisSection({ ...DIAGNOSED, diagnosis: { ...diagnosis, trials } }, PLAIN);
  assertStringIncludes(text.join("\n"), "channel-abort + reap  3.2 ms   85 ms    85 ms");
});

Deno.test("diagnosisSection is empty where nothing was diagnosed", () => {
  assertEquals(diagnosisSection(HUNG, PLAIN), []);
});

Deno.test("verdictLine tells a confirmed class from a contradicted one", () => {
  const line = (attempt: typeof HUNG) => verdictLine("x", attempt, 124, makeStyle(false));
  assertStringIncludes(
    line(DIAGNOSED),
    "the supervisor's, confirmed by channel-abort + reap (exit",
  );
  assertStringIncludes(line(CONTRADICTED), "CONTRADICTED");
  assert(!line(HUNG).includes("confirmed"));
  const leaked = { ...LEAKED, class: "exit-leak", diagnosis: DIAGNOSED.diagnosis };
  assertMatch(line(leaked), /stayed: .*; exit-leak.*, confirmed by channel-abort \+ reap,/);
  assert(!line(LEAKED).includes("exit-leak"));
});
