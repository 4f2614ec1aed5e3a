/** Holds the prover against many random programs, one after the other. @module */

import { checkProgram } from "./check_program.ts";
import type { Program } from "./program.ts";

/** How it went. */
export interface ProofCounts {
  ended: number;
  hung: number;
  /** Of those that hung. */
  proven: number;
  readonly falseProofs: Program[];
  /** Why the others that hung were not proven to, with how often. */
  readonly reasons: Map<string, number>;
}

/**
 * Checks programs with consecutive seeds. One at a time: what stands still is an isolate, so two in one would keep each
 * other from being proven.
 */
export async function checkPrograms(
  { programs, seed, onProgress }: {
    readonly programs: number;
    readonly seed: number;
    readonly onProgress?: (done: number) => void;
  },
): Promise<ProofCounts> {
  const counts: ProofCounts = { ended: 0, hung: 0, proven: 0, falseProofs: [], reasons: new Map() };
  for (let done = 0; done < programs; done++) {
    const checked = await checkProgram(seed + done);
    if (checked.kind === "ended") counts.ended++;
    else if (checked.kind === "false-proof") counts.falseProofs.push(checked.program);
    else {
      counts.hung++;
      if (checked.proven) counts.proven++;
      else countReason(counts.reasons, checked.reasons[0] ?? "the prover was not asked");
    }
    onProgress?.(done + 1);
  }
  return counts;
}

function countReason(reasons: Map<string, number>, reason: string): void {
  const kind = reason.replace(/\d+/g, "N");
  reasons.set(kind, (reasons.get(kind) ?? 0) + 1);
}
