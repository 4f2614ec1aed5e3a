import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import type { Confirmation } from "../../../model/diagnosis.ts";
import { outcomeLines } from "./outcome.ts";
import { report } from "../../../../tests/support/hung.ts";
import { screen } from "../../../../tests/support/triage.ts";

const SCENARIO = { joined: false, isCommand: false };

const SENTENCE = "the nursery was waiting for it; channel-abort let it finish in 4.0 ms.";

function shown(confirmation: Confirmation, sentence: string | null = SENTENCE): string {
  const freed = report({
    unwedged: true,
    clocks: { nurseryJoinedMs: 4, threadsGoneMs: 5, processExitedMs: 6 },
  });
  return outcomeLines(freed, SCENARIO, { sentence, confirmation }, screen(400)).join("\n");
}

Deno.test("outcomeLines says confirmed where the effect agrees with the class", () => {
  const lines = shown({ kind: "confirmed", class: "orphaned-channel", because: ["it was told"] });
  assertStringIncludes(lines, `Confirmed: ${SENTENCE}\nThis agrees with the class`);
  assertFalse(lines.includes("Shown"), lines);
});

Deno.test("outcomeLines says shown, and what is missing, where the effect confirms no class", () => {
  const because = ["not tried: Ctrl-C was not acted on", "not seen: more"];
  const lines = shown({ kind: "unconfirmed", class: "loop-starved", because });
  assertStringIncludes(
    lines,
    `Shown: ${SENTENCE}\nThis alone does not confirm the class, loop-starved: it is still to be shown ` +
      "that Ctrl-C was not acted on.",
  );
  assertFalse(lines.includes("Confirmed"), lines);
});

Deno.test("outcomeLines says shown, and by what, where the effect contradicts the class", () => {
  const because = ["reap freed the nursery: it was the child that was waited for"];
  const lines = shown({ kind: "conflict", class: "orphaned-channel", because });
  assertStringIncludes(lines, `Shown: ${SENTENCE}\nThis contradicts the class from the evidence`);
  assertStringIncludes(lines, "orphaned-channel: reap freed the nursery");
  assertFalse(lines.includes("Confirmed"), lines);
});

Deno.test("outcomeLines confirms no class where the evidence fits none", () => {
  const because = ["no remedy can confirm unknown"];
  const lines = shown({ kind: "unconfirmed", class: "unknown", because }, null);
  assertEquals(lines.split("\n").at(-1), "The evidence fits no class, so this confirms none.");
});

Deno.test("outcomeLines cuts neither what was done nor what came of it, on a narrow terminal", () => {
  const did = ["root/foreman/sleeper: ended the thread of root/foreman/sleeper (worker-2)"];
  const freed = report({
    action: { kind: "reap", actor: "root/foreman/sleeper" },
    effect: { kind: "applied", did: [...did, ...did] },
    unwedged: true,
    clocks: { nurseryJoinedMs: 4, threadsGoneMs: 5, processExitedMs: 6 },
  });
  const lines = outcomeLines(freed, SCENARIO, null, screen(60));
  for (const line of lines) assertFalse(line.length >= 60 || line.endsWith("…"), line);
  const words = lines.join(" ").replaceAll(/\s+/g, " ");
  assertEquals(words.split(did[0] ?? "?").length, 3);
  assertStringIncludes(
    words,
    "UNWEDGED by reap of root/foreman/sleeper in 4.0 ms. The process has gone.",
  );
});

Deno.test("outcomeLines does not say that no task left where the nursery joined", () => {
  const stopped = report({
    unwedged: true,
    clocks: { nurseryJoinedMs: 4, threadsGoneMs: null, processExitedMs: null },
  });
  const shown = (each: typeof stopped) => outcomeLines(each, SCENARIO, null, screen()).join("\n");
  assertFalse(shown(stopped).includes("none left its wait"), shown(stopped));
  assertStringIncludes(shown(report()), "none left its wait");
});
