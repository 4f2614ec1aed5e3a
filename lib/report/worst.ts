/** The one order of verdicts and exit codes, from worst to best: which attempt stands for several. @module */

import type { ResultDocument, Verdict } from "../model/result.ts";

/** The exit code of `repro` for each verdict; a run that was interrupted has the code of its signal instead. */
export const VERDICT_CODES: Readonly<Record<Exclude<Verdict, "interrupted">, number>> = {
  finished: 0,
  failed: 1,
  crashed: 1,
  leaked: 3,
  hung: 124,
};

/** What was asked for makes no sense. */
export const USAGE = 2;

/** unwedge itself failed, or could not judge. */
export const CANNOT_JUDGE = 125;

/**
 * From worst to best. A usage error is the worst, for nothing was run. A hang that was seen outweighs an attempt that
 * could not be judged: `git bisect` must not skip it.
 */
const WORST_FIRST: readonly number[] = [USAGE, 124, 1, 3, CANNOT_JUDGE, 0];

/** The exit code of one verdict. */
export function codeOf(verdict: Verdict): number {
  return verdict === "interrupted" ? CANNOT_JUDGE : VERDICT_CODES[verdict];
}

/** The exit code of several attempts: the worst of theirs. None at all: nothing was judged. */
export function worstCode(codes: readonly number[]): number {
  return WORST_FIRST.find((code) => codes.includes(code)) ?? codes[0] ?? CANNOT_JUDGE;
}

/** The attempt that stands for several: the first of the worst; undefined of none. */
export function worstOf<T extends { readonly verdict: Verdict }>(
  attempts: readonly T[],
): T | undefined {
  const worst = worstCode(attempts.map(({ verdict }) => codeOf(verdict)));
  return attempts.find(({ verdict }) => codeOf(verdict) === worst);
}

/** Why a run ended with another exit code than its verdicts have, in words; null when it did not. */
export function endNote({ run, totals }: Pick<ResultDocument, "run" | "totals">): string | null {
  if (run.interruptedBy !== null) return "interrupted";
  if (run.exitCode !== CANNOT_JUDGE) return null;
  return totals.faults > 0 ? "not everything could be judged" : "not everything could be written";
}
