/**
 * Runs programs that hide what wakes them among noise, as `repro` would: stopped at a proof. So a false proof is a
 * verdict.
 *
 * @module
 */

import type { ProofReport } from "../../../lib/model/proof.ts";
import { type Hiding, writeHiddenProgram } from "./hidden_program.ts";
import { HIDDEN_WAKERS } from "./hidden_wakers.ts";
import { eachSeed, judgeProgram, type Programs } from "./judge_program.ts";
import { seeded } from "../../../tests/support/random.ts";
import { randomText } from "./random_text.ts";

/** How it went. */
export interface HiddenCounts {
  /** Nothing was hidden, and that it hangs was proven. */
  proven: number;
  /** Nothing was hidden, and it was not proven: what the noise cost. */
  notProven: number;
  /** Something was hidden, and woke it. */
  woken: number;
  /** It did not come to a verdict of its own: the noise threw, or is no program. */
  failed: number;
  /** Something was hidden, and it was proven to hang. */
  readonly falseProofs: string[];
}

/** Checks programs with consecutive seeds. */
export async function checkHiddenPrograms(programs: Programs): Promise<HiddenCounts> {
  const counts: HiddenCounts = { proven: 0, notProven: 0, woken: 0, failed: 0, falseProofs: [] };
  await eachSeed(programs, (seed) => checkOne(counts, seed));
  return counts;
}

async function checkOne(counts: HiddenCounts, seed: number): Promise<void> {
  const random = seeded(seed);
  const waker = random.chance(75) ? HIDDEN_WAKERS[random.below(HIDDEN_WAKERS.length)] : undefined;
  const noise = () =>
    random.chance(50) ? "" : `try { ${randomText(random, null)}\n } catch { /* noise */ }`;
  const hiding: Hiding = {
    waker: waker ?? null,
    where: random.chance(30) && waker?.needsRoot !== true ? "child" : "root",
    noise: [noise(), noise()],
  };
  const { verdict, proof } = await checkHiddenProgram(hiding);
  const proven = proof?.kind === "proven";
  if (verdict === "finished" || verdict === "leaked") counts.woken++;
  else if (verdict !== "hung") counts.failed++;
  else if (waker === undefined && proven) counts.proven++;
  else if (waker === undefined) counts.notProven++;
  else counts.falseProofs.push(`${seed} ${waker.name}: ${proven ? "proven" : "never woken"}`);
}

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
  const directory = await Deno.makeTempDir({ prefix: "unwedge-hidden-" });
  try {
    const { outcome } = await judgeProgram("hidden", writeHiddenProgram(directory, hiding), {
      deadlineMs: DEADLINE_MS,
      softKillMs: 100,
      hardKillMs: 100,
    });
    if (outcome.kind !== "judged") {
      return { verdict: outcome.kind, proof: null, trouble: JSON.stringify(outcome) };
    }
    const { verdict, proof, outputTail: { stderr } } = outcome.attempt;
    return { verdict, proof: proof ?? null, trouble: verdict === "failed" ? stderr : null };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
