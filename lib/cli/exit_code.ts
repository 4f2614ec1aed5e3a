/**
 * Exit codes: what was observed, so that `git bisect run` works as it stands (124 bad, 0 good, 125 skip).
 *
 * @module
 */

import type { Verdict } from "../model/result.ts";

/** The exit code of `repro` for each verdict; `interrupted` has the code of its signal instead. */
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

/** 128 and the number of the signal, as shells do. */
export const SIGNAL_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Signals on which unwedge stops in order. */
export type StopSignal = keyof typeof SIGNAL_CODES;

/** From worst to best. What was refused was never run. A hang that was seen outweighs an attempt that could not be judged: bisect must not skip it. */
const WORST_FIRST = [USAGE, 124, 1, 3, CANNOT_JUDGE, 0];

/** The exit code of several attempts: the worst of theirs. None at all: nothing was judged. */
export function worst(codes: readonly number[]): number {
  return WORST_FIRST.find((code) => codes.includes(code)) ?? codes[0] ?? CANNOT_JUDGE;
}
