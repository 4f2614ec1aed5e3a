/**
 * Runs one program that hides what wakes it, as `repro` would: stopped at a proof. So a false proof is a verdict.
 *
 * @module
 */

import { runScenario } from "../../../lib/run/run_scenario.ts";
import { REAL_TOOLS } from "../../../lib/run/run_tools.ts";
import type { ProofReport } from "../../../lib/model/proof.ts";
import { type Hiding, writeHiddenProgram } from "./hidden_program.ts";

/** What came of it. */
export interface CheckedHidden {
  readonly verdict: string;
  readonly proof: ProofReport | null;
  /** What went wrong when there is no verdict; null otherwise. */
  readonly trouble: string | null;
}

/** The heartbeat looks at long waits after a second; what is hidden there needs more than that. */
const DEADLINE_MS = 4_000;

/** Runs a program that hides this. */
export async function checkHiddenProgram(hiding: Hiding): Promise<CheckedHidden> {
  const runDir = await Deno.makeTempDir({ prefix: "unwedge-hidden-" });
  try {
    const outcome = await runScenario({
      scenarioUrl: writeHiddenProgram(runDir, hiding),
      name: "hidden",
      runDir,
      remedies: [],
      set: {},
      deadlineMs: DEADLINE_MS,
      settleMs: null,
      softKillMs: 100,
      hardKillMs: 100,
      graceMs: 0,
      sigintProbe: false,
      samples: 2,
      sampleGapMs: 0,
      seed: 1,
      slowMs: 60_000,
    }, {
      // What is inside does not matter.
      tools: { ...REAL_TOOLS, takeDump: () => Promise.reject(new Error("not wanted")) },
    });
    if (outcome.kind !== "judged") {
      return { verdict: outcome.kind, proof: null, trouble: JSON.stringify(outcome) };
    }
    const { verdict, proof, outputTail: { stderr } } = outcome.attempt;
    return { verdict, proof: proof ?? null, trouble: verdict === "failed" ? stderr : null };
  } finally {
    await Deno.remove(runDir, { recursive: true });
  }
}
