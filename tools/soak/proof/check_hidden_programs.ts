/** Holds the prover against many programs that hide what wakes them among noise, a few at a time. @module */

import { checkHiddenProgram } from "./check_hidden_program.ts";
import type { Hiding } from "./hidden_program.ts";
import { HIDDEN_WAKERS } from "./hidden_wakers.ts";
import { seeded } from "./random.ts";
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
export async function checkHiddenPrograms(
  { programs, seed, jobs }: {
    readonly programs: number;
    readonly seed: number;
    readonly jobs: number;
  },
): Promise<HiddenCounts> {
  const counts: HiddenCounts = { proven: 0, notProven: 0, woken: 0, failed: 0, falseProofs: [] };
  let next = seed;
  const worker = async () => {
    while (next < seed + programs) await checkOne(counts, next++);
  };
  await Promise.all(Array.from({ length: jobs }, worker));
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
