/**
 * How long after the last thing moved a hang is proven, for every scenario that declares a proof: as a user runs it,
 * each time in a process of its own, so that the prover is loaded and compiled anew.
 *
 * @module
 */

import { describe, shippedScenarios } from "../../../lib/cli/catalog.ts";
import type { ResultDocument } from "../../../lib/model/result.ts";

/** The times of one scenario. */
export interface ProofTimes {
  readonly name: string;
  /** Milliseconds from the last move to the proof, shortest first. */
  readonly ms: readonly number[];
  /** Runs in which nothing was proven, with the reason. */
  readonly missed: readonly string[];
}

const MAIN = new URL("../../../main.ts", import.meta.url).href;

/** Names of the scenarios that declare a proof. */
export async function provableScenarios(): Promise<string[]> {
  const described = await describe(shippedScenarios());
  return described.flatMap((each) =>
    each.ok && each.facts.expected.proven === true ? [each.facts.name] : []
  );
}

/** Runs one scenario some times, one after the other. */
export async function proofTimes(name: string, runs: number): Promise<ProofTimes> {
  const ms: number[] = [];
  const missed: string[] = [];
  for (let run = 0; run < runs; run++) {
    const outDir = await Deno.makeTempDir({ prefix: "unwedge-proof-ms-" });
    try {
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", MAIN, "repro", name, "--json", "--grace", "200ms", "-o", outDir],
        stdin: "null",
        stderr: "null",
      }).output();
      const document: ResultDocument = JSON.parse(new TextDecoder().decode(stdout));
      const proof = document.scenarios[0]?.attempts[0]?.proof;
      if (proof?.kind === "proven") ms.push(proof.provenMs - proof.quietMs);
      else missed.push(proof?.reasons.join("; ") ?? "it did not hang");
    } finally {
      await Deno.remove(outDir, { recursive: true });
    }
  }
  return { name, ms: ms.sort((a, b) => a - b), missed };
}
