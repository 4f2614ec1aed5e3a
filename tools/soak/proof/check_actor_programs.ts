/** Holds the prover against many random programs of several actors, a few at a time. @module */

import { checkActorProgram, type CheckedActors } from "./check_actor_program.ts";

/** How it went. */
export interface ActorProofCounts {
  ended: number;
  hung: number;
  notJudged: number;
  /** Of those that hung. */
  proven: number;
  /** Proven, and then something moved, or the program ended. */
  readonly falseProofs: CheckedActors[];
  /** Milliseconds from the last thing that moved to the proof, shortest first. */
  readonly latencies: number[];
  /** Why the others that hung were not proven to, with how often. */
  readonly reasons: Map<string, number>;
}

/** Checks programs with consecutive seeds. */
export async function checkActorPrograms(
  { programs, seed, jobs }: {
    readonly programs: number;
    readonly seed: number;
    readonly jobs: number;
  },
): Promise<ActorProofCounts> {
  const counts: ActorProofCounts = {
    ended: 0,
    hung: 0,
    notJudged: 0,
    proven: 0,
    falseProofs: [],
    latencies: [],
    reasons: new Map(),
  };
  let next = seed;
  const worker = async () => {
    while (next < seed + programs) count(counts, await checkActorProgram(next++));
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  counts.latencies.sort((a, b) => a - b);
  return counts;
}

function count(counts: ActorProofCounts, checked: CheckedActors): void {
  const { outcome, provenAfterMs, refutedBy, reasons } = checked;
  if (outcome === "not-judged") counts.notJudged++;
  else counts[outcome]++;
  if (provenAfterMs !== null) {
    if (outcome !== "hung" || refutedBy !== null) counts.falseProofs.push(checked);
    else counts.proven++;
    counts.latencies.push(provenAfterMs);
  } else if (outcome === "hung") {
    const kind = (reasons[0] ?? "nobody was asked").replace(/\d+/g, "N");
    counts.reasons.set(kind, (counts.reasons.get(kind) ?? 0) + 1);
  }
}
