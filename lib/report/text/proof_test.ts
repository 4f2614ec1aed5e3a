import { assertEquals, assertStringIncludes } from "@std/assert";
import { HUNG } from "../../../tests/support/attempts.ts";
import type { ProofReport, ProofStep } from "../../model/proof.ts";
import { makeStyle } from "./style.ts";
import { proofSection } from "./proof.ts";
import { verdictLine } from "./verdict.ts";

const PLAIN = { style: makeStyle(false), here: "/project" };

function step(actor: string, task: string, shielded = false): ProofStep {
  return { actor, task, kind: "rpc", resource: "answer on x", peer: null, shielded };
}

const CYCLE: ProofReport = {
  kind: "proven",
  proof: {
    kind: "cycle",
    path: [step("root", "#1 top"), step("root", "#2 a"), step("root/b", "#4 b", true)],
    entry: 1,
  },
  quietMs: 5,
  provenMs: 71,
};

function textOf(proof: ProofReport | null): string {
  return proofSection({ ...HUNG, proof }, PLAIN).join("\n");
}

Deno.test("proofSection shows a cycle step by step, and where it closes", () => {
  const text = textOf(CYCLE);
  assertStringIncludes(text, "  1.  top waits for the answer on x\n");
  assertStringIncludes(text, "  2.  a waits for the answer on x ◀\n");
  assertStringIncludes(text, "  3.  b (root/b) waits for the answer on x, shielded from cancels\n");
  assertStringIncludes(text, "for step 2, which closes the cycle");
});

Deno.test("proofSection says why a path ends, and why a hang is not provable", () => {
  if (CYCLE.kind !== "proven") throw new Error("it is");
  const { path } = CYCLE.proof;
  const deadEnd = textOf({ ...CYCLE, proof: { kind: "dead-end", path, because: "b is dead" } });
  assertStringIncludes(deadEnd, "b is dead");
  assertEquals(deadEnd.includes("◀"), false);
  const reasons = Array.from({ length: 7 }, (_, n) => `reason ${n}`);
  const open = textOf({ kind: "not-provable", reasons });
  assertStringIncludes(open, "Not provable");
  assertStringIncludes(open, "- reason 4\n    - and 2 more");
});

Deno.test("proofSection is empty for a run that does not hang", () => {
  assertEquals(textOf(null), "");
});

Deno.test("verdictLine says proven only of a proven hang, and tells a proof before the deadline from one after it", () => {
  const line = (proof: ProofReport | null) =>
    verdictLine("x", { ...HUNG, proof, proven: proof !== null }, 124, PLAIN.style);
  assertStringIncludes(
    line(CYCLE),
    "teardown never ends, proven after 71 ms: a cycle of waits",
  );
  const late: ProofReport = { ...CYCLE, provenMs: HUNG.deadlineMs + 1 } as ProofReport;
  assertStringIncludes(line(late), "and never ends, proven");
  assertEquals(line(null).includes("never"), false);
});
