import { EXPECTED } from "../../tests/support/suite_document.ts";
import { assertEquals } from "@std/assert";
import { FINISHED, HUNG, INTERRUPTED, LEAKED, STARVED } from "../../tests/support/attempts.ts";
import { CONTRADICTED, DIAGNOSED } from "../../tests/support/diagnosed.ts";
import type { ScenarioFacts } from "../protocol/journal_event.ts";
import { asDeclared, compare, type Declared, declaredBy, differenceLine } from "./declared.ts";
import type { Attempt } from "../model/result.ts";

const DECLARED: Declared = {
  name: "x",
  file: "file:///x.ts",
  summary: "",
  expected: EXPECTED,
  fixedBy: ["channel-abort", "reap"],
};

const HEALTHY: Declared = {
  ...DECLARED,
  expected: {
    verdict: "finished",
    class: null,
    owner: null,
    ctrlC: "not-needed",
    withRemedies: null,
  },
  fixedBy: [],
};

function differences(attempt: Attempt, declared = DECLARED): string {
  const comparison = compare(attempt, declared);
  return comparison.kind === "mismatch" ? differenceLine(comparison.differences) : comparison.kind;
}

Deno.test("compare takes verdict, class, owner and Ctrl-C together", () => {
  assertEquals(differences(HUNG), "as-declared");
  assertEquals(
    differences({ ...HUNG, class: "unknown" }),
    "class unknown, not orphaned-channel",
  );
  assertEquals(differences({ ...HUNG, owner: "program" }), "owner program, not supervisor");
  assertEquals(
    differences(FINISHED),
    "verdict finished, not hung; class none, not orphaned-channel; owner none, not supervisor",
  );
});

Deno.test("compare takes an ignored Ctrl-C for a mismatch where it must unwedge, and vice versa", () => {
  const { sigint } = STARVED;
  assertEquals(differences({ ...HUNG, sigint }), "Ctrl-C ignored, not unwedges");
  const starved: Declared = { ...DECLARED, expected: { ...DECLARED.expected, ctrlC: "ignored" } };
  assertEquals(differences(HUNG, starved), "Ctrl-C unwedges, not ignored");
  assertEquals(differences({ ...HUNG, sigint }, starved), "as-declared");
});

Deno.test("compare takes a missing proof for a mismatch, and one that was not declared", () => {
  const proven = (proven: boolean | null): Declared => ({
    ...DECLARED,
    expected: { ...DECLARED.expected, proven },
  });
  assertEquals(differences({ ...HUNG, proven: false }, proven(true)), "proof none, not found");
  assertEquals(differences({ ...HUNG, proven: true }, proven(true)), "as-declared");
  assertEquals(differences({ ...HUNG, proven: true }, proven(false)), "proof found, not none");
  assertEquals(differences({ ...HUNG, proven: false }, proven(false)), "as-declared");
});

Deno.test("compare judges a proof only of a hang, and only where the document says what was declared", () => {
  assertEquals(differences({ ...HUNG, proven: true }), "as-declared");
  const proven = { ...HEALTHY, expected: { ...HEALTHY.expected, proven: false } };
  assertEquals(differences(FINISHED, proven), "as-declared");
});

Deno.test("declaredBy takes a scenario without a word about a proof for one that declares none", () => {
  const { name, file, summary } = DECLARED;
  const facts: ScenarioFacts = {
    name,
    file,
    summary,
    story: "",
    params: {},
    expected: { verdict: "hung", class: null, owner: null, ctrlC: "unwedges" },
    fixedBy: [],
    settleMs: 0,
    softKillMs: 0,
    hardKillMs: 0,
    deadlineMs: 0,
  };
  assertEquals(declaredBy(facts).expected.proven, false);
  const proven = { ...facts, expected: { ...facts.expected, proven: true } };
  assertEquals(declaredBy(proven).expected.proven, true);
});

Deno.test("compare does not judge a Ctrl-C that was not tried", () => {
  assertEquals(differences({ ...HUNG, sigint: null }), "as-declared");
});

Deno.test("compare wants a finish once the declared remedies are on", () => {
  const remedies = ["channel-abort", "reap"];
  assertEquals(differences({ ...FINISHED, remedies }), "as-declared");
  assertEquals(differences({ ...FINISHED, remedies: [...remedies, "x"] }), "as-declared");
  assertEquals(asDeclared({ ...HUNG, remedies }, DECLARED), false);
});

Deno.test("compare uses the declaration for the remedied run where that run cannot finish", () => {
  const leaks: Declared = {
    ...DECLARED,
    expected: {
      ...DECLARED.expected,
      withRemedies: { verdict: "leaked", class: "exit-leak", owner: "platform" },
    },
  };
  const remedies = ["channel-abort", "reap"];
  assertEquals(differences({ ...LEAKED, remedies }, leaks), "as-declared");
  assertEquals(asDeclared({ ...FINISHED, remedies }, leaks), false);
  // With more on than was declared, more may be reached.
  assertEquals(differences({ ...FINISHED, remedies: [...remedies, "x"] }, leaks), "as-declared");
});

Deno.test("compare says nothing where nothing was declared", () => {
  assertEquals(differences({ ...LEAKED, remedies: ["channel-abort"] }), "not-declared");
  assertEquals(differences(INTERRUPTED), "not-declared");
  assertEquals(asDeclared(INTERRUPTED, DECLARED), null);
  const incurable: Declared = { ...DECLARED, fixedBy: [] };
  assertEquals(differences({ ...HUNG, remedies: ["reap"] }, incurable), "not-declared");
});

Deno.test("compare takes a remedy that does harm to a healthy scenario for a mismatch", () => {
  assertEquals(differences({ ...FINISHED, remedies: ["reap"] }, HEALTHY), "as-declared");
  assertEquals(asDeclared({ ...HUNG, remedies: ["reap"] }, HEALTHY), false);
});

Deno.test("compare takes a diagnosis that contradicts the class for a mismatch, and no other one", () => {
  assertEquals(differences(DIAGNOSED), "as-declared");
  assertEquals(
    differences(CONTRADICTED),
    "diagnosis conflict with orphaned-channel (Ctrl-C was not acted on: main's loop does not turn, so a silent " +
      "channel is not what holds it), not agreement",
  );
});
